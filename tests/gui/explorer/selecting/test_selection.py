"""The selection: how rows are combined, undo, and when it is forgotten."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QObject

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.history import History
from vae_explorer.gui.explorer.selecting.selection import NONE, Combine, Selection


@pytest.fixture
def selection(tiny_subject: Subject) -> Iterator[Selection]:
    parent = QObject()
    made = Selection(History(parent), parent)
    made.show_subject(tiny_subject)
    yield made
    parent.deleteLater()


@pytest.mark.parametrize(
    ("how", "expected"),
    [(Combine.REPLACE, [3, 5]), (Combine.ADD, [1, 3, 5]), (Combine.TOGGLE, [1, 5])],
)
def test_rows_are_combined(selection: Selection, how: Combine, expected: list[int]) -> None:
    selection.select(np.array([3, 1]))
    selection.select(np.array([5, 3, 3]), how)
    assert selection.rows.tolist() == expected
    assert np.flatnonzero(selection.flags).tolist() == expected


def test_a_selection_is_undone_and_redone(selection: Selection) -> None:
    history = selection._history
    selection.select(np.array([1, 2]))
    selection.select(NONE)
    history.undo()
    assert selection.rows.tolist() == [1, 2]
    history.undo()
    assert not len(selection.rows)
    history.redo()
    assert selection.rows.tolist() == [1, 2]


def test_the_same_rows_again_are_no_step(selection: Selection) -> None:
    selection.select(np.array([1, 2]))
    selection.select(np.array([2, 1]))
    assert selection._history.count() == 1


def test_it_stays_with_the_same_images_and_goes_with_others(selection: Selection, tiny_subject: Subject) -> None:
    selection.select(np.array([1, 2]))
    selection.show_subject(replace(tiny_subject, title="another moment"))
    assert selection.rows.tolist() == [1, 2]
    selection.show_subject(replace(tiny_subject, images_key="others"))
    assert not len(selection.rows)
    selection._history.undo()  # the step was of the images before
    assert not len(selection.rows)
