"""What commands show on a terminal: how far a task is, and on stderr what went wrong and nothing else."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from vae_explorer.errors import UserError


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Keep what TensorFlow's and LiteRT's libraries write straight to stderr off it, unless something fails.

    Their own log settings do not reach the lines they write while loading.
    """
    if sys.stderr is None:
        yield
        return
    sys.stderr.flush()
    with tempfile.TemporaryFile() as kept:
        stderr = os.dup(2)
        os.dup2(kept.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        except UserError:  # says all there is to say
            failed = False
            raise
        finally:
            sys.stderr.flush()
            os.dup2(stderr, 2)
            os.close(stderr)
            if failed:
                kept.seek(0)
                os.write(2, kept.read())


@contextmanager
def task_progress() -> Iterator[Callable[[str, float], None]]:
    """A bar that is told a task and its share done, 0 to 1; where there is no terminal, none."""
    if not sys.stdout.isatty():
        yield lambda _task, _share: None
        return
    from rich.progress import Progress

    with Progress(transient=True) as progress:
        bar = progress.add_task("", total=1.0)
        yield lambda task, share: progress.update(bar, description=task, completed=share)
