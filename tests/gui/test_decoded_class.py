"""The class that a conditional decoder is given is kept with the map, and with each bookmark."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.imported_files import write_conditional
from vae_explorer.gui.main_window import MainWindow

pytest.importorskip("onnxruntime")

Open = Callable[..., MainWindow]


@pytest.fixture
def conditional_run(tmp_path: Path) -> Path:
    return write_conditional(tmp_path / "run", latent_dim=2).folder


def test_it_comes_back_at_the_next_launch(open_window: Open, conditional_run: Path) -> None:
    window = open_window(conditional_run)
    window.explorer.choose_class(7)
    window.close()
    again = open_window(conditional_run)
    assert again.explorer.decoded_class == 7
    assert again.explorer.moves.count() == 0


def test_a_bookmark_brings_its_class_back_and_this_is_undone(open_window: Open, conditional_run: Path) -> None:
    window = open_window(conditional_run)
    tab, names = window.explorer, window.shown.run.info.decoder_classes  # type: ignore[union-attr]
    tab.choose_class(7)
    tab.go_to(0.5, -1)
    window.bookmarks.add()
    [mark] = window.bookmarks.marks()
    assert mark.class_name == names[7]
    tab.choose_class(2)
    tab.go_home()
    window.bookmarks.go(mark)
    assert tab.decoded_class == 7
    np.testing.assert_array_equal(tab.code, np.float32([0.5, -1]))
    tab.moves.undo()
    assert tab.decoded_class == 2
    assert not tab.code.any()


def test_the_thumbnail_of_a_bookmark_is_of_its_class(qtbot: QtBot, open_window: Open, conditional_run: Path) -> None:
    window = open_window(conditional_run)
    for label in (7, 2):
        window.explorer.choose_class(label)
        window.bookmarks.add()
    window.explorer.choose_class(0)
    dialog = window.bookmarks.show()
    qtbot.waitUntil(lambda: not dialog.list.item(1).icon().isNull(), timeout=10_000)
    images = [dialog.list.item(row).icon().pixmap(96, 96).toImage() for row in range(2)]
    assert images[0] != images[1]  # the same code, of two classes
