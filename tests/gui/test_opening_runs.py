"""Opening runs in the window: what is shown, what is refused, and how the images are found."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.settings import open_settings, remember_run
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.writing import write_info


def test_built_in_run_opens_with_its_images_and_says_what_it_is(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(find_run(BUILTIN))
    held_out = open_run(find_run(BUILTIN)).info.held_out
    assert held_out is not None
    assert window.title.text() == f"built-in: MNIST, deep, {held_out.negative_elbo:.1f} nats held-out"
    assert window.explorer.view.points_shown == 70_000
    assert not window.explorer.locate.isVisible()


@pytest.mark.parametrize("break_it", ["missing", "damaged", "newer", "no run"])
def test_a_run_that_cannot_be_opened_is_explained_and_the_built_in_one_shown(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run_folder: Path, break_it: str
) -> None:
    if break_it == "missing":
        (tiny_run_folder / "codes.npz").unlink()
    elif break_it == "damaged":
        model = tiny_run_folder / "model/decoder.tflite"
        content = bytearray(model.read_bytes())
        content[len(content) // 2] ^= 1
        model.write_bytes(content)
    elif break_it == "newer":
        toml = tiny_run_folder / "run.toml"
        toml.write_text(toml.read_text().replace("format = 1", "format = 9"))
    else:
        (tiny_run_folder / "run.toml").unlink()
    window = open_window(tiny_run_folder)
    expected = {
        "missing": "codes.npz is missing", "damaged": "decoder.tflite is not the file", "newer": "newer version",
        "no run": "is not a run",
    }[break_it]  # fmt: skip
    assert expected in window.toast.text.text()
    assert window.title.text().startswith("built-in")


@pytest.mark.parametrize(
    ("missing", "engine"),
    [
        (("decoder.tflite",), "numpy"),
        (("decoder.tflite", "decoder.npz"), "TensorFlow (LiteRT cannot convert this decoder)"),
    ],
)
def test_a_run_without_a_decoder_for_litert_says_how_it_is_decoded(
    open_window: Callable[..., MainWindow], tiny_run: Run, tiny_run_folder: Path, missing: tuple[str, ...], engine: str
) -> None:
    for name in missing:
        (tiny_run_folder / "model" / name).unlink()
    write_info(tiny_run_folder, tiny_run.info)
    window = open_window(tiny_run_folder)
    assert window.explorer.figures.text().startswith(f"{engine}: decode ")


def test_missing_data_set_is_replaced_by_the_sample_and_can_be_located(
    qtbot: QtBot, window: MainWindow, npz: Path
) -> None:
    qtbot.waitUntil(lambda: window.explorer.locate.isVisible(), timeout=10_000)
    assert "sample is used instead" in window.toast.text.text()
    run = window.shown.run
    assert run is not None
    window.runs.find_images(run, str(npz))
    qtbot.waitUntil(lambda: not window.explorer.locate.isVisible(), timeout=10_000)
    assert window.shown.subject is not None
    assert (window.shown.subject.image_of >= 0).all()


def test_locating_other_images_is_refused(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", x_train=np.zeros((40, 28, 28), np.uint8))
    run = window.shown.run
    assert run is not None
    window.runs.find_images(run, str(tmp_path / "other.npz"))
    qtbot.waitUntil(lambda: "does not hold the images" in window.toast.text.text(), timeout=10_000)


def test_recent_menu_opens_a_run(qtbot: QtBot, window: MainWindow, tiny_run_folder: Path) -> None:
    remember_run(open_settings(), tiny_run_folder)
    window._settings.sync()
    menu = window.findChild(QMenu, "recentMenu")
    menu.aboutToShow.emit()
    menu.actions()[0].trigger()
    qtbot.waitUntil(lambda: window.shown.run is not None and window.shown.run.folder == tiny_run_folder, timeout=10_000)


def test_the_run_requested_last_is_shown(qtbot: QtBot, window: MainWindow, tiny_run_folder: Path) -> None:
    other = Path(shutil.copytree(tiny_run_folder, tiny_run_folder.with_name("other")))
    window.open_run(find_run(BUILTIN))
    window.open_run(other)
    qtbot.waitUntil(lambda: not window._tasks, timeout=20_000)
    assert window.shown.run is not None
    assert window.shown.run.folder == other
