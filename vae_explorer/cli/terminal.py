"""Shows the progress of a task on a terminal, and keeps messages of libraries off stderr."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from vae_explorer.errors import UserError
from vae_explorer.progress import Progress, no_progress


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Hold back what the libraries of TensorFlow and LiteRT write to stderr; it is shown only if something fails.

    Their own log settings have no effect on what they write while they load.
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
        except UserError:  # its sentence is enough
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
def task_progress() -> Iterator[Progress]:
    """A progress bar with the task and its share done; nothing if stdout is not a terminal."""
    if not sys.stdout.isatty():
        yield no_progress
        return
    from rich import progress

    with progress.Progress(transient=True) as bars:
        bar = bars.add_task("", total=1.0)
        yield lambda task, share: bars.update(bar, description=task, completed=share)
