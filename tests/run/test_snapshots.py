"""run/snapshots.py: snapshots are written whole, thinned out evenly, removed on resuming, and checked on reading."""

from pathlib import Path

import numpy as np
import pytest

from vae_explorer.data.dataset import Dataset
from vae_explorer.data.reading import make_dataset
from vae_explorer.errors import UserError
from vae_explorer.exploring.replay import load_replay
from vae_explorer.exporting.animation import Stage
from vae_explorer.model.decoder import run_decoder
from vae_explorer.run.config import training_config
from vae_explorer.run.folder import check_folder
from vae_explorer.run.opening import describe, open_run
from vae_explorer.run.places import LOCK
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import (
    DAMAGED,
    MOST,
    PLACE,
    Snapshot,
    SnapshotReader,
    SnapshotWriter,
    room_for_snapshots,
    snapshot_epochs,
    spread,
    write_snapshot,
)
from vae_explorer.training.events import Event, Started, Warned
from vae_explorer.training.start import train


def made(epoch: int) -> Snapshot:
    return Snapshot(epoch, [np.full((2, 3), epoch / 7, np.float32)], np.full((5, 2), epoch, np.float32))


@pytest.mark.parametrize("epochs", [1, 2, 60, 61, 200, 5000])
def test_sixty_at_most_are_kept_evenly_and_the_first_and_the_last_among_them(epochs: int) -> None:
    kept: list[int] = []
    for epoch in range(epochs):
        kept = spread([*kept, epoch])  # as a training does it, one after the other
        assert (kept[0], kept[-1]) == (0, epoch)
        assert min(epoch + 1, 30) <= len(kept) <= MOST
    assert kept == spread(range(epochs))
    assert len(set(np.diff(kept[:-1]))) <= 1


def test_written_ones_are_thinned_out(tmp_path: Path) -> None:
    for epoch in range(MOST + 3):
        write_snapshot(tmp_path, made(epoch), b"network" if epoch == 0 else None)
    assert snapshot_epochs(tmp_path) == tuple(spread(range(MOST + 3)))
    names = {path.name for path in (tmp_path / PLACE).iterdir()}
    assert names == {"decoder.tflite", *(f"epoch-{epoch:04}" for epoch in snapshot_epochs(tmp_path))}


def test_snapshots_of_later_epochs_are_removed_when_a_training_resumes(tmp_path: Path) -> None:
    for epoch in range(5):
        write_snapshot(tmp_path, made(epoch), None)
    (tmp_path / PLACE / "notes").mkdir()
    SnapshotWriter(tmp_path, 2)
    assert snapshot_epochs(tmp_path) == (0, 1, 2)
    assert (tmp_path / PLACE / "notes").is_dir()


def test_only_the_first_failure_is_reported_and_writing_goes_on(tmp_path: Path) -> None:
    writer = SnapshotWriter(tmp_path, 0)
    (tmp_path / PLACE).write_text("in the way")
    assert "Epoch 1 will be missing" in writer.keep(made(1), None)
    assert writer.keep(made(2), None) == ""
    (tmp_path / PLACE).unlink()
    assert writer.keep(made(3), None) == ""
    assert snapshot_epochs(tmp_path) == (3,)


def test_weights_too_large_for_half_precision_stay_finite(tmp_path: Path, tiny_run: Run) -> None:
    write_snapshot(tmp_path, Snapshot(1, [np.array([1e6, -1e6], np.float32)], np.zeros((1, 2), np.float32)), None)
    with np.load(tmp_path / PLACE / "epoch-0001/weights.npz") as file:
        np.testing.assert_array_equal(file["arr_0"], [65504, -65504])


def test_a_training_keeps_one_of_each_epoch_and_of_the_start(tiny_run: Run) -> None:
    assert snapshot_epochs(tiny_run.folder) == (0, 1, 2)
    assert describe(tiny_run)["snapshots"] == [0, 1, 2]
    last = SnapshotReader(tiny_run.folder).read(2)
    row = np.searchsorted(tiny_run.codes.index, tiny_run.sample.index)
    np.testing.assert_allclose(last.z_mean, tiny_run.codes.z_mean[row], atol=1e-5)
    assert sum(weight.size for weight in last.weights) == tiny_run.info.decoder_parameters
    size = sum(path.stat().st_size for path in (tiny_run.folder / PLACE).rglob("*.npz"))
    assert size < room_for_snapshots(2, tiny_run.info.decoder_parameters, last.z_mean.size)


@pytest.mark.parametrize("name", ["weights.npz", "codes.npz"])
@pytest.mark.parametrize("how", ["changed", "cut", "missing"])
def test_a_damaged_one_is_not_read_but_its_run_opens(tiny_run_folder: Path, name: str, how: str) -> None:
    path = tiny_run_folder / PLACE / "epoch-0001" / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if how == "missing":
        path.unlink()
    else:
        path.write_bytes(content if how == "changed" else content[:100])
    open_run(tiny_run_folder)
    reader = SnapshotReader(tiny_run_folder)
    with pytest.raises(DAMAGED):
        reader.read(1)
    assert reader.read(2).epoch == 2


def test_a_damaged_network_is_refused_with_a_sentence(tiny_run_folder: Path) -> None:
    (tiny_run_folder / PLACE / "decoder.tflite").write_bytes(b"nothing")
    with pytest.raises(UserError, match=r"cannot be replayed: .*decoder\.tflite is not the file"):
        SnapshotReader(tiny_run_folder).network()


@pytest.mark.long
def test_a_training_that_can_keep_none_says_so_once_and_ends_well(digits: Dataset, tmp_path: Path) -> None:
    warned: list[str] = []

    def watch(event: Event) -> None:
        if isinstance(event, Started):
            (tmp_path / "run" / PLACE).write_text("in the way")
        elif isinstance(event, Warned):
            warned.append(event.text)

    run = train(training_config("dense", epochs=2, limit=64), digits, tmp_path / "run", watch)
    assert run is not None
    assert run.info.epochs == 2
    assert len(warned) == 1
    assert "Epoch 0 will be missing when the training is replayed." in warned[0]
    assert describe(run)["snapshots"] == []


@pytest.mark.long
def test_without_held_out_images_the_decoder_is_kept_alone(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 20, 3)).astype(np.uint8)
    colour = make_dataset("colour", "memory", images, None, np.zeros(40, bool))
    run = train(training_config("dense", epochs=1, limit=24, latent_dim=5), colour, tmp_path / "run")
    assert run is not None
    replay = load_replay(run)
    assert replay.epochs == (0, 1)
    assert replay.subject_at(0.5).z_mean.shape == (0, 5)
    z = np.ones((1, 5), np.float32)
    np.testing.assert_allclose(replay.subject_at(1).decoder(z), run_decoder(run)(z), atol=0.01)
    assert Stage(replay, "colour", 320).frame(0.5).shape[1:] == (320, 3)


def test_a_killed_training_leaves_a_folder_that_can_be_written_to(tmp_path: Path) -> None:
    write_snapshot(tmp_path / "run", made(0), b"network")
    (tmp_path / "run" / LOCK).touch()
    assert not check_folder(tmp_path / "run", overwrite=False)
