"""A field for a decimal number, which takes a point and a comma alike, whatever the desktop's language."""

from PySide6.QtGui import QValidator
from PySide6.QtWidgets import QDoubleSpinBox

POINTS = ".,٫"  # between a number and its decimals, in one language or another


class NumberSpin(QDoubleSpinBox):
    """Qt alone drops the key that the language does not use for decimals, and so 0.5, typed in German, becomes 5."""

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        return super().validate(self._in_own_language(text), position)

    def valueFromText(self, text: str) -> float:
        return super().valueFromText(self._in_own_language(text))

    def _in_own_language(self, text: str) -> str:
        point = self.locale().decimalPoint()
        return "".join(point if letter in POINTS else letter for letter in text)  # no unit has one of them


class PlainNumberSpin(NumberSpin):
    """Shows no zeros at the end of a number."""

    def textFromValue(self, value: float) -> str:
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").rstrip(point) if point in text else text
