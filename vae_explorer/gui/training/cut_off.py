"""A button in the loss plot where losses are cut off: it says so, and shows them."""

from PySide6.QtCore import QPointF, QSizeF
from PySide6.QtWidgets import QToolButton, QWidget

from vae_explorer.gui.training.loss_chart import LossChart

TIP = (
    "The losses of the first steps lie far outside the picture, so that the others can be told apart. A click shows "
    "all of them."
)


class CutOffButton(QToolButton):
    """Checked while all losses are in view. It is hidden if nothing is cut off."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("cutOffButton")
        self.setAccessibleName("What the loss plot cuts off")
        self.setProperty("over_map", True)
        self.setCheckable(True)
        self.hide()

    def follow(self, chart: LossChart) -> None:
        """Place the button beside the beginning of the curves. chart: as it was drawn last."""
        upper, lower = chart.extents
        down, up = upper.cuts_off
        if not (down or up or any(lower.cuts_off)):
            self.hide()
            return
        if self.isChecked():
            text = "▼ Cut off what lies far away"
        elif up:
            text = f"▲ Cut off: up to {upper.most:,.0f} nats. Show"
        elif down:
            text = f"▼ Cut off: down to {upper.least:,.0f} nats. Show"
        else:
            text = f"▼ Cut off: KL of {lower.least:,.1f} to {lower.most:,.1f} nats. Show"
        self.setText(text)
        self.setAccessibleDescription(text[2:])
        self.setToolTip("Show the later losses more closely" if self.isChecked() else TIP)
        size = self.sizeHint()
        near = QPointF(chart.upper.left() + size.width() / 2, chart.upper.top() + size.height() / 2)
        place = chart.free_place(QSizeF(size), near)
        self.setGeometry(place.toAlignedRect().x(), place.toAlignedRect().y(), size.width(), size.height())
        self.show()
