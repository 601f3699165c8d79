"""The end of a training: cancelling it at any report restores the folder."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.training.test_start import config, hashes
from vae_explorer.data.dataset import HELD_OUT, Dataset, split
from vae_explorer.model.vae import VAE
from vae_explorer.progress import LeftError, Progress
from vae_explorer.run.folder import new_run
from vae_explorer.run.opening import open_run
from vae_explorer.training.finishing import Ended, finish_run, sample_of
from vae_explorer.training.task import Task

CONFIG = config(limit=64)


@pytest.fixture(scope="module")
def finish(digits: Dataset) -> Callable[[Path, Progress], None]:
    """Writes the run of an untrained network."""
    vae = VAE(CONFIG, digits.info.image_shape)
    splits = split(digits, CONFIG.seed, CONFIG.validation_share, CONFIG.limit)
    sample = sample_of(digits, splits == HELD_OUT)
    ended = Ended(CONFIG, "stopped", (), None, 0, "", ())

    def write(folder: Path, progress: Progress) -> None:
        with new_run(folder, overwrite=True) as target:
            task = Task(CONFIG, digits, splits, target, note="", log="")
            finish_run(
                task,
                vae,
                ended,
                sample,
                warned=lambda _: None,
                progress=progress,
                hurried=lambda: False,
                skipped=lambda: False,
            )

    return write


@pytest.mark.long
def test_leaving_at_any_report_puts_the_folder_back(
    finish: Callable[[Path, Progress], None], tiny_run_folder: Path, tmp_path: Path
) -> None:
    reports: list[str] = []
    whole = Path(shutil.copytree(tiny_run_folder, tmp_path / "whole"))
    finish(whole, lambda task, _share: reports.append(task))
    assert open_run(whole).info.status == "stopped"  # it has replaced the finished one
    firsts = {reports.index(task) for task in reports}
    assert len(firsts) == 5
    before = hashes(tiny_run_folder)
    for left_at in sorted(firsts | {len(reports) - 3, len(reports) - 1}):
        count = iter(range(len(reports)))

        def leave(_task: str, _share: float, count: Iterator[int] = count, left_at: int = left_at) -> None:
            if next(count) == left_at:
                raise LeftError

        with pytest.raises(LeftError):
            finish(tiny_run_folder, leave)
        assert hashes(tiny_run_folder) == before, reports[left_at]
