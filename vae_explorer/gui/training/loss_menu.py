"""The menu of a right click on the loss plot: what the row over it does, and copying the picture."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QActionGroup, QGuiApplication
from PySide6.QtWidgets import QComboBox, QMenu

from vae_explorer.gui.training.loss_controls import CHOICES, LossControls
from vae_explorer.gui.training.loss_plot import LossPlot


class LossMenu(QMenu):
    """Deletes itself after use."""

    def __init__(self, controls: LossControls, plot: LossPlot) -> None:
        super().__init__(plot)
        self.setObjectName("lossMenu")
        self.setToolTipsVisible(True)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._controls, self._plot = controls, plot
        self.addAction("&Copy the plot", self._copy)
        save = self.addAction("&Save the losses…", controls.save.click)
        save.setEnabled(controls.save.isEnabled())
        save.setToolTip("" if save.isEnabled() else "No epoch has been trained yet.")
        if not plot.cut_off.isHidden():
            whole = self.addAction("Show what is cut o&ff", plot.cut_off.toggle)
            whole.setCheckable(True)
            whole.setChecked(plot.cut_off.isChecked())
        for combo in controls.findChildren(QComboBox):
            if combo.objectName() in {name for name, *_ in CHOICES}:
                self.addSeparator()
                self._offer(combo)

    def _offer(self, combo: QComboBox) -> None:
        """Offer the choices of a combo box."""
        group = QActionGroup(self)
        for place in range(combo.count()):
            action = group.addAction(combo.itemText(place).capitalize())
            action.setCheckable(True)
            action.setChecked(place == combo.currentIndex())
            action.triggered.connect(lambda _=False, place=place: combo.setCurrentIndex(place))
            self.addAction(action)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setPixmap(self._plot.grab())
        self._controls.noted.emit("Copied the loss plot.")


def open_menu(controls: LossControls, plot: LossPlot, at: QPoint) -> None:
    """Open the menu at a position in the plot."""
    LossMenu(controls, plot).popup(plot.mapToGlobal(at))
