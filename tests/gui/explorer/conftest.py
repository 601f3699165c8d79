"""The map and the Explorer tab alone, without a window around them."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.run.run import Run

SIZE = 1000, 700


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    return run_subject(tiny_run, None)


@pytest.fixture
def tab(qtbot: QtBot, subject: Subject) -> Iterator[ExplorerTab]:
    """The tab with the small run, drawn."""
    found = ExplorerTab()
    qtbot.addWidget(found)
    found.resize(*SIZE)
    found.show()
    found.show_subject(subject)
    qtbot.waitUntil(lambda: found.image.pixels() is not None, timeout=10_000)
    qtbot.waitUntil(lambda: found.view.points.drawing.exact, timeout=10_000)
    yield found
    found.end()
