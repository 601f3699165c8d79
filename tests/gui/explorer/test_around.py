"""The panel of what is around the handle: its images, what a click does, and what is said where there are none."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QToolButton, QToolTip
from pytestqt.qtbot import QtBot

from tests.gui.conftest import mouse
from tests.gui.explorer.test_own_models import Modelled, modelled  # noqa: F401 - a fixture
from vae_explorer.data.columns import no_columns
from vae_explorer.exploring.directions import difference_of_means
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.around.images import MIDDLE
from vae_explorer.gui.explorer.around.panel import AroundPanel
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.main_window import MainWindow
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.run import Run

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def panel(qtbot: QtBot, tab: ExplorerTab) -> AroundPanel:
    assert tab.around.panel is None
    tab.go_to(0.5, -0.25)
    tab.moves.clear()
    tab.around.toggle()
    assert tab.around.panel is not None
    shown(qtbot, tab, tab.around.panel)
    return tab.around.panel


def shown(qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel, names: tuple[str, ...] = ()) -> None:
    """Wait until the images around the handle are shown, along directions of these names."""

    def are_shown() -> bool:
        around = panel.images.around
        return (
            around is not None
            and np.array_equal(around.code, tab.code)
            and (not names or around.directions.names == names)
        )

    qtbot.waitUntil(are_shown, timeout=10_000)


def code_at(panel: AroundPanel, row: int, column: int) -> np.ndarray:
    assert panel.images.around is not None
    return panel.images.around.codes[row, column]


def test_each_kind_shows_its_directions(qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel) -> None:
    for kind, names in (
        ("near", ("here 1", "here 2")), ("change", ("change 1", "change 2")), ("minus", ("0 minus 1",)),
        ("axes", ("z1", "z2")),
    ):  # fmt: skip
        panel.buttons[kind].click()
        shown(qtbot, tab, panel, names)
        assert panel.minus.isVisible() == (kind == "minus")
        assert [len(row) for row in panel.images.pictures] == [5] * len(names)


def test_it_follows_the_handle_with_the_handle_in_the_middle(
    qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel, subject: Subject
) -> None:
    tab.go_to(-1.0, 0.5)
    shown(qtbot, tab, panel)
    around = panel.images.around
    assert around is not None
    np.testing.assert_array_equal(
        around.images[:, MIDDLE], as_pixels(subject.decoder(tab.code[None])).repeat(2, axis=0)
    )


def test_a_click_brings_the_handle_there_and_is_undone(qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel) -> None:
    before, code = tab.code.copy(), code_at(panel, 1, 4)
    mouse(panel.images, QEvent.Type.MouseMove, panel.images.box((1, 4)).center(), Qt.MouseButton.NoButton)
    assert "z2: +2 steps" in QToolTip.text()
    assert tab.around.places is not None
    np.testing.assert_allclose(tab.around.places.places[4], code, atol=1e-6)
    assert not tab.around.places.region().isEmpty()
    tab.view.grab()
    qtbot.mouseClick(panel.images, LEFT, pos=panel.images.box((1, 4)).center().toPoint())
    np.testing.assert_array_equal(tab.code, code)
    shown(qtbot, tab, panel)
    qtbot.mouseClick(panel.images, LEFT, pos=panel.images.box((0, MIDDLE)).center().toPoint())
    qtbot.mouseClick(panel.images, LEFT, pos=panel.images.box((0, 0)).center().toPoint())
    assert tab.moves.count() == 2  # the handle was in the middle already
    tab.moves.undo()
    np.testing.assert_array_equal(tab.code, code)
    tab.moves.undo()
    np.testing.assert_array_equal(tab.code, before)


def test_it_is_used_with_the_keys(qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel) -> None:
    code = code_at(panel, 1, 3)
    panel.images.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(panel.images.hasFocus)
    assert panel.images.accessibleDescription().startswith("z1: the handle")
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(panel.images, key)
    assert panel.images.accessibleDescription().startswith("z2: +1 steps")
    qtbot.keyClick(panel.images, Qt.Key.Key_Return)
    np.testing.assert_array_equal(tab.code, code)
    qtbot.keyClick(panel.images, Qt.Key.Key_Escape)
    assert panel.isHidden()
    assert tab.around.places is not None
    assert tab.around.places.region().isEmpty()


def test_hidden_it_computes_nothing(qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel) -> None:
    panel.findChild(QToolButton, "aroundCloseButton").click()
    requests = panel.worker.newest
    tab.go_to(1.0, 1.0)
    qtbot.waitUntil(lambda: not panel._soon.isActive())
    tab.go_to(1.0, 0.5)
    assert not panel._soon.isActive()
    assert panel.worker.newest == requests
    tab.around.toggle()
    shown(qtbot, tab, panel)


def test_classes_and_groups_make_a_slider(qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel, subject: Subject) -> None:
    panel.choose("minus")
    minus, columns = panel.minus, subject.columns
    assert [minus.these.itemText(at) for at in range(minus.these.count())] == list(columns.class_names)
    minus.these.setCurrentIndex(3)
    minus.those.setCurrentIndex(5)
    shown(qtbot, tab, panel, ("3 minus 5",))
    rows = [np.flatnonzero(subject.label == label) for label in (3, 5)]
    wanted = difference_of_means(subject.z_mean, *rows)
    before = tab.code.copy()
    minus.way.slider.setSliderDown(True)
    for value in (50, 100):
        minus.way.slider.setValue(value)
    minus.way.slider.setSliderDown(False)
    np.testing.assert_allclose(tab.code, before + wanted, atol=1e-6)
    assert tab.moves.count() == 1
    tab.moves.undo()
    np.testing.assert_array_equal(tab.code, before)
    minus.swap.click()
    shown(qtbot, tab, panel, ("5 minus 3",))
    np.testing.assert_allclose(minus.difference, -wanted)
    minus.those.setCurrentIndex(minus.those.count() - 1)
    shown(qtbot, tab, panel, ("5 minus all others",))
    np.testing.assert_allclose(
        minus.difference, difference_of_means(subject.z_mean, rows[1], np.flatnonzero(subject.label != 5)), atol=1e-6
    )
    assert not minus.swap.isEnabled()


def test_groups_that_are_made_can_be_chosen(
    qtbot: QtBot, open_window: Callable[..., MainWindow], tiny_run_folder: Path
) -> None:
    tab = open_window(tiny_run_folder).explorer
    tab.around.toggle()
    panel = tab.around.panel
    assert panel is not None
    panel.choose("minus")
    tab.selecting.grouping.change("new group", lambda groups: groups.put(np.arange(9), "mine"))
    panel.minus.these.setCurrentIndex(panel.minus.these.findText("mine"))
    shown(qtbot, tab, panel, ("mine minus 1",))
    tab.moves.undo()
    shown(qtbot, tab, panel, ("0 minus 1",))


def test_without_codes_it_says_why(qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel, subject: Subject) -> None:
    none = np.empty((0, 2), np.float32)
    bare = replace(
        subject, z_mean=none, plane=none, on_map=Neighbours(none), nearby=Neighbours(none),
        with_image=Neighbours(none), columns=no_columns(0), split=subject.split[:0], image_of=subject.image_of[:0],
        index=subject.index[:0], images_key="none", run=None, encoder=None,
    )  # fmt: skip
    tab.show_subject(bare)
    shown(qtbot, tab, panel, ("z1", "z2"))
    for kind in ("near", "minus"):
        panel.choose(kind)
        qtbot.waitUntil(lambda: "this model has none" in panel.images.said)
        assert not panel.images.pictures
        panel.images.grab()
    panel.choose("change")
    shown(qtbot, tab, panel, ("change 1", "change 2"))


def test_images_without_classes_or_groups_have_no_difference(
    qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel, subject: Subject
) -> None:
    tab.show_subject(replace(subject, columns=no_columns(len(subject.z_mean)), images_key="other"))
    panel.choose("minus")
    qtbot.waitUntil(lambda: "no classes or groups" in panel.images.said)
    assert not panel.minus.way.isEnabled()


@pytest.mark.parametrize(("shape", "latent_dim"), [((32, 32, 3), 2), ((64, 64, 3), 5), ((16, 16, 1), 1)])
def test_images_of_other_shapes_and_dimensions(
    qtbot: QtBot,
    tab: ExplorerTab,
    panel: AroundPanel,
    modelled: Modelled,  # noqa: F811
    shape: tuple[int, int, int],
    latent_dim: int,
) -> None:
    tab.show_subject(modelled(shape, latent_dim))
    panel.choose("near")
    shown(qtbot, tab, panel, tuple(f"here {number}" for number in range(1, latent_dim + 1)))
    picture = panel.images.pictures[0][0]
    assert (picture.height(), picture.width()) == shape[:2]
    panel.images.resize(700, 140)
    mouse(panel.images, QEvent.Type.MouseMove, panel.images.box((0, 1)).center(), Qt.MouseButton.NoButton)
    assert tab.around.places is not None
    assert tab.around.places.places.shape == (5, 2)
    boxes = [panel.images.box((row, column)) for row in range(latent_dim) for column in range(5)]
    assert all(panel.images.rect().contains(box.toAlignedRect()) for box in boxes)
    assert not any(one.intersects(other) for number, one in enumerate(boxes) for other in boxes[:number])


def test_a_conditional_decoder_decodes_its_class(
    qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel, subject: Subject
) -> None:
    decoder = ClassDecoder(
        lambda z: subject.decoder(z[:, :2] + z[:, 2:]), 2, "test", np.array([[0], [1]], np.float32), ("a", "b"), 0
    )
    tab.show_subject(replace(subject, decoder=decoder))
    shown(qtbot, tab, panel)
    tab.show_subject(replace(subject, decoder=decoder.of_class(1)))
    wanted = as_pixels(subject.decoder(tab.code[None] + 1))[0]
    qtbot.waitUntil(
        lambda: panel.images.around is not None and np.array_equal(panel.images.around.images[0, MIDDLE], wanted),
        timeout=10_000,
    )


def test_only_one_panel_is_open_below_the_map(tab: ExplorerTab, panel: AroundPanel) -> None:
    tab.selecting.toggle()
    assert panel.isHidden()
    tab.around.toggle()
    assert tab.selection_panel.isHidden()
    paths = tab.path.open()
    assert paths is not None
    assert panel.isHidden()
    tab.around.toggle()
    assert paths.panel.isHidden()


def test_many_dimensions_show_eight_of_them(qtbot: QtBot, tab: ExplorerTab, panel: AroundPanel, wide_run: Run) -> None:
    tab.show_subject(run_subject(wide_run, None))
    for kind in ("axes", "change", "near"):
        panel.choose(kind)
        qtbot.waitUntil(lambda: panel.images.around is not None and len(panel.images.around.code) == 64, timeout=20_000)
        assert len(panel.images.pictures) == 8
    qtbot.mouseClick(panel.images, LEFT, pos=panel.images.box((7, 3)).center().toPoint())
    assert np.abs(tab.code).max() > 0


def test_a_launch_builds_nothing_of_it(window: MainWindow) -> None:
    assert window.explorer.around.panel is None
