"""A training that is cut off and resumed equals one that was not cut off."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.data.dataset import Dataset
from vae_explorer.data.reading import make_dataset
from vae_explorer.errors import UserError
from vae_explorer.run.checkpoint import PLACE, has_checkpoint, read_checkpoint
from vae_explorer.run.config import TrainingConfig, training_config
from vae_explorer.run.folder import check_folder, discard_unfinished, is_unfinished
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import is_run
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import Snapshot, SnapshotReader, snapshot_epochs, write_snapshot
from vae_explorer.training.events import EpochEnded, Event, Started
from vae_explorer.training.start import resume, train

CONFIG = training_config(
    "dense", epochs=4, limit=256, batch_size=64, kl_warmup=1, restore_best=True, validation_share=0.2
)


class CutOffError(Exception):
    pass


def cut_off(config: TrainingConfig, digits: Dataset, folder: Path, epoch: int, **settings: object) -> None:
    """Train until an epoch has ended, then cut the training off."""

    def watch(event: Event) -> None:
        if isinstance(event, EpochEnded) and event.record.epoch == epoch:
            raise CutOffError

    with pytest.raises(CutOffError):
        train(config, digits, folder, watch, **settings)  # type: ignore[arg-type]


def losses(history: tuple[EpochRecord, ...]) -> np.ndarray:
    return np.array([dataclasses.astuple(record)[:7] for record in history])


@pytest.fixture(scope="module")
def whole(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = train(CONFIG, digits, tmp_path_factory.mktemp("whole") / "run", note="a note")
    assert run is not None
    return run


@pytest.fixture(scope="module")
def cut_once(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cut") / "run"
    cut_off(CONFIG, digits, folder, 2, note="a note")
    return folder


@pytest.fixture
def cut(cut_once: Path, tmp_path: Path) -> Path:
    """A training that was cut off after its second epoch."""
    return Path(shutil.copytree(cut_once, tmp_path / "run"))


@pytest.mark.long
def test_it_ends_with_the_same_history_and_the_same_codes(whole: Run, cut: Path, digits: Dataset) -> None:
    assert is_unfinished(cut)
    events: list[Event] = []
    run = resume(cut, digits, events.append)
    assert run is not None
    np.testing.assert_allclose(losses(run.history), losses(whole.history), rtol=0, atol=1e-6)
    np.testing.assert_allclose(run.codes.z_mean, whole.codes.z_mean, atol=1e-6)
    infos = [
        dataclasses.replace(
            info, created="", segments=[dataclasses.replace(p, began="", ended="") for p in info.segments]
        )
        for info in (run.info, whole.info)
    ]
    assert infos[0] == infos[1]
    [started] = [event for event in events if isinstance(event, Started)]
    assert [record.epoch for record in started.history] == [1, 2]
    assert not (cut / PLACE).exists()
    assert snapshot_epochs(cut) == (0, 1, 2, 3, 4)


@pytest.mark.long
def test_snapshots_continue_from_the_epoch_that_was_kept(whole: Run, digits: Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    cut_off(CONFIG, digits, folder, 3, note="a note")  # before the snapshot of its last whole epoch
    assert snapshot_epochs(folder) == (0, 1, 2)
    lost = Snapshot(9, [np.zeros(3, np.float32)], np.zeros((5, 2), np.float32))
    write_snapshot(folder, lost, None)
    assert resume(folder, digits) is not None
    assert snapshot_epochs(folder) == (0, 1, 2, 3, 4)
    for epoch in range(5):
        resumed, expected = (SnapshotReader(run).read(epoch) for run in (folder, whole.folder))
        np.testing.assert_allclose(resumed.z_mean, expected.z_mean, atol=1e-5)


@pytest.mark.long
def test_one_that_was_cut_off_while_its_run_was_written_is_only_written(
    whole: Run, digits: Dataset, tmp_path: Path
) -> None:
    folder = tmp_path / "run"
    cut_off(CONFIG, digits, folder, 4, note="a note")
    (folder / "model").mkdir()
    run = resume(folder, digits)
    assert run is not None
    np.testing.assert_allclose(losses(run.history), losses(whole.history), rtol=0, atol=1e-6)


def test_a_checkpoint_holds_the_newest_whole_epoch_alone(cut: Path, digits: Dataset) -> None:
    assert [path.name for path in (cut / PLACE).iterdir()] == ["epoch-0002"]
    checkpoint = read_checkpoint(cut)
    assert checkpoint.config == dataclasses.replace(CONFIG, likelihood="bernoulli")
    assert checkpoint.dataset == digits.info
    assert len(checkpoint.history) == 2


def test_what_a_cut_off_writing_leaves_behind_is_passed_over(cut: Path) -> None:
    part = cut / PLACE / ".part"
    part.mkdir()
    (part / "training.toml").write_text("half of i")
    assert len(read_checkpoint(cut).history) == 2


@pytest.mark.parametrize("name", ["training.toml", "weights.npz", "history.csv"])
@pytest.mark.parametrize("damage", ["missing", "shorter", "other"])
def test_a_damaged_checkpoint_is_refused_in_one_sentence(cut: Path, digits: Dataset, name: str, damage: str) -> None:
    path = cut / PLACE / "epoch-0002" / name
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content[: len(content) // 2] if damage == "shorter" else b"\x00" + content[1:])
    with pytest.raises(UserError, match="damaged"):
        resume(cut, digits)


def test_other_images_are_refused(cut: Path, digits: Dataset) -> None:
    other = make_dataset("other", "other", 255 - digits.images, digits.labels, digits.held_out)
    with pytest.raises(UserError, match="does not hold the images"):
        resume(cut, other)
    assert is_unfinished(cut)


def test_a_finished_run_and_an_empty_folder_have_nothing_to_resume(tiny_run: Run, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is finished"):
        resume(tiny_run.folder)
    with pytest.raises(UserError, match="no epoch of it was finished"):
        resume(tmp_path)


def test_it_is_not_overwritten_but_can_be_discarded(cut: Path, digits: Dataset) -> None:
    for overwrite in (False, True):
        with pytest.raises(UserError, match="was cut off: resume it"):
            check_folder(cut, overwrite)
    discard_unfinished(cut)
    assert not cut.exists()


@pytest.mark.long
def test_discarding_brings_back_the_run_that_it_was_to_replace(tiny_run_folder: Path, digits: Dataset) -> None:
    cut_off(CONFIG, digits, tiny_run_folder, 1, overwrite=True)
    assert is_unfinished(tiny_run_folder)
    discard_unfinished(tiny_run_folder)
    assert open_run(tiny_run_folder).info.origin.epochs == 2


def test_a_training_cut_off_before_its_first_epoch_leaves_nothing(digits: Dataset, tmp_path: Path) -> None:
    def end(event: Event) -> None:
        if isinstance(event, Started):
            raise CutOffError

    with pytest.raises(CutOffError):
        train(CONFIG, digits, tmp_path / "run", end)
    assert not (tmp_path / "run").exists()


@pytest.mark.long
def test_a_disk_that_is_full_later_costs_neither_the_training_nor_the_last_checkpoint(
    digits: Dataset, small_disk: Path
) -> None:
    folder = small_disk / "run"
    config = training_config("blog", epochs=2, limit=64, batch_size=64)
    warned: list[str] = []

    def fill(event: Event) -> None:
        if isinstance(event, EpochEnded) and event.record.epoch == 1:
            with (small_disk / "filler").open("wb") as filler:
                filler.write(bytes(shutil.disk_usage(small_disk).free - 100_000))
        elif hasattr(event, "text"):
            warned.append(event.text)

    with pytest.raises(UserError, match=r"The disk is full.*The training is kept up to its last whole epoch"):
        train(config, digits, folder, fill)
    assert [text.partition(".")[0] for text in warned] == [
        "Epoch 2 could not be kept on disk",
        "Epoch 2 will be missing when the training is replayed",
    ]
    assert len(read_checkpoint(folder).history) == 1
    (small_disk / "filler").unlink()
    run = resume(folder, digits)
    assert run is not None
    assert len(run.history) == 2
    assert not has_checkpoint(folder)
    assert is_run(folder)


def test_the_checkpoint_is_kept_when_a_watcher_is_interrupted(cut: Path) -> None:
    assert has_checkpoint(cut)
    assert not (cut / ".lock").exists()
