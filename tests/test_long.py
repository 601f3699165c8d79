"""What takes minutes: run by `.ci/run`, with `pytest -m long`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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
    assert history[1]["val_loss"] < history[0]["val_loss"] < 543  # 784 ln 2: what knowing nothing costs


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
