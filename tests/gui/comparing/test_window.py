"""The window that compares two runs, with real events."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.gui.conftest import drag, mouse
from vae_explorer.exploring.linking import link
from vae_explorer.gui.comparing.window import ComparingWindow
from vae_explorer.gui.parts.theme import DARK
from vae_explorer.run.run import Run

RIGHT, NONE = Qt.MouseButton.RightButton, Qt.MouseButton.NoButton


@pytest.fixture
def compare(qtbot: QtBot) -> Iterator[Callable[[Run, Run], ComparingWindow]]:
    """Shows the window, and waits for its images and figures."""
    parent = QWidget()
    parent.resize(1100, 760)
    qtbot.addWidget(parent)
    windows = []

    def show(a: Run, b: Run) -> ComparingWindow:
        window = ComparingWindow(link(a, b, lambda _: None), ("one", "two"), parent)
        windows.append(window)
        window.show()
        qtbot.waitUntil(lambda: window.images.decoded[1].pixels() is not None, timeout=10_000)
        qtbot.waitUntil(lambda: "Quality" in window.text.toPlainText(), timeout=20_000)
        return window

    yield show
    for window in windows:
        window.close()


def test_the_handle_of_b_follows_that_of_a_and_back(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run, deep_run: Run, qtbot: QtBot
) -> None:
    window = compare(tiny_run, deep_run)
    before = [image.pixels() for image in window.images.decoded]
    a, b = window.maps.views
    alignment = window.linked.alignment
    assert alignment is not None
    drag(a.viewport(), a.to_pixels(0, 0), a.to_pixels(0.5, -0.5), steps=4)
    np.testing.assert_allclose(window.maps.codes[0], [0.5, -0.5], atol=0.05)
    np.testing.assert_allclose(window.maps.codes[1], alignment.to_b(window.maps.codes[0]), atol=1e-4)
    np.testing.assert_allclose(b.handle_point, window.linked.subjects[1].drawn_in.point(window.maps.codes[1]))
    qtbot.waitUntil(
        lambda: all(image.pixels() is not old for image, old in zip(window.images.decoded, before, strict=True))
    )
    b.handle.move(0.0, 0.0)
    np.testing.assert_allclose(window.maps.codes[0], alignment.to_a(window.maps.codes[1]), atol=1e-4)


def test_the_views_show_the_same_part(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run, deep_run: Run, qtbot: QtBot
) -> None:
    window = compare(tiny_run, deep_run)
    alignment = window.linked.alignment
    assert alignment is not None
    for side, scale in ((0, alignment.scale), (1, 1 / alignment.scale)):
        one, two = window.maps.views[side], window.maps.views[1 - side]
        mouse(one.viewport(), QEvent.Type.MouseButtonPress, QPointF(80, 80), RIGHT, RIGHT)
        mouse(one.viewport(), QEvent.Type.MouseButtonRelease, QPointF(80, 80), NONE, RIGHT)
        one.setRange(xRange=(-1, 1), yRange=(-1, 1), padding=0)
        qtbot.waitUntil(lambda: not window.maps._follow_soon.isActive())
        (left, right), _ = one.viewRange()
        (there_left, there_right), _ = two.viewRange()
        assert (there_right - there_left) / (right - left) == pytest.approx(scale, rel=0.02)


def test_a_chosen_image_is_at_both_handles_and_its_codes_are_joined(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run, deep_run: Run
) -> None:
    window = compare(tiny_run, deep_run)
    partners, images = window.linked.partners[0], window.linked.subjects[0].image_of
    row = int(np.flatnonzero((partners >= 0) & (images >= 0))[0])
    window.maps.views[0].picked.emit(row)
    np.testing.assert_array_equal(window.maps.codes[1], deep_run.codes.z_mean[partners[row]])
    assert all(join.isVisible() for join in window.maps.joins)
    np.testing.assert_array_equal(window.images.original.pixels(), window.linked.subjects[0].images[images[row]])
    window.maps.views[0].jumped.emit(0.0, 0.0)
    assert not any(join.isVisible() for join in window.maps.joins)
    assert window.images.original.isHidden()


def test_a_hovered_image_is_joined_until_the_pointer_leaves(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run, deep_run: Run
) -> None:
    window = compare(tiny_run, deep_run)
    row = int(np.flatnonzero(window.linked.partners[0] >= 0)[0])
    a = window.maps.views[0]
    a.hover.move_to(a.to_pixels(*window.linked.subjects[0].plane[row].tolist()))
    assert all(join.isVisible() for join in window.maps.joins)
    a.hover.leave()
    assert not any(join.isVisible() for join in window.maps.joins)


def test_escape_closes_it_from_wherever_the_keyboard_is(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run, qtbot: QtBot
) -> None:
    window = compare(tiny_run, tiny_run)
    for part in (window.maps.views[0], window.maps.views[1], window.text):
        window.show()
        part.setFocus()
        qtbot.keyClick(part, Qt.Key.Key_Escape)
        assert window.isHidden()


def test_the_line_leads_from_map_to_map(compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run) -> None:
    window = compare(tiny_run, tiny_run)
    window.maps.choose(0, 3)
    (start, end), (other_start, other_end) = (join._line() for join in window.maps.joins)
    a, b = window.maps.views
    assert (a.mapToGlobal(end) - b.mapToGlobal(other_start)).manhattanLength() < 1
    assert (b.mapToGlobal(other_end) - a.mapToGlobal(start)).manhattanLength() < 1


def test_a_class_that_is_hidden_on_one_map_is_hidden_on_the_other(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run
) -> None:
    window = compare(tiny_run, tiny_run)
    a, b = (view.points for view in window.maps.views)
    b.classes.filtered.emit(frozenset({3}))
    assert a.filter.hidden == b.filter.hidden == {3}


def test_figures_settings_and_difference_are_shown(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run, deep_run: Run
) -> None:
    window = compare(tiny_run, deep_run)
    text = window.text.toPlainText()
    assert "Measured now on the same 128 images" in text
    assert "latent dimensions" in text
    assert window.images.difference_title.text().startswith("B − A: 0.")
    window.set_theme(DARK)


def test_an_image_that_only_one_run_knows_is_named_and_joined_with_nothing(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run, deep_run: Run
) -> None:
    window = compare(tiny_run, deep_run)
    row = int(np.flatnonzero(window.linked.partners[0] < 0)[0])
    window.maps.views[0].picked.emit(row)
    assert not any(join.isVisible() for join in window.maps.joins)
    assert "only in A" in window.images.original_title.text()
    alignment = window.linked.alignment
    assert alignment is not None
    np.testing.assert_allclose(window.maps.codes[1], alignment.to_b(tiny_run.codes.z_mean[row]), atol=1e-5)


def test_the_first_map_fits_its_codes_and_the_second_follows_in_a_new_size(
    compare: Callable[[Run, Run], ComparingWindow], tiny_run: Run, deep_run: Run, qtbot: QtBot
) -> None:
    window = compare(tiny_run, deep_run)
    a, b = window.maps.views
    for size in ((900, 700), (1300, 760)):
        window.resize(*size)
        qtbot.waitUntil(lambda: not window.maps._follow_soon.isActive())
        shown = a.viewRect()
        a.fit()
        qtbot.waitUntil(lambda: not window.maps._follow_soon.isActive())
        assert a.viewRect().center().x() == pytest.approx(shown.center().x(), abs=0.01)
        assert a.viewRect().width() == pytest.approx(shown.width(), rel=0.01)
        assert window.linked.alignment is not None
        assert b.viewRect().width() == pytest.approx(shown.width() * window.linked.alignment.scale, rel=0.02)
