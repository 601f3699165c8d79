"""Trains the run that the window opens first: python -m resources.make_run

It takes a few minutes. All random draws depend on the seed, so that the same versions give the same run on the same
machine.
"""

from pathlib import Path

from vae_explorer.cli.training_progress import training_progress
from vae_explorer.data.reading import load_dataset
from vae_explorer.run.config import training_config
from vae_explorer.run.opening import open_run
from vae_explorer.run.snapshots import thin_out
from vae_explorer.run.writing import write_info
from vae_explorer.training.start import train

FOLDER = Path(__file__).parent / "mnist-deep"
SNAPSHOTS = 12  # of about 0.5 MB each


def main() -> None:
    with training_progress() as on_event:
        train(training_config("deep"), load_dataset("mnist"), FOLDER, on_event, overwrite=True)
    thin_out(FOLDER, SNAPSHOTS)
    write_info(FOLDER, open_run(FOLDER).info)  # again, since it lists the files


if __name__ == "__main__":
    main()
