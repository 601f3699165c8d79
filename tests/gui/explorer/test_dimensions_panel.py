"""More than two latent dimensions in the window: the plane of the map, and the value of each dimension."""

from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag
from tests.imported_files import onnx_decoder
from vae_explorer.data.dataset import HELD_OUT
from vae_explorer.exploring.subject import live_subject
from vae_explorer.gui.explorer.dimension_row import FINENESS, DimensionRow
from vae_explorer.gui.explorer.dimensions_panel import DimensionsPanel
from vae_explorer.gui.explorer.traversal_strip import STEPS
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.latent.plane import principal_plane, to_plane
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.run import Run
from vae_explorer.training.importing import find_model, write_model


@pytest.fixture
def deep(open_window: Callable[..., MainWindow], deep_run: Run) -> MainWindow:
    window = open_window(deep_run.folder)
    window.explorer.show_plane((1, 2))
    return window


def test_a_run_opens_on_the_two_dimensions_that_say_most(
    open_window: Callable[..., MainWindow], deep_run: Run, qtbot: QtBot
) -> None:
    most = measure_dimensions(deep_run.codes.z_mean, deep_run.codes.z_log_var).axes
    window = open_window(deep_run.folder)
    assert window.explorer.plane.axes == most
    axes = [window.findChild(QComboBox, f"{name}Combo").currentText() for name in ("across", "up")]
    assert axes == [f"z{dimension}" for dimension in most]
    window.explorer.show_plane((4, 3))
    window.open_run(deep_run.folder)
    qtbot.waitUntil(lambda: not window._tasks, timeout=20_000)
    assert window.explorer.plane.axes == (4, 3)  # the person's own choice stays


def panel_of(window: MainWindow) -> DimensionsPanel:
    panel = window.findChild(DimensionsPanel, "dimensionsPanel")
    assert panel is not None
    return panel


def by_keras(run: Run, code: NDArray[np.float32]) -> NDArray[np.uint8]:
    decoder = keras.saving.load_model(run.folder / "model/decoder.keras", compile=False)
    return as_pixels(decoder(code[None]).numpy())[0]


def wait_for(qtbot: QtBot, window: MainWindow, code: object) -> None:
    def shows_it() -> bool:
        shown = window.explorer.image.code()
        return shown is not None and np.allclose(shown, code, atol=2e-3)

    qtbot.waitUntil(shows_it, timeout=5000)


def choose(window: MainWindow, name: str, dimension: int, qtbot: QtBot) -> None:
    combo = window.findChild(QComboBox, f"{name}Combo")
    qtbot.keyClick(combo, Qt.Key.Key_Home)
    for _ in range(dimension - 1):
        qtbot.keyClick(combo, Qt.Key.Key_Down)


def position(window: MainWindow) -> QPointF:
    return QPointF(window.explorer.view.findChild(QObject, "latentHandle").property("position"))


def test_two_dimensions_need_no_panel(window: MainWindow) -> None:
    assert window.explorer.dimensions is None
    assert not window.explorer.foot.dimensions_check.isVisible()


def test_hiding_the_panel_makes_the_map_wider(deep: MainWindow, qtbot: QtBot) -> None:
    wide = deep.explorer.view.width()
    qtbot.keyClick(deep.findChild(QCheckBox, "dimensionsCheck"), Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: deep.explorer.view.width() > wide + 150)
    assert not panel_of(deep).isVisible()


def test_the_dimensions_are_listed_by_their_information(deep: MainWindow, deep_run: Run) -> None:
    dimensions = measure_dimensions(deep_run.codes.z_mean, deep_run.codes.z_log_var)
    kl = dimensions.kl
    rows = sorted(panel_of(deep).rows.values(), key=lambda row: row.y())
    assert [row.dimension for row in rows] == dimensions.order.tolist()
    shown = {row.dimension: row.kl.text() for row in rows}
    variance = deep_run.codes.z_mean.var(axis=0)
    for dimension, text in shown.items():
        assert text == (f"KL {kl[dimension]:.2f} nats" if variance[dimension] > 0.01 else "collapsed")


def test_dragging_in_another_plane_decodes_the_full_code(deep: MainWindow, deep_run: Run, qtbot: QtBot) -> None:
    code = np.array([0.5, -0.2, 1.0, 0.3], np.float32)
    deep.explorer.go_home()
    for dimension in (0, 2):
        panel_of(deep).rows[dimension].spin.setValue(float(code[dimension]))
    choose(deep, "up", 4, qtbot)
    choose(deep, "across", 2, qtbot)
    wait_for(qtbot, deep, [0.5, 0, 1, 0])  # choosing a plane moves nothing
    view = deep.explorer.view
    assert (view.getAxis("bottom").labelText, view.getAxis("left").labelText) == ("z2", "z4")
    np.testing.assert_array_equal(deep.explorer._subject.plane, deep_run.codes.z_mean[:, [1, 3]])
    assert "Showing z2 and z4; z1 is 0.50, z3 is 1.00." in deep.explorer.panel.plane_note.text()
    drag(view.viewport(), position(deep), view.to_pixels(-0.2, 0.3))
    at = view.handle_point
    assert at == pytest.approx((-0.2, 0.3), abs=0.05)
    wait_for(qtbot, deep, [0.5, at[0], 1, at[1]])
    shown = deep.explorer.image.pixels().astype(int)
    assert np.abs(shown - by_keras(deep_run, deep.explorer.image.code())).max() <= 1
    qtbot.waitUntil(lambda: panel_of(deep).rows[1].spin.value() == pytest.approx(at[0], abs=0.006))


def test_choosing_the_dimension_of_the_other_axis_swaps_them(deep: MainWindow, qtbot: QtBot) -> None:
    choose(deep, "across", 2, qtbot)
    assert deep.explorer.plane.axes == (2, 1)
    assert deep.findChild(QComboBox, "upCombo").currentText() == "z1"


def test_a_slider_moves_its_dimension_and_can_be_undone(deep: MainWindow, qtbot: QtBot) -> None:
    slider = deep.findChild(QSlider, "heldSlider3")
    reset = deep.findChild(QPushButton, "resetHeldButton")
    assert not reset.isEnabled()
    deep.explorer.go_to(0.4, 0.9)
    for _ in range(4):
        qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    value = slider.value() / FINENESS
    assert value == pytest.approx(2)
    wait_for(qtbot, deep, [0.4, 0.9, value, 0])
    qtbot.mouseClick(reset, Qt.MouseButton.LeftButton)
    wait_for(qtbot, deep, [0.4, 0.9, 0, 0])
    assert not reset.isEnabled()
    deep.explorer.moves.undo()
    wait_for(qtbot, deep, [0.4, 0.9, value, 0])
    qtbot.waitUntil(lambda: slider.value() == round(value * FINENESS))
    deep.explorer.moves.undo()  # undoes all steps of the slider
    wait_for(qtbot, deep, [0.4, 0.9, 0, 0])
    deep.explorer.moves.redo()
    wait_for(qtbot, deep, [0.4, 0.9, value, 0])


def test_the_principal_components_draw_the_codes_where_they_vary_most(
    deep: MainWindow, deep_run: Run, qtbot: QtBot
) -> None:
    deep.explorer.go_random()
    before = deep.explorer.code.copy()
    qtbot.keyClick(deep.findChild(QCheckBox, "principalCheck"), Qt.Key.Key_Space)
    plane = principal_plane(deep_run.codes.z_mean)
    np.testing.assert_allclose(deep.explorer._subject.plane, to_plane(deep_run.codes.z_mean, plane), atol=1e-6)
    assert deep.explorer.view.getAxis("left").labelText == "PC 2"
    assert deep.explorer.panel.axis_names[0].text() == "PC 1"
    assert not deep.findChild(QComboBox, "acrossCombo").isEnabled()
    wait_for(qtbot, deep, before)
    assert deep.explorer.view.handle_point == pytest.approx(plane.point(before), abs=1e-5)
    view = deep.explorer.view
    x, y = view.handle_point
    drag(view.viewport(), position(deep), view.to_pixels(x + 0.5, y))
    moved = np.array(view.handle_point) - (x, y)
    wait_for(qtbot, deep, before + moved @ plane.directions)
    qtbot.keyClick(deep.findChild(QCheckBox, "principalCheck"), Qt.Key.Key_Space)
    assert deep.explorer.plane.axes == (1, 2)


def test_a_drag_starts_from_the_point_that_was_clicked(deep: MainWindow, deep_run: Run, qtbot: QtBot) -> None:
    row = int(np.flatnonzero(deep_run.codes.split == HELD_OUT)[0])
    code = deep_run.codes.z_mean[row]
    deep.explorer.view.picked.emit(row)
    wait_for(qtbot, deep, code)
    qtbot.waitUntil(lambda: all(abs(r.spin.value() - code[r.dimension]) < 0.006 for r in panel_of(deep).rows.values()))
    assert "distance 0.000" in deep.explorer.panel.nearest_note.text()
    qtbot.keyClick(deep.explorer.view, Qt.Key.Key_Right)
    x, y = deep.explorer.view.handle_point
    assert x > code[0]
    wait_for(qtbot, deep, [x, y, code[2], code[3]])


def test_a_strip_shows_images_along_its_dimension_and_a_click_goes_there(
    deep: MainWindow, deep_run: Run, qtbot: QtBot
) -> None:
    deep.explorer._move_dimension(0, 1.5, True)
    panel = panel_of(deep)
    row = panel.rows[2]
    expected = [by_keras(deep_run, np.array([1.5, 0, value, 0], np.float32))[..., 0] for value in row.values]
    width, height = 28 * STEPS, 28

    def shows_it() -> bool:
        sheet = row.strip.sheet
        if (sheet.width(), sheet.height()) != (width, height):
            return False
        shown = np.array([[sheet.pixelColor(x, y).red() for x in range(width)] for y in range(0, height, 3)])
        return bool(np.abs(shown - np.hstack(expected)[::3].astype(int)).max() <= 1)

    qtbot.waitUntil(shows_it, timeout=5000)
    strip = row.strip
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPointF(strip.width() * 5.5 / STEPS, 9).toPoint())
    wait_for(qtbot, deep, [1.5, 0, row.values[5], 0])
    assert row.values[5] == pytest.approx(row.values[-1] * 2 / 3)


@pytest.mark.long
def test_only_visible_dimensions_are_decoded(
    open_window: Callable[..., MainWindow], wide_run: Run, qtbot: QtBot
) -> None:
    window = open_window(wide_run.folder)
    panel = panel_of(window)
    answers: list[set[int]] = []
    panel.worker.answered.connect(lambda _, answer: answers.append(set(answer.dimensions)))
    window.explorer.go_to(1.0, 0.5)
    qtbot.waitUntil(lambda: bool(answers))
    first = answers[-1]
    assert 3 <= len(first) < 15
    panel.area.verticalScrollBar().setValue(panel.area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: not first & answers[-1])  # an answer for the first ones may still be on its way


def test_export_dialogs_start_with_the_plane_of_the_map(deep: MainWindow, qtbot: QtBot) -> None:
    choose(deep, "across", 3, qtbot)
    deep.explorer._move_dimension(3, -1.25, True)
    dialog = deep.exports.export_picture()
    assert dialog is not None
    for form in dialog.forms[:2]:
        plane = form.plane.plane()
        assert plane.axes == (3, 1)  # the keys passed the other axis on the way to z3 and swapped the two
        np.testing.assert_array_equal(plane.held, [0, 0, 0, -1.25])
    form.plane.at_zero.setChecked(True)
    assert not form.plane.plane().held.any()
    dialog.reject()
    page = deep.exports.ask_page()
    assert page is not None
    assert page.plane.text() == "Showing z3 and z1; z4 is −1.25, the others 0."
    assert page.options().plane is deep.explorer.plane
    page.reject()


def test_the_plane_and_the_list_follow_a_model_in_training(deep: MainWindow, deep_run: Run, qtbot: QtBot) -> None:
    sample = deep_run.sample
    columns = deep_run.codes.columns.take(np.zeros(len(sample.index), int))
    explorer = deep.explorer
    deep.explorer.go_random()
    code = explorer.code
    qtbot.keyClick(deep.findChild(QCheckBox, "principalCheck"), Qt.Key.Key_Space)
    for scale in ([3, 1, 1, 2], [1, 1, 4, 2]):
        spread = np.array(scale, np.float32)
        z_mean = np.random.default_rng(0).normal(size=(len(sample.index), 4)).astype(np.float32) * spread
        dimensions = measure_dimensions(z_mean, np.zeros_like(z_mean))
        live = live_subject(explorer._subject.decoder, z_mean, dimensions, columns, sample)
        explorer.show_subject(live, same=True)
        plane = principal_plane(z_mean)
        np.testing.assert_array_equal(explorer._subject.plane, to_plane(z_mean, plane))
        np.testing.assert_allclose(explorer.plane.directions, plane.directions)
        assert explorer.view.handle_point == pytest.approx(plane.point(code), abs=1e-5)
        rows = sorted(panel_of(deep).rows.values(), key=lambda row: panel_of(deep)._list.indexOf(row))
        assert [row.dimension for row in rows] == dimensions.order.tolist()
        wait_for(qtbot, deep, code)


def test_a_collapsed_dimension_is_greyed(qtbot: QtBot) -> None:
    row = DimensionRow(2, (28, 28, 1), 196)
    qtbot.addWidget(row)
    row.describe(0.004, 0.001, False, 3.0)
    assert row.kl.text() == "collapsed"
    assert "0.00 nats" in row.kl.toolTip()
    assert row.graphicsEffect().opacity() < 0.6
    row.describe(0.2, 0.1, True, 3.0)
    assert row.graphicsEffect() is None
    assert row.kl.text() == "KL 0.20 nats"
    assert "0.10 tell one image from another" in row.kl.toolTip()


def test_the_strips_follow_a_replayed_training(deep: MainWindow, qtbot: QtBot) -> None:
    strip = panel_of(deep).rows[0].strip
    qtbot.waitUntil(lambda: not strip.sheet.isNull(), timeout=10_000)
    for epoch in (0, 1):
        before = strip.sheet
        deep.explorer.time_bar.slider.setValue(epoch)
        qtbot.waitUntil(lambda before=before: strip.sheet != before, timeout=10_000)  # type: ignore[misc]


def test_of_hundreds_of_dimensions_64_are_listed_and_any_is_found(
    open_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    (tmp_path / "decoder.onnx").write_bytes(onnx_decoder(latent_dim=300, scale=0.1))
    window = open_window(write_model(find_model(tmp_path / "decoder.onnx"), tmp_path / "run").folder)
    panel = panel_of(window)

    def listed() -> list[int]:
        return sorted(row.dimension + 1 for row in panel.rows.values() if row.isVisible())

    assert len(listed()) == 64
    panel.search.setText("z29")
    assert listed() == [29, *range(290, 300)]
    panel.rows[290].spin.setValue(1.5)
    assert window.explorer.code[290] == 1.5
    panel.search.clear()
    assert len(listed()) == 64
