"""The path over the map: anchors set with real events, the paths between them, and the travel along one."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QApplication, QToolButton
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag, mouse
from vae_explorer.exploring.own_image import describe_own
from vae_explorer.exploring.subject import Subject, draw_in
from vae_explorer.gui.explorer.layers.own_image import OwnImageLayer
from vae_explorer.gui.explorer.paths.item import PathItem
from vae_explorer.gui.explorer.paths.paths import Paths
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.explorer.tools import EXPLORE, PATH
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.latent.plane import axes_plane
from vae_explorer.run.run import Run

LEFT, RIGHT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton, Qt.MouseButton.NoButton
PRESS, RELEASE = QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease


def click(tab: ExplorerTab, at: QPointF, button: Qt.MouseButton = LEFT) -> None:
    mouse(tab.view.viewport(), PRESS, at, button, button)
    mouse(tab.view.viewport(), RELEASE, at, NONE, button)


@pytest.fixture
def paths(qtbot: QtBot, tab: ExplorerTab) -> Paths:
    """The path, with the tool Path in a part of the plane without points."""
    assert tab.path.paths is None
    qtbot.keyClick(tab.view, PATH.key)
    assert tab.path.paths is not None
    QApplication.processEvents()
    tab.view.getPlotItem().setRange(xRange=(40, 44), yRange=(40, 44), padding=0)
    tab.go_to(41, 41)
    tab.moves.clear()
    QApplication.processEvents()
    return tab.path.paths


def found(qtbot: QtBot, paths: Paths) -> None:
    qtbot.waitUntil(lambda: paths.chosen is not None and not paths.finding.running, timeout=20_000)


def test_anchors_are_set_at_points_the_handle_and_the_ground(tab: ExplorerTab, paths: Paths, subject: Subject) -> None:
    click(tab, tab.view.to_pixels(43, 42))
    click(tab, tab.view.to_pixels(41, 41) + QPointF(5, 3))
    row = int(np.argmax(np.linalg.norm(subject.z_mean, axis=1)))
    x, y = subject.z_mean[row].tolist()
    tab.view.getPlotItem().setRange(xRange=(x - 1, x + 1), yRange=(y - 1, y + 1))
    QApplication.processEvents()
    click(tab, tab.view.to_pixels(x, y) + QPointF(2, -1))
    np.testing.assert_allclose(paths.anchors.codes[0], tab.view.to_plane(tab.view.to_pixels(43, 42)), atol=0.05)
    np.testing.assert_array_equal(paths.anchors.codes[1:], [tab.code, subject.z_mean[row]])
    assert tab.view.handle_point == pytest.approx((41, 41))  # the tool does not move it


def test_an_own_image_is_an_anchor_where_it_is_encoded(tab: ExplorerTab, paths: Paths, subject: Subject) -> None:
    said: list[str] = []
    tab.errored.connect(said.append)
    tab.path.add_own()
    assert "no own image" in said[0]
    own = describe_own(subject, subject.images[0])
    tab.view.layers.find(OwnImageLayer).put(own)
    tab.path.add_own()
    x, y = own.z_mean.tolist()
    tab.view.getPlotItem().setRange(xRange=(x - 1, x + 1), yRange=(y - 1, y + 1))
    QApplication.processEvents()
    paths.anchors.put(paths.anchors.codes[:0])
    click(tab, tab.view.to_pixels(x, y) + QPointF(4, 4))
    np.testing.assert_array_equal(paths.anchors.codes, [own.z_mean])


def test_a_drag_of_an_anchor_is_one_step_that_is_undone_and_redone(tab: ExplorerTab, paths: Paths) -> None:
    start = tab.view.to_pixels(43, 42)
    click(tab, start)
    before = paths.anchors.codes
    drag(tab.view.viewport(), start + QPointF(3, 0), start + QPointF(43, -20), steps=4)
    moved = paths.anchors.codes
    np.testing.assert_allclose(moved[0], tab.view.to_plane(start + QPointF(40, -20)), atol=0.02)
    assert tab.moves.count() == 2
    tab.moves.undo()
    np.testing.assert_array_equal(paths.anchors.codes, before)
    tab.moves.redo()
    np.testing.assert_array_equal(paths.anchors.codes, moved)
    tab.moves.undo()
    tab.moves.undo()
    assert not len(paths.anchors.codes)


def test_a_drag_on_the_ground_sets_an_anchor_in_one_step(tab: ExplorerTab, paths: Paths) -> None:
    start = tab.view.to_pixels(43, 42)
    drag(tab.view.viewport(), start, start + QPointF(40, 20), steps=4)
    assert len(paths.anchors.codes) == 1
    assert tab.moves.count() == 1
    np.testing.assert_allclose(paths.anchors.codes[0], tab.view.to_plane(start + QPointF(40, 20)), atol=0.02)


def test_a_right_click_and_delete_remove_one(qtbot: QtBot, tab: ExplorerTab, paths: Paths) -> None:
    places = [tab.view.to_pixels(*at) for at in ((42, 43), (43, 42), (43, 43))]
    for at in places:
        click(tab, at)
    asked: list[object] = []
    tab.view.menu_wanted.connect(asked.append)
    first, second, _ = paths.anchors.codes
    qtbot.keyClick(tab.view, Qt.Key.Key_Delete)  # the one that was touched last
    np.testing.assert_array_equal(paths.anchors.codes, [first, second])
    click(tab, places[0], RIGHT)
    np.testing.assert_array_equal(paths.anchors.codes, [second])
    assert not asked
    click(tab, places[0], RIGHT)  # where there is none, it opens the menu
    assert len(asked) == 1
    tab.view.use_tool(EXPLORE)
    qtbot.keyClick(tab.view, Qt.Key.Key_Delete)
    assert len(paths.anchors.codes) == 1


def test_two_anchors_make_a_path_with_a_strip_of_images_and_lengths(
    qtbot: QtBot, tab: ExplorerTab, paths: Paths
) -> None:
    paths.anchors.put(np.array([(-1, 0), (1, 1)], np.float32))
    paths.choose("geodesic")
    found(qtbot, paths)
    panel, geodesic = paths.panel, paths.chosen
    assert geodesic is not None
    qtbot.waitUntil(lambda: len(panel.strip.pictures) == 12, timeout=10_000)
    lengths = {path.kind: path for path in paths.known}
    assert set(lengths) == {"straight", "spherical", "data", "geodesic"}
    assert lengths["geodesic"].in_image[-1] <= lengths["straight"].in_image[-1] * (1 + 1e-6)
    assert panel.kinds.lengths["straight"][0].text() == f"{np.sqrt(5):.2f}"
    assert panel.kinds.lengths["supported"][0].text() == ""
    panel.count.setValue(5)
    qtbot.waitUntil(lambda: len(panel.strip.pictures) == 5, timeout=10_000)
    assert len(paths.item.drawing.others) == 3


def test_the_slider_leads_the_handle_and_is_undone_at_once(qtbot: QtBot, tab: ExplorerTab, paths: Paths) -> None:
    paths.anchors.put(np.array([(-1, 0), (1, 1)], np.float32))
    found(qtbot, paths)
    before, steps = tab.code.copy(), tab.moves.index()
    paths.panel.slider.setSliderDown(True)
    for value in (250, 750):
        paths.panel.slider.setValue(value)
    paths.panel.slider.setSliderDown(False)
    np.testing.assert_allclose(tab.code, (0.5, 0.75), atol=1e-5)
    assert tab.moves.index() == steps + 1
    tab.moves.undo()
    np.testing.assert_array_equal(tab.code, before)


def test_it_is_played_to_its_end(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tab: ExplorerTab, paths: Paths) -> None:
    monkeypatch.setattr("vae_explorer.gui.explorer.paths.panel.SECONDS", 0.1)
    paths.anchors.put(np.array([(-1, 0), (1, 1)], np.float32))
    found(qtbot, paths)
    steps = tab.moves.index()
    paths.panel.play.click()
    qtbot.waitUntil(lambda: not paths.panel.playing, timeout=10_000)
    np.testing.assert_allclose(tab.code, (1, 1), atol=1e-5)
    assert tab.moves.index() == steps + 1


def test_a_path_of_another_model_is_marked_and_found_again(
    qtbot: QtBot, tab: ExplorerTab, paths: Paths, subject: Subject
) -> None:
    paths.anchors.put(np.array([(-1, 0), (1, 1)], np.float32))
    paths.choose("geodesic")
    found(qtbot, paths)
    first = paths.chosen
    other = replace(subject, run=None, z_mean=subject.z_mean + 1)
    tab.show_moment(draw_in(other, subject.drawn_in))
    assert not paths.panel.again.isHidden()
    assert paths.chosen is first
    paths.panel.again.click()
    found(qtbot, paths)
    assert paths.panel.again.isHidden()
    tab.show_moment(subject)
    assert not paths.panel.again.isHidden()


def test_kinds_that_need_codes_are_disabled_without_any(qtbot: QtBot, tab: ExplorerTab, paths: Paths) -> None:
    assert paths.subject is not None
    paths.choose("data")
    paths.show_subject(replace(paths.subject, z_mean=paths.subject.z_mean[:0], run=None))
    for kind, button in paths.panel.kinds.buttons.items():
        assert button.isEnabled() == (kind not in ("data", "supported"))
    assert "needs the latent codes" in paths.panel.kinds.buttons["data"].toolTip()
    assert paths.kind == "straight"
    paths.anchors.put(np.array([(-1, 0), (1, 1)], np.float32))
    found(qtbot, paths)
    assert [path.kind for path in paths.known] == ["straight", "spherical"]


def test_cancelling_a_geodesic_offers_to_find_it_again(qtbot: QtBot, tab: ExplorerTab, paths: Paths) -> None:
    paths.anchors.put(np.random.default_rng(0).normal(size=(40, 2)).astype(np.float32))
    paths.choose("supported")
    paths.panel.stop.click()
    qtbot.waitUntil(lambda: not paths.finding.running, timeout=20_000)
    assert paths.chosen is None
    assert paths.panel.note.text() == "Cancelled."
    assert not paths.panel.again.isHidden()


def test_closing_hides_the_path_and_undo_brings_it_back(tab: ExplorerTab, paths: Paths) -> None:
    click(tab, tab.view.to_pixels(43, 42))
    close = paths.panel.findChild(QToolButton, "pathCloseButton")
    close.click()
    assert paths.panel.isHidden()
    assert tab.view.tool is EXPLORE
    assert paths.item.region().isEmpty()
    tab.path.add_handle()
    assert not paths.panel.isHidden()
    assert not paths.item.region().isEmpty()
    tab.selecting.toggle()  # there is no room for both panels
    assert paths.panel.isHidden()
    tab.moves.undo()
    assert not paths.panel.isHidden()
    assert tab.selection_panel.isHidden()


def test_in_many_dimensions_a_drag_keeps_what_is_beside_the_plane(
    qtbot: QtBot, tab: ExplorerTab, deep_run: Run
) -> None:
    from vae_explorer.exploring.opening import run_subject

    tab.path.open()
    paths = tab.path.paths
    assert paths is not None
    paths.anchors.put(np.ones((2, 2), np.float32))
    tab.show_subject(run_subject(deep_run, None))
    assert paths.anchors.codes.shape == (0, 4)
    tab.view.use_tool(PATH)
    code = np.array((0.1, 0.2, 0.7, -0.4), np.float32)
    paths.anchors.put(np.stack([code, -code]))
    start = tab.view.to_pixels(*tab.plane.point(code))
    drag(tab.view.viewport(), start, start + QPointF(30, 0), steps=3)
    moved = paths.anchors.codes[0] - code
    plane = axes_plane(tab.plane.axes, 4) if tab.plane.axes else tab.plane
    np.testing.assert_allclose(moved, plane.directions.T @ (plane.directions @ moved), atol=1e-5)
    assert np.linalg.norm(moved) > 0.05


def test_it_is_saved_and_loaded_back(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    explorer, files = window.explorer, window.path_files
    explorer.path.add_handle()
    explorer.go_to(1, 1)
    explorer.path.add_handle()
    paths = explorer.path.paths
    assert paths is not None
    paths.choose("spherical")
    found(qtbot, paths)
    dialog = window.exports.ask_page()
    assert dialog is not None
    assert {each.path.kind for each in dialog.options().paths} == {"straight", "spherical", "data"}
    dialog.paths.setChecked(False)
    assert not dialog.options().paths
    dialog.reject()
    files.save(tmp_path / "path.csv")
    qtbot.waitUntil(lambda: (tmp_path / "path.csv").exists(), timeout=10_000)
    before = paths.anchors.codes
    paths.panel.clear.click()
    assert not len(paths.anchors.codes)
    paths.choose("straight")
    files.load(tmp_path / "path.csv")
    np.testing.assert_array_equal(paths.anchors.codes, before)
    assert paths.kind == "spherical"
    (tmp_path / "bad.csv").write_text("z1\n1\n2\n")
    files.load(tmp_path / "bad.csv")
    assert "dimensions" in window.toast.text.text()


def test_a_launch_builds_nothing_of_it(window: MainWindow) -> None:
    assert window.explorer.path.paths is None
    assert not [item for item in window.explorer.view.scene().items() if isinstance(item, PathItem)]
