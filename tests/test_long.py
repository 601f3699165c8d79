"""Tests that take minutes. `.ci/run` runs them, or `pytest -m long`."""

import dataclasses
import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.run.checkpoint import has_checkpoint
from vae_explorer.run.folder import is_unfinished
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import is_run

pytestmark = [pytest.mark.long, pytest.mark.timeout(1500)]


def test_default_preset_reaches_140_nats_on_held_out_digits(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vae_explorer"]
    words = ["train", "--dataset", "mnist", "--preset", "dense", "--out", str(tmp_path / "r")]
    subprocess.run([*command, *words], check=True, timeout=1400)
    found = subprocess.run(
        [*command, "info", str(tmp_path / "r"), "--json"], check=True, capture_output=True, text=True, timeout=60
    )
    held_out = json.loads(found.stdout)["held_out"]
    assert held_out["images"] == 10_000
    assert held_out["negative_elbo"] < 140


@pytest.mark.parametrize("preset", ["blog", "keras-io"])
def test_reference_presets_train_on_real_digits(preset: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vae_explorer"]
    words = ["train", "--preset", preset, "--epochs", "2", "--limit", "6000", "--out", str(tmp_path / "r")]
    subprocess.run([*command, *words], check=True, timeout=600)
    found = subprocess.run(
        [*command, "info", str(tmp_path / "r"), "--json"], check=True, capture_output=True, text=True, timeout=60
    )
    history = json.loads(found.stdout)["history"]
    assert history[1]["val_loss"] < history[0]["val_loss"] < 543  # 784 ln 2: every pixel decoded as 0.5


def test_a_training_killed_twenty_times_ends_as_one_that_was_not(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "vae_explorer", "train"]
    settings = ["--limit", "3000", "--epochs", "120", "--kl-warmup", "3", "--restore-best"]
    subprocess.run([*command, "--out", str(tmp_path / "whole"), *settings], check=True, timeout=600)
    rng = random.Random(0)
    folder, kills = tmp_path / "killed", 0
    for _ in range(200):
        begun = has_checkpoint(folder)
        words = ["--resume", str(folder)] if begun else ["--out", str(folder), *settings]
        process = subprocess.Popen([*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        process.stdout.readline()  # it has begun to train
        if kills < 20:
            try:
                process.wait(rng.uniform(0, 1.2))
            except subprocess.TimeoutExpired:
                process.kill()
                kills += 1
        _, errors = process.communicate(timeout=600)
        if process.returncode == 0:
            break
        assert process.returncode == -signal.SIGKILL, errors
    assert kills == 20
    histories = [
        [dataclasses.astuple(record)[:7] for record in open_run(run).history] for run in (folder, tmp_path / "whole")
    ]
    np.testing.assert_allclose(*histories, rtol=0, atol=1e-6)
    np.testing.assert_allclose(open_run(folder).codes.z_mean, open_run(tmp_path / "whole").codes.z_mean, atol=1e-6)


def test_kills_while_a_checkpoint_or_the_run_is_written_lose_no_whole_epoch(tmp_path: Path) -> None:
    """Kills at each step of writing, when a certain file has just appeared; also in the second segment of a run."""
    command = [sys.executable, "-m", "vae_explorer", "train"]
    settings = ["--limit", "3000", "--epochs", "6"]
    subprocess.run([*command, "--out", str(tmp_path / "first"), *settings], check=True, timeout=600)
    further = ["--further", str(tmp_path / "first"), "--epochs", "4"]
    subprocess.run([*command, *further, "--out", str(tmp_path / "whole")], check=True, timeout=600)
    folder = tmp_path / "killed"
    begun = [*further, "--out", str(folder)]
    for number, name in enumerate(
        (
            "checkpoint/epoch-0007",
            "checkpoint/.part",
            "checkpoint/.part/optimizer.npz",
            "checkpoint/.part/training.toml",
            "codes.npz",
            "model/encoder.keras",
            "model/decoder.tflite",
            "model/decoder.npz",
            "sample.npz",
        )
    ):
        words = ["--resume", str(folder)] if number else begun
        process = subprocess.Popen([*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        before = {path: path.stat().st_mtime_ns for path in folder.rglob("*")} if number else {}
        path = folder / name
        while process.poll() is None and not (path.exists() and path.stat().st_mtime_ns != before.get(path)):
            time.sleep(0.0005)
        process.kill()
        _, errors = process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, (name, errors)
        assert not is_run(folder)
        assert is_unfinished(folder)
    subprocess.run([*command, "--resume", str(folder)], check=True, timeout=600)
    histories = [
        [dataclasses.astuple(record)[:7] for record in open_run(run).history] for run in (folder, tmp_path / "whole")
    ]
    np.testing.assert_allclose(*histories, rtol=0, atol=1e-6)
    np.testing.assert_allclose(open_run(folder).codes.z_mean, open_run(tmp_path / "whole").codes.z_mean, atol=1e-6)


def test_window_survives_20000_repaints_with_its_references_level() -> None:
    code = """
import sys, time
from vae_explorer.gui.app import create_app
from PySide6.QtWidgets import QApplication
window = create_app(["vae-explorer", "builtin"], exec_app=False)
while window.explorer.image.pixels() is None:
    QApplication.processEvents(); time.sleep(0.001)
def repaint(times):
    before = sys.getrefcount(None)
    for i in range(times):
        window.explorer.view.move_handle(i / times, 0.0)
        window.explorer.view.viewport().repaint()
    return sys.getrefcount(None) - before
repaint(100)
change = repaint(20_000)
print(change)
window.close(); sys.stdout.flush()
import os; os._exit(0 if abs(change) < 5_000 else 1)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
