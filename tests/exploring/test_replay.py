"""Replaying a training: it ends as the run, rotations leave images unchanged, and moments between move smoothly."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.array_types import Weights
from vae_explorer.errors import UserError
from vae_explorer.exploring.decoded import explore
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.replay import Replay, load_replay
from vae_explorer.model.decoder import as_pixels
from vae_explorer.model.litert import LiteRTDecoder
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import PLACE, Snapshot, SnapshotReader, write_snapshot
from vae_explorer.run.writing import write_info

CODES = np.array([[0.3, -0.7], [1.5, 0.2], [0, 0]], np.float32)


@pytest.fixture(scope="module")
def replay(tiny_run: Run) -> Replay:
    return load_replay(tiny_run)


def test_the_last_moment_is_the_run(replay: Replay, tiny_run: Run) -> None:
    subject = replay.subject_at(2)
    rows = np.searchsorted(tiny_run.codes.index, tiny_run.sample.index)
    np.testing.assert_allclose(subject.z_mean, tiny_run.codes.z_mean[rows], atol=1e-5)
    np.testing.assert_array_equal(subject.label, tiny_run.codes.label[rows])
    decoder = LiteRTDecoder(tiny_run.networks.decoder, 2, (28, 28, 1))
    np.testing.assert_allclose(subject.decoder(CODES), decoder(CODES), atol=0.01)  # snapshots have half precision


@pytest.mark.parametrize("index", [0, 1])
def test_a_rotated_code_is_decoded_to_the_image_that_it_had(replay: Replay, tiny_run: Run, index: int) -> None:
    reader = SnapshotReader(tiny_run.folder)
    snapshot = reader.read(replay.epochs[index])
    network = reader.network()
    assert network is not None
    plain = LiteRTDecoder(network, 2, (28, 28, 1), snapshot.weights)
    subject = replay.subject_at(replay.epochs[index])
    rows = slice(0, 40)
    np.testing.assert_allclose(subject.decoder(subject.z_mean[rows]), plain(snapshot.z_mean[rows]), atol=1e-4)
    np.testing.assert_allclose(subject.decoder(subject.z_mean[:1]), plain(snapshot.z_mean[:1]), atol=1e-4)


def test_a_map_that_was_flipped_is_rotated_back(tiny_run_folder: Path) -> None:
    run = open_run(tiny_run_folder)
    reader = SnapshotReader(tiny_run_folder)
    last = reader.read(2)
    flip = np.array([[0, 1], [-1, 0]], np.float32) * [[1], [-1]]
    write_snapshot(tiny_run_folder, Snapshot(1, last.weights, last.z_mean @ flip.astype(np.float32)), None)
    write_info(tiny_run_folder, run.info)
    replay = load_replay(open_run(tiny_run_folder))
    np.testing.assert_allclose(replay.subject_at(1).z_mean, replay.subject_at(2).z_mean, atol=1e-4)
    np.testing.assert_allclose(replay.subject_at(1.4).z_mean, replay.subject_at(2).z_mean, atol=1e-4)


def test_between_two_snapshots_codes_and_images_move_from_one_to_the_other(replay: Replay) -> None:
    before, between, after = (replay.subject_at(epoch) for epoch in (1, 1.25, 2))
    np.testing.assert_allclose(between.z_mean, 0.75 * before.z_mean + 0.25 * after.z_mean, atol=1e-6)
    expected = 0.75 * before.decoder(CODES) + 0.25 * after.decoder(CODES)
    np.testing.assert_allclose(between.decoder(CODES), expected, atol=1e-5)
    assert np.abs(before.decoder(CODES) - after.decoder(CODES)).max() > 0.05


def test_epochs_outside_the_range_show_the_first_or_the_last_snapshot(replay: Replay) -> None:
    assert replay.subject_at(-1).z_mean is replay.codes[0]
    assert replay.subject_at(9).z_mean is replay.codes[-1]


def test_all_moments_are_of_the_same_images_and_not_of_those_of_the_run(replay: Replay, tiny_run: Run) -> None:
    keys = {replay.subject_at(epoch).images_key for epoch in (0, 0.5, 2)}
    assert keys == {load_replay(tiny_run).subject.images_key}
    assert run_subject(tiny_run, None).images_key not in keys


def test_moments_are_explored_like_any_subject(replay: Replay) -> None:
    subject = replay.subject_at(1)
    answer = explore(subject, subject.z_mean[5])
    assert answer.nearest == 5
    assert answer.reconstruction is not None
    np.testing.assert_array_equal(answer.pixels, answer.reconstruction)
    np.testing.assert_array_equal(answer.pixels, as_pixels(subject.decoder(subject.z_mean[5:6]))[0])


def test_damaged_snapshots_are_left_out_and_named(tiny_run_folder: Path) -> None:
    (tiny_run_folder / PLACE / "epoch-0001/codes.npz").write_bytes(b"nothing")
    replay = load_replay(open_run(tiny_run_folder))
    assert replay.epochs == (0, 2)
    assert replay.left_out == "Damaged, and left out of the replay: the snapshots of epochs 1."
    assert replay.subject_at(1).z_mean.shape == replay.codes[0].shape


def test_snapshots_of_another_run_are_left_out(tiny_run_folder: Path) -> None:
    run = open_run(tiny_run_folder)
    weights: Weights = [np.zeros((2, 2), np.float32)]
    write_snapshot(tiny_run_folder, Snapshot(1, weights, np.zeros((len(run.sample.index), 2), np.float32)), None)
    write_info(tiny_run_folder, run.info)
    assert load_replay(open_run(tiny_run_folder)).epochs == (0, 2)


def test_a_run_without_snapshots_says_so(tiny_run_folder: Path) -> None:
    shutil.rmtree(tiny_run_folder / PLACE)
    with pytest.raises(UserError, match="has fewer than two snapshots"):
        load_replay(open_run(tiny_run_folder))


def test_a_run_whose_snapshots_are_all_damaged_says_so(tiny_run_folder: Path) -> None:
    for path in (tiny_run_folder / PLACE).rglob("weights.npz"):
        path.unlink()
    with pytest.raises(UserError, match="its snapshots are damaged"):
        load_replay(open_run(tiny_run_folder))


def test_a_decoder_that_litert_cannot_convert_is_replayed_by_keras(tiny_run_folder: Path, tiny_run: Run) -> None:
    (tiny_run_folder / PLACE / "decoder.tflite").unlink()
    write_info(tiny_run_folder, tiny_run.info)
    replay, usual = load_replay(open_run(tiny_run_folder)), load_replay(tiny_run)
    assert "TensorFlow" in replay.subject_at(1).decoder.engine
    for epoch in (0, 1.5, 1, 2):
        expected = usual.subject_at(epoch).decoder(CODES)
        np.testing.assert_allclose(replay.subject_at(epoch).decoder(CODES), expected, atol=1e-5)


def test_replaying_loads_no_tensorflow(tiny_run: Run) -> None:
    code = (
        "import json, sys, pathlib; from vae_explorer.run.opening import open_run;"
        "from vae_explorer.exploring.replay import load_replay;"
        "r = load_replay(open_run(pathlib.Path(sys.argv[1]))); s = r.subject_at(0.5); s.decoder(s.z_mean[:2]);"
        "print(json.dumps([n for n in ('tensorflow', 'keras', 'PySide6') if n in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tiny_run.folder)], capture_output=True, text=True, timeout=90
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []
