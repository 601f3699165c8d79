"""Shows the events of a training on a terminal or in a log."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any


@contextmanager
def training_progress() -> Iterator[Callable[[Any], None]]:
    """Show training events: a progress bar on a terminal, otherwise one line for each epoch and task."""
    from vae_explorer.training.events import BatchProgress, EpochEnded, Finishing, Joined, Started

    steps = 0
    task = ""
    if not sys.stdout.isatty():

        def say(text: str) -> None:
            with suppress(OSError):  # the training continues if nobody reads its output any more
                print(text, flush=True)

        def plain(event: Any) -> None:
            nonlocal task
            if isinstance(event, Started | Joined):
                say(f"Training on {event.device}")
            elif isinstance(event, EpochEnded):
                say(_epoch_line(event.record))
            elif isinstance(event, Finishing) and event.task != task:
                task = event.task
                say(task)

        yield plain
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[note]}"), TimeRemainingColumn())
    with Progress(*columns) as progress:
        bar = progress.add_task("Loading TensorFlow", total=None, note="")

        def on_terminal(event: Any) -> None:
            nonlocal steps
            if isinstance(event, Started):
                steps = event.steps_per_epoch
                progress.update(bar, description=f"Training on {event.device}", total=steps, completed=0)
            elif isinstance(event, Joined):
                progress.update(bar, description=f"Training on {event.device}")
            elif isinstance(event, BatchProgress):
                done = int(event.steps[-1]) - (event.epoch - 1) * steps
                note = f"{event.losses[-1, 0]:.1f} nats  {event.images_per_second:,.0f} images/s"
                progress.update(bar, description=f"Epoch {event.epoch}", total=steps, completed=done, note=note)
            elif isinstance(event, EpochEnded):
                progress.console.print(_epoch_line(event.record), highlight=False)
            elif isinstance(event, Finishing):
                progress.update(bar, description=event.task, total=1, completed=event.done, note="")

        yield on_terminal


def _epoch_line(record: Any) -> str:
    return (
        f"epoch {record.epoch}: loss {record.loss:.2f} (reconstruction {record.reconstruction_loss:.2f}, "
        f"KL {record.kl_loss:.2f}), validation {record.val_loss:.2f} (negative ELBO {record.val_negative_elbo:.2f}) "
        f"nats per image, {record.seconds:.1f} s"
    )
