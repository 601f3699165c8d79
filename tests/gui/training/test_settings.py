"""The form of a training: what is folded away, and what stands beside each setting."""

import pytest
from PySide6.QtWidgets import QLabel, QStyle, QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.settings import open_settings
from vae_explorer.gui.training.setting_words import MORE
from vae_explorer.gui.training.settings import TrainingSettings


@pytest.fixture
def form(qtbot: QtBot) -> TrainingSettings:
    form = TrainingSettings()
    qtbot.addWidget(form)
    form.resize(296, 560)  # as in a window of 1000 x 700 with a scroll bar
    form.show()
    return form


def test_advanced_settings_are_folded_away_until_they_are_wanted(form: TrainingSettings) -> None:
    assert form.epochs.isVisible()
    assert not form.patience.isVisible()
    form.more.button.click()
    assert all(getattr(form, name).isVisible() for name in MORE)


def test_each_advanced_setting_has_a_line_on_what_it_does(form: TrainingSettings) -> None:
    form.more.button.click()
    lines = {label.text() for label in form.findChildren(QLabel) if label.isVisible()}
    assert {words.line for words in MORE.values()} <= lines
    assert all(words.line.endswith(".") for words in MORE.values())


def test_unfolded_settings_stay_so_at_the_next_launch(form: TrainingSettings, qtbot: QtBot) -> None:
    settings = open_settings()
    form.more.button.click()
    form.store(settings)
    other = TrainingSettings()
    qtbot.addWidget(other)
    other.restore(settings)
    assert other.more.button.isChecked()


def test_the_name_of_each_preset_is_seen_whole(form: TrainingSettings) -> None:
    option = QStyleOptionComboBox()
    form.preset.initStyleOption(option)
    part = QStyle.SubControl.SC_ComboBoxEditField
    room = form.preset.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, form.preset).width()
    names = [form.preset.itemText(index) for index in range(form.preset.count())]
    assert max(map(form.preset.fontMetrics().horizontalAdvance, names)) <= room
