"""A file appears whole or not at all."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vae_explorer.errors import UserError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` to write to; on leaving without an error it takes the place of `path`.

    Whatever goes wrong, an existing file stays as it was and nothing half-written is left. Raises UserError where
    the operating system refuses.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        temporary = Path(name)
        os.close(handle)
        temporary.chmod(0o666 & ~_umask())
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        temporary = None
    except OSError as error:
        raise UserError(refusal(path, error)) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def refusal(path: Path, error: OSError) -> str:
    """The operating system's refusal to write `path`, as a sentence that says what to do."""
    if error.errno == errno.ENOSPC or error.errno == getattr(errno, "EDQUOT", None):
        return f"The disk is full: {path} was not written. Free some space or choose another place."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} cannot be written: permission denied. Choose another place."
    if error.errno == errno.ENOENT and not path.parent.is_dir():
        return f"{path} cannot be written: the folder {path.parent} does not exist. Create it or choose another."
    return f"{path} cannot be written: {error.strerror or error}. Choose another place."


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
