"""gui/parts/number_spin.py: decimals as they are typed, in several languages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDoubleSpinBox
from pytestqt.qtbot import QtBot

import vae_explorer.gui
from vae_explorer.gui.parts.number_spin import NumberSpin, PlainNumberSpin


@pytest.fixture(params=["en_US", "de_DE", "fr_FR", "de_CH", "ar_EG"])
def language(request: Any) -> Iterator[str]:
    before = QLocale()
    QLocale.setDefault(QLocale(request.param))
    yield request.param
    QLocale.setDefault(before)


@pytest.mark.parametrize("kind", [NumberSpin, PlainNumberSpin])
def test_a_point_and_a_comma_both_begin_the_decimals(qtbot: QtBot, language: str, kind: type[NumberSpin]) -> None:
    spin = kind()
    qtbot.addWidget(spin)
    spin.setRange(-1000, 1000)
    spin.setDecimals(3)
    spin.setSuffix(" cm")
    for typed, value in (("0,5", 0.5), ("0.5", 0.5), ("-1.25", -1.25), ("-1,25", -1.25), (".125", 0.125)):
        spin.setValue(7)
        spin.selectAll()
        QTest.keyClicks(spin, typed)
        QTest.keyClick(spin, Qt.Key.Key_Return)
        assert spin.value() == value, typed
        assert spin.valueFromText(spin.text().removesuffix(" cm")) == value


def test_no_field_of_the_window_is_qts_own() -> None:
    """Which would lose the decimals of half of its readers."""
    folder = Path(vae_explorer.gui.__path__[0])
    own = [path.name for path in folder.rglob("*.py") if "QDoubleSpinBox(" in path.read_text(encoding="utf-8")]
    assert own == []
    assert issubclass(NumberSpin, QDoubleSpinBox)
