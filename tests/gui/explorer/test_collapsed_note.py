"""The explorer says which dimensions of the open run have collapsed."""

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.collapsed_note import CollapsedNote
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.run.run import Run


def test_collapsed_dimensions_are_named_beside_the_map(tab: ExplorerTab, subject: Subject) -> None:
    assert not tab.panel.collapsed.isVisible()
    flat = replace(subject, dimensions=replace(subject.dimensions, active=np.array([True, False])))
    tab.show_subject(flat)
    assert tab.panel.collapsed.isVisible()
    assert tab.panel.collapsed.text() == "z2 has collapsed: it says nothing about the images"
    assert "KL warm-up" in tab.panel.collapsed.toolTip()
    tab.show_subject(subject)
    assert not tab.panel.collapsed.isVisible()


def test_of_a_model_that_still_learns_nothing_is_said(tab: ExplorerTab, subject: Subject) -> None:
    flat = replace(subject, run=None, dimensions=replace(subject.dimensions, active=np.array([False, False])))
    tab.show_subject(flat)
    assert not tab.panel.collapsed.isVisible()


def test_of_many_dimensions_the_list_says_how_many(qtbot: QtBot, deep_run: Run) -> None:
    subject = run_subject(deep_run, None)
    active = np.array([True, False, False, True])
    note = CollapsedNote()
    qtbot.addWidget(note)
    assert note.show_subject(replace(subject, dimensions=replace(subject.dimensions, active=active)))
    assert note.text() == "2 of 4 dimensions collapsed"
    assert note.toolTip().startswith("z2 and z3 have collapsed")
    assert not note.show_subject(replace(subject, dimensions=replace(subject.dimensions, active=active)))
