"""Groups made by hand in the panel: their list, colours, undo, the file, and the direction between two of them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QLineEdit
from pytestqt.qtbot import QtBot

from vae_explorer.exploring.opening import load_run
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.latent.palette import class_colours
from vae_explorer.run.groups import no_groups
from vae_explorer.run.groups_file import keep_groups, read_groups
from vae_explorer.run.opening import open_run

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def own(tab: ExplorerTab, tiny_run_folder: Path) -> ExplorerTab:
    """The tab with a run of its own, its panel open."""
    tab.show_subject(load_run(tiny_run_folder)[1])
    tab.selection_panel.show()
    return tab


def make(tab: ExplorerTab, rows: list[int], name: str) -> None:
    """Make a group as a person does: the button, and the name in the list."""
    section = tab.selecting.groups
    tab.selection.select(np.array(rows))
    QTest.mouseClick(section.new, LEFT)
    editor = section.list.findChildren(QLineEdit)[-1]  # those before it are deleted later
    editor.selectAll()
    QTest.keyClicks(editor, name)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QApplication.processEvents()


def names(tab: ExplorerTab) -> tuple[str, ...]:
    return tab.selecting.grouping.groups.names


def test_a_group_is_named_coloured_and_kept_with_the_run(qtbot: QtBot, own: ExplorerTab) -> None:
    make(own, [1, 2, 5], "sound")
    assert names(own) == ("sound",)
    colouring = own.view.colouring
    assert colouring is not None
    assert (colouring.kind, colouring.names) == ("group", ("sound",))
    assert np.flatnonzero(colouring.style >= 0).tolist() == [1, 2, 5]
    subject = own.selection.subject
    assert subject is not None
    assert subject.run is not None
    run = subject.run
    qtbot.waitUntil(lambda: read_groups(run).names == ("sound",), timeout=5000)
    assert read_groups(run).rows(0).tolist() == [1, 2, 5]


def test_each_change_is_undone_and_redone(own: ExplorerTab) -> None:
    make(own, [1, 2], "a")
    make(own, [3], "b")
    section = own.selecting.groups
    section.list.selectAll()
    assert own.selection.rows.tolist() == [1, 2, 3]
    QTest.mouseClick(section.merge, LEFT)
    assert names(own) == ("a",)
    own.moves.undo()
    assert names(own) == ("a", "b")
    own.moves.redo()
    assert own.selecting.grouping.groups.rows(0).tolist() == [1, 2, 3]


def test_a_colour_is_chosen_shown_kept_and_undone(
    qtbot: QtBot, own: ExplorerTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(own, [1, 2], "a")
    make(own, [3], "b")
    section, usual = own.selecting.groups, class_colours(2)
    asked: list[str] = []

    def choose(now: QColor, *_: object) -> QColor:
        asked.append(now.name())
        return QColor("#aa0011")

    def shown() -> list[str]:
        colouring = own.view.colouring
        assert colouring is not None
        swatches = [section.list.topLevelItem(at).icon(0) for at in range(2)]
        pictures = [swatch.pixmap(QSize(12, 12), QIcon.Mode.Selected).toImage() for swatch in swatches]
        colours = [picture.pixelColor(5, 5).name() for picture in pictures]
        assert colouring.colours() == own.view.points.classes.list.colours == colours
        return colours

    monkeypatch.setattr(QColorDialog, "getColor", choose)
    section.list.clearSelection()
    assert not section.colour.isEnabled()
    section.list.topLevelItem(1).setSelected(True)
    section.colour.menu().actions()[0].trigger()
    assert asked == [usual[1]]
    assert shown() == [usual[0], "#aa0011"]
    own.moves.undo()
    assert shown() == usual
    own.moves.redo()
    run = own.selection.subject.run if own.selection.subject is not None else None
    assert run is not None
    qtbot.waitUntil(lambda: read_groups(run).colours == ("", "#aa0011"), timeout=5000)
    assert section.usual.isEnabled()
    section.usual.trigger()
    assert shown() == usual
    assert not section.usual.isEnabled()
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor())  # it was cancelled
    before = own.moves.count()
    section.colour.menu().actions()[0].trigger()
    assert own.moves.count() == before


def test_images_are_put_into_a_group_and_taken_out(own: ExplorerTab) -> None:
    make(own, [1, 2], "a")
    section = own.selecting.groups
    own.selection.select(np.array([7]))
    section.list.clearSelection()
    assert not section.add.isEnabled()
    section.list.topLevelItem(0).setSelected(True)  # selects its images
    own.selection.select(np.array([7]))
    QTest.mouseClick(section.add, LEFT)
    assert own.selecting.grouping.groups.rows(0).tolist() == [1, 2, 7]
    own.selection.select(np.array([1, 9]))
    QTest.mouseClick(section.take, LEFT)
    assert own.selecting.grouping.groups.rows(0).tolist() == [2, 7]


def test_a_name_that_another_group_has_is_refused(own: ExplorerTab) -> None:
    make(own, [1], "a")
    sentences: list[str] = []
    own.errored.connect(sentences.append)
    make(own, [2], "a")
    assert "already" in sentences[0]
    assert names(own) == ("a", "group 1")


def test_a_damaged_file_disables_groups_and_says_why(qtbot: QtBot, own: ExplorerTab, tmp_path: Path) -> None:
    subject = own.selection.subject
    assert subject is not None
    assert subject.run is not None
    (subject.run.folder / "groups.csv").write_text("nothing")
    sentences: list[str] = []
    own.errored.connect(sentences.append)
    damaged = load_run(subject.run.folder)[1]
    own.show_subject(damaged)
    own.show_subject(damaged, same=True)  # such as with its images
    assert len(sentences) == 1
    own.selection.select(np.array([1]))
    assert not own.selecting.groups.new.isEnabled()
    assert "columns index and group" in own.selecting.groups.note.text()


def test_they_are_those_that_were_read_with_the_run(tab: ExplorerTab, tiny_run_folder: Path) -> None:
    """Nothing is read in the thread of the window."""
    run = open_run(tiny_run_folder)
    none = no_groups(len(run.codes.index))
    keep_groups(run, none, none.put(np.array([1, 2]), "read"))
    subject = load_run(tiny_run_folder)[1]
    (tiny_run_folder / "groups.csv").unlink()
    tab.show_subject(subject)
    assert names(tab) == ("read",)


def test_they_are_there_again_after_a_replay(own: ExplorerTab) -> None:
    subject = own.selection.subject
    assert subject is not None
    make(own, [1, 2], "made")
    own.show_subject(replace(subject, run=None, images_key="a replay"), same=True)
    assert names(own) == ()
    assert "kept with a run" in own.selecting.groups.note.text()
    own.show_subject(subject, same=True)
    assert names(own) == ("made",)


def test_a_run_that_is_opened_again_shows_what_was_changed_elsewhere(qtbot: QtBot, own: ExplorerTab) -> None:
    make(own, [1, 2], "made")
    subject = own.selection.subject
    assert subject is not None
    assert subject.run is not None
    run = subject.run
    qtbot.waitUntil(lambda: read_groups(run).names == ("made",), timeout=5000)
    qtbot.waitUntil(lambda: own.selecting.grouping._keepers[own.selecting.grouping._key].done, timeout=5000)
    keep_groups(run, read_groups(run), read_groups(run).put(np.array([5]), "theirs"))
    own.show_subject(load_run(run.folder)[1])
    assert names(own) == ("made", "theirs")


def test_the_handle_is_moved_from_one_group_to_another(own: ExplorerTab) -> None:
    make(own, [1, 2], "a")
    make(own, [3, 4], "b")
    section, direction = own.selecting.groups, own.selecting.direction
    section.list.selectAll()
    own.go_home()
    QTest.mouseClick(section.minus, LEFT)
    subject = own.selection.subject
    assert subject is not None
    wanted = subject.z_mean[[1, 2]].mean(axis=0) - subject.z_mean[[3, 4]].mean(axis=0)
    assert direction.title.text() == "a minus b"
    steps = own.moves.count()
    direction.way.slider.setValue(50)
    np.testing.assert_allclose(own.code, wanted / 2, atol=1e-5)
    assert own.moves.count() == steps + 1
    QTest.mouseClick(direction.swap, LEFT)
    direction.way.slider.setValue(50)
    np.testing.assert_allclose(own.code, 0 * wanted, atol=1e-5)
