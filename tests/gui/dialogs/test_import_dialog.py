"""File > Import model, used as a person would."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from tests.imported_files import onnx_decoder, onnx_encoder
from vae_explorer.gui.app import create_app
from vae_explorer.gui.dialogs.import_dialog import ImportDialog
from vae_explorer.gui.explorer.layers.images import ImagesLayer
from vae_explorer.gui.explorer.layers.prior import PriorLayer

pytest.importorskip("onnxruntime")


@pytest.fixture
def dialog(qtbot):
    window = create_app(["vae-explorer"], exec_app=False)
    qtbot.addWidget(window)
    window.findChild(object, "importModelAction").trigger()
    found = window.findChild(ImportDialog)
    yield found
    window.close()


def test_it_shows_what_it_found_and_writes_a_run(dialog, qtbot, tmp_path):
    (tmp_path / "d.onnx").write_bytes(onnx_decoder())
    dialog.decoder.setText(str(tmp_path / "d.onnx"))
    qtbot.mouseClick(dialog.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.found_text.isVisible(), timeout=60_000)
    assert "16 x 16" in dialog.found_text.text()
    assert "channels first" in dialog.found_text.text()
    qtbot.waitUntil(lambda: dialog.import_button.isEnabled(), timeout=60_000)
    window = dialog.parent()
    window.show_training()
    with qtbot.waitSignal(dialog.imported, timeout=60_000):
        qtbot.mouseClick(dialog.import_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "imported d.onnx" in window.title.text(), timeout=60_000)
    assert window.tabs.currentWidget() is window.explorer  # the Training tab has nothing to show of it
    without = "This model was imported without images."
    qtbot.waitUntil(lambda: window.explorer.panel.nearest_note.text() == without, timeout=60_000)
    assert window.explorer.view.layers.find(PriorLayer).item.isVisible()
    qtbot.waitUntil(lambda: window.explorer.view.layers.find(ImagesLayer).images.complete, timeout=60_000)
    assert not window.explorer.locate.isVisible()


def test_an_error_is_a_sentence_in_the_dialog(dialog, qtbot, tmp_path):
    (tmp_path / "<b>d.onnx").write_bytes(np.zeros(50, np.uint8).tobytes())
    dialog.decoder.setText(str(tmp_path / "<b>d.onnx"))
    qtbot.mouseClick(dialog.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.error.isVisible(), timeout=60_000)
    assert dialog.error.text().startswith("<b>d.onnx is no ONNX")
    assert dialog.error.textFormat() == Qt.TextFormat.PlainText


def test_without_a_decoder_nothing_can_be_imported(dialog):
    assert not dialog.import_button.isEnabled()
    assert not dialog.look_button.isEnabled()


@pytest.mark.long
def test_the_order_of_outputs_and_the_range_of_pixels_can_be_chosen(dialog, qtbot, tmp_path):
    (tmp_path / "d.onnx").write_bytes(onnx_decoder())
    (tmp_path / "e.onnx").write_bytes(onnx_encoder(names=("first", "second")))
    dialog.decoder.setText(str(tmp_path / "d.onnx"))
    dialog.encoder.setText(str(tmp_path / "e.onnx"))
    dialog.order.setCurrentText("log-var, mean")
    dialog.range.setCurrentText("0 to 255")
    qtbot.mouseClick(dialog.look_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.found_text.isVisible(), timeout=60_000)
    assert "to second and first" in dialog.found_text.text()
    assert "pixels in 0 to 255" in dialog.found_text.text()
