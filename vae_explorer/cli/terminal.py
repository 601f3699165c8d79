"""What commands show on a terminal: how far a task is, and on stderr what went wrong and nothing else."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from vae_explorer.errors import UserError
from vae_explorer.progress import Progress, no_progress


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
def task_progress() -> Iterator[Progress]:
    """A bar that shows a task and its share done; where there is no terminal, none."""
    if not sys.stdout.isatty():
        yield no_progress
        return
    from rich import progress

    with progress.Progress(transient=True) as bars:
        bar = bars.add_task("", total=1.0)
        yield lambda task, share: bars.update(bar, description=task, completed=share)
