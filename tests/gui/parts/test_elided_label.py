"""A label whose text is elided if it does not fit."""

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QSizePolicy, QWidget
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.elided_label import ElidedLabel


class Layouts(QObject):
    """Counts the layouts of a widget."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.LayoutRequest
        return False


def in_a_row(qtbot: QtBot, label: ElidedLabel) -> QWidget:
    row = QWidget()
    qtbot.addWidget(row)
    layout = QHBoxLayout(row)
    layout.addWidget(QLabel("left"))
    layout.addWidget(label, 1)
    row.resize(300, 40)
    row.show()
    QApplication.processEvents()
    return row


def test_a_long_text_does_not_widen_its_window(qtbot: QtBot) -> None:
    label = ElidedLabel()
    row = in_a_row(qtbot, label)
    label.setText("a title " * 100)
    QApplication.processEvents()
    assert row.width() == 300
    assert label.text() == label.toolTip() == "a title " * 100


def test_a_text_whose_width_is_ignored_causes_no_layout(qtbot: QtBot) -> None:
    label = ElidedLabel()
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    row, layouts = in_a_row(qtbot, label), Layouts()
    row.installEventFilter(layouts)
    label.setText("loss 149.2")
    QApplication.processEvents()
    assert layouts.count == 0
    label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    QApplication.processEvents()
    layouts.count = 0
    label.setText("loss 148.7")
    QApplication.processEvents()
    assert layouts.count > 0
