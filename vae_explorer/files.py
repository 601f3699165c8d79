"""Writing files whole or not at all, and reading them up to a limit."""

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from vae_explorer.errors import UserError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside `path` to write to. If the block ends without an error, the file replaces `path`.

    After an error, an existing file is unchanged and no half-written file is left. Raises UserError if the operating
    system refuses to write.
    """
    path = Path(path).resolve()  # a symbolic link is kept, and the file that it points to is replaced
    if exists(path) and not path.is_file():
        raise UserError(f"{path} is not a file: choose another name.")
    temporary: Path | None = None
    try:
        beside = path.with_name(f".{path.stem}-{uuid4().hex}{path.suffix}")
        beside.touch(exist_ok=False)
        temporary = beside
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


def as_path(word: str) -> Path:
    """The path that a user typed, with ~ expanded. Raises UserError if it is not a path."""
    try:
        return Path(word).expanduser()
    except RuntimeError as error:
        raise UserError(f"{word} is not a path: {error}") from error


def exists(path: Path) -> bool:
    """Whether the path exists. Raises UserError if the operating system cannot say."""
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        raise UserError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def refusal(path: Path, error: OSError) -> str:
    """One or two sentences on why the operating system refused to write `path`, and what to do."""
    if error.errno == errno.ENOSPC or error.errno == getattr(errno, "EDQUOT", None):
        return f"The disk is full: {path} was not written. Free some space or choose another place."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path} cannot be written: permission denied. Choose another place."
    if error.errno == errno.ENOENT and not path.parent.is_dir():
        return f"{path} cannot be written: the folder {path.parent} does not exist. Create it or choose another."
    return f"{path} cannot be written: {error.strerror or error}. Choose another place."


def read_at_most(path: Path, most: int, what: str) -> bytes:
    """The content of a file. Raises UserError if it cannot be read or has more than `most` bytes.

    what: the content in words, for the error sentence, such as "a network".
    """
    try:
        with path.open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    if len(content) > most:
        raise UserError(f"{path} is too large for {what}: it has more than {most // 10**6} MB.")
    return content


def sha256(content: bytes) -> str:
    """The hash of a file's content in hexadecimal, as run.toml lists it."""
    return hashlib.sha256(content).hexdigest()
