"""The Explorer tab, by mouse and keyboard."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QApplication, QCheckBox, QDoubleSpinBox, QPushButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag
from vae_explorer.data.dataset import HELD_OUT
from vae_explorer.data.names import pack_names
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.plain_text import safe_tip
from vae_explorer.model.decoder import as_pixels
from vae_explorer.model.litert import LiteRTDecoder
from vae_explorer.run.run import Run


def handle(window: MainWindow) -> QObject:
    found = window.explorer.view.findChild(QObject, "latentHandle")
    assert found is not None
    return found


def wait_for_code(qtbot: QtBot, window: MainWindow, code: list[float]) -> None:
    def shows_it() -> bool:
        shown = window.explorer.image.code()
        return shown is not None and np.allclose(shown, code, atol=2e-3)

    qtbot.waitUntil(shows_it, timeout=5000)


def test_first_image_is_the_decoded_origin(window: MainWindow, tiny_run: Run) -> None:
    decoder = LiteRTDecoder(tiny_run.networks.decoder, 2, (28, 28, 1))
    expected = as_pixels(decoder(np.zeros((1, 2), np.float32)))[0]
    np.testing.assert_array_equal(window.explorer.image.pixels(), expected)


def test_dragging_the_handle_decodes_where_it_is_dropped(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    view = window.explorer.view
    start = QPointF(handle(window).property("position"))
    before = window.explorer.image.pixels()
    drag(view.viewport(), start, start + QPointF(90, -60))
    z = [handle(window).property("z1"), handle(window).property("z2")]
    assert z[0] > 0.1
    assert z[1] > 0.1
    wait_for_code(qtbot, window, z)
    expected = as_pixels(LiteRTDecoder(tiny_run.networks.decoder, 2, (28, 28, 1))(np.array([z], np.float32)))[0]
    np.testing.assert_array_equal(window.explorer.image.pixels(), expected)
    assert not np.array_equal(before, expected)


def test_handle_follows_the_pointer_to_the_pixel(window: MainWindow) -> None:
    start = QPointF(handle(window).property("position"))
    drag(window.explorer.view.viewport(), start, start + QPointF(57, 33))
    moved = QPointF(handle(window).property("position")) - start
    assert (moved - QPointF(57, 33)).manhattanLength() <= 2


def test_wheel_zooms_and_double_click_fits(qtbot: QtBot, window: MainWindow) -> None:
    view = window.explorer.view
    view.fit("codes")
    fitted = view.viewRange()
    view.getViewBox().scaleBy((0.3, 0.3))
    assert view.viewRange()[0][1] - view.viewRange()[0][0] < (fitted[0][1] - fitted[0][0]) / 2
    qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.viewport().rect().center())
    np.testing.assert_allclose(view.viewRange(), fitted, rtol=1e-2)


def test_axes_stay_equal(window: MainWindow) -> None:
    for size in ((1360, 860), (1000, 700)):
        window.resize(*size)
        QApplication.processEvents()
        view = window.explorer.view
        a, b, c = view.to_pixels(0, 0), view.to_pixels(1, 0), view.to_pixels(0, 1)
        assert abs(b.x() - a.x()) == pytest.approx(abs(c.y() - a.y()), abs=1.5)


@pytest.mark.parametrize(
    ("key", "direction"), [("Right", (1, 0)), ("Left", (-1, 0)), ("Up", (0, 1)), ("Down", (0, -1))]
)
def test_arrow_keys_move_the_handle(qtbot: QtBot, window: MainWindow, key: str, direction: tuple[int, int]) -> None:
    qtbot.keyClick(window.explorer.view, Qt.Key[f"Key_{key}"])
    z = np.array([handle(window).property("z1"), handle(window).property("z2")])
    assert z @ direction > 0
    assert np.count_nonzero(z) == 1
    wait_for_code(qtbot, window, z.tolist())


def test_spin_boxes_set_the_handle(qtbot: QtBot, window: MainWindow) -> None:
    window.findChild(QDoubleSpinBox, "z1Spin").setValue(0.71)
    window.findChild(QDoubleSpinBox, "z2Spin").setValue(-1.79)
    wait_for_code(qtbot, window, [0.71, -1.79])
    assert handle(window).property("z2") == pytest.approx(-1.79)


def test_clicking_a_point_jumps_there_and_shows_its_image_and_reconstruction(
    qtbot: QtBot, window: MainWindow, tiny_run: Run
) -> None:
    view, codes = window.explorer.view, tiny_run.codes
    held_out = np.flatnonzero(codes.split == HELD_OUT)
    centre = np.median(codes.z_mean, axis=0)
    row = held_out[np.argmax(np.square(codes.z_mean[held_out] - centre).sum(axis=1))]  # far from others
    view.getPlotItem().setRange(
        xRange=codes.z_mean[row, 0] + np.array([-0.1, 0.1]), yRange=codes.z_mean[row, 1] + np.array([-0.1, 0.1])
    )
    QApplication.processEvents()
    at = view.to_pixels(*codes.z_mean[row].tolist()).toPoint()
    qtbot.mouseMove(view.viewport(), at)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    wait_for_code(qtbot, window, codes.z_mean[row].tolist())
    index = int(np.flatnonzero(tiny_run.sample.index == codes.index[row])[0])
    np.testing.assert_array_equal(window.explorer.panel.original.pixels(), tiny_run.sample.images[index])
    np.testing.assert_array_equal(window.explorer.panel.reconstruction.pixels(), window.explorer.image.pixels())
    assert "distance 0.000" in window.explorer.panel.nearest_note.text()
    assert f"class {codes.label[row]}" in window.explorer.panel.nearest_note.text()


def test_random_draws_elsewhere_and_home_goes_back(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.findChild(QPushButton, "randomButton"), Qt.MouseButton.LeftButton)
    assert handle(window).property("z1") != 0.0
    qtbot.mouseClick(window.findChild(QPushButton, "homeButton"), Qt.MouseButton.LeftButton)
    wait_for_code(qtbot, window, [0.0, 0.0])


def test_copy_puts_the_enlarged_image_on_the_clipboard(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.mouseClick(window.findChild(QPushButton, "copyButton"), Qt.MouseButton.LeftButton)
    image = QApplication.clipboard().image()
    pixels = window.explorer.image.pixels()
    assert pixels is not None
    assert image.width() == 280
    assert image.pixelColor(145, 155).red() == pixels[15, 14, 0]


def test_legend_filters_points_and_restores_them(qtbot: QtBot, window: MainWindow, tiny_run: Run) -> None:
    view = window.explorer.view
    everything = view.points_shown
    assert everything == len(tiny_run.codes.index)
    three = view.points.classes.list.visualItemRect(view.points.classes.list.item(3)).center()
    qtbot.mouseClick(view.points.classes.list.viewport(), Qt.MouseButton.LeftButton, pos=three)
    assert view.points_shown == everything - np.count_nonzero(tiny_run.codes.label == 3)
    qtbot.mouseClick(view.points.classes.list.viewport(), Qt.MouseButton.LeftButton, pos=three)
    assert view.points_shown == everything


def test_splits_combo_shows_the_held_out_codes_alone(window: MainWindow, tiny_run: Run) -> None:
    window.explorer.splits.setCurrentText("held-out only")
    assert window.explorer.view.points_shown == np.count_nonzero(tiny_run.codes.split == HELD_OUT)


def test_live_switch_is_off_while_nothing_trains(window: MainWindow) -> None:
    live = window.findChild(QCheckBox, "liveCheck")
    assert not live.isEnabled()
    assert not live.isChecked()


def test_saved_image_has_the_displayed_pixels(window: MainWindow, tmp_path: object) -> None:
    path = tmp_path / "decoded.png"  # type: ignore[operator]
    window.exports.write_image(path)
    image = QImage(str(path))
    pixels = window.explorer.image.pixels()
    assert pixels is not None
    assert (image.width(), image.height()) == (28, 28)
    assert image.pixelColor(14, 9).red() == pixels[9, 14, 0]


def test_one_latent_dimension_leaves_the_second_axis_unused(
    open_window: Callable[..., MainWindow], thin_run: Run
) -> None:
    window = open_window(thin_run.folder)
    assert not window.explorer.z2.isEnabled()
    assert "unused" in window.explorer.panel.plane_note.text()
    assert "unused" in window.explorer.view.getAxis("left").labelText
    window.explorer.go_to(0.4, 0.9)
    assert handle(window).property("z2") == 0.0


def test_the_note_says_that_further_dimensions_are_zero(
    qtbot: QtBot, open_window: Callable[..., MainWindow], deep_run: Run
) -> None:
    window = open_window(deep_run.folder)
    window.explorer.show_plane((1, 2))
    assert "z3 to z4 are 0" in window.explorer.panel.plane_note.text()
    window.explorer.go_to(0.4, 0.9)
    wait_for_code(qtbot, window, [0.4, 0.9, 0.0, 0.0])


def test_without_labels_all_points_have_one_colour_and_no_legend(
    open_window: Callable[..., MainWindow], thin_run: Run
) -> None:
    window = open_window(thin_run.folder)
    assert not window.explorer.view.points.classes.isVisible()
    assert window.explorer.view.points_shown > 0


def test_more_than_ten_classes_all_have_a_row(open_window: Callable[..., MainWindow], wide_run: Run) -> None:
    window = open_window(wide_run.folder)
    legend = window.explorer.view.points.classes
    assert legend.list.count() == 26
    assert legend.height() < window.explorer.view.height()


def test_none_keeps_its_references_over_200_repaints(window: MainWindow) -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to None on every void call, until the interpreter aborts."""
    import sys

    def repaint(times: int) -> int:
        before = sys.getrefcount(None)
        for i in range(times):
            window.explorer.view.move_handle(i / times, 0.0)
            window.explorer.view.viewport().repaint()
            window.explorer.image.repaint()
        return sys.getrefcount(None) - before

    repaint(50)
    assert abs(repaint(200)) < 100


def test_undo_reverts_jumps_one_by_one_and_a_drag_as_a_whole(qtbot: QtBot, window: MainWindow) -> None:
    start = QPointF(handle(window).property("position"))
    drag(window.explorer.view.viewport(), start, start + QPointF(70, 20))
    dragged = [handle(window).property("z1"), handle(window).property("z2")]
    window.explorer.go_to(1.5, -0.5)
    window.explorer.go_to(-1.0, 2.0)
    undo = next(action for action in window.findChildren(QAction) if action.text().startswith("Undo"))
    undo.trigger()
    wait_for_code(qtbot, window, [1.5, -0.5])
    undo.trigger()
    wait_for_code(qtbot, window, dragged)
    undo.trigger()
    wait_for_code(qtbot, window, [0.0, 0.0])
    assert not undo.isEnabled()
    window.explorer.moves.redo()
    wait_for_code(qtbot, window, dragged)


def test_random_draws_all_dimensions_and_the_note_shows_them(
    qtbot: QtBot, open_window: Callable[..., MainWindow], deep_run: Run
) -> None:
    window = open_window(deep_run.folder)
    window.explorer.show_plane((1, 2))
    window.explorer.go_random()
    qtbot.waitUntil(lambda: bool(np.all(window.explorer.image.code() != 0)), timeout=5000)
    _, _, z3, z4 = window.explorer.image.code()
    assert f"z3 is {z3:.2f}, z4 is {z4:.2f}".replace("-", "−") in window.explorer.panel.plane_note.text()
    window.explorer.go_home()
    wait_for_code(qtbot, window, [0.0, 0.0, 0.0, 0.0])
    assert "are 0" in window.explorer.panel.plane_note.text()


def test_a_file_name_with_markup_is_plain_text_in_the_tool_tip(
    tab: ExplorerTab, subject: Subject, qtbot: QtBot
) -> None:
    count = len(subject.columns.values)
    columns = replace(subject.columns, names=pack_names(["<b>bold</b>.png"] * count))
    tab.show_subject(replace(subject, columns=columns))
    note = tab.panel.nearest_note
    qtbot.waitUntil(lambda: "<b>bold</b>.png" in note.text(), timeout=10_000)
    assert note.toolTip() == safe_tip("<b>bold</b>.png") != "<b>bold</b>.png"
