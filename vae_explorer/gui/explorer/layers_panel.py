"""The button Layers over the map, and the panel that it opens: a row for each layer of the map."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QToolButton, QVBoxLayout, QWidget

from vae_explorer.gui.explorer.layer_row import LayerRow
from vae_explorer.gui.explorer.view import LatentView

MARGIN = 10  # pixels from the corner of the map, and between button and panel
SPACING = 7  # pixels between two rows


class LayersPanel(QFrame):
    """Lies over the map below its button, in the upper left corner; the uppermost layer is listed first."""

    wanted = Signal(object, object, object)  # MapLayer, LayerState, Run | None: what the person wants for a layer

    def __init__(self, view: LatentView) -> None:
        super().__init__(view)
        self._view = view
        self.setObjectName("layersPanel")
        self.setAccessibleName("Layers of the map")
        self.setProperty("card", True)
        self.button = QToolButton(view)
        self.button.setObjectName("layersButton")
        self.button.setText("Layers")
        self.button.setToolTip("What the map shows: switch layers on and off, and make them transparent  (Ctrl+L)")
        self.button.setProperty("over_map", True)
        self.button.setCheckable(True)
        self.button.setCursor(Qt.CursorShape.ArrowCursor)
        self.button.toggled.connect(self._open_or_close)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        inside = QWidget()
        rows = QVBoxLayout(inside)
        rows.setContentsMargins(2, 2, 2, 2)
        rows.setSpacing(SPACING)
        self.rows: dict[str, LayerRow] = {}  # by the name of the layer
        for layer in reversed(list(view.layers)):
            row = LayerRow(layer)
            row.wanted.connect(lambda state, run, layer=layer: self.wanted.emit(layer, state, run))
            layer.changed.connect(self._fit_soon)
            rows.addWidget(row)
            self.rows[layer.name] = row
        self._scroll = QScrollArea()
        self._scroll.setAccessibleName("Layers of the map")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidgetResizable(True)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setWidget(inside)
        inside.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self._scroll)
        view.installEventFilter(self)
        self.hide()

    def toggle(self) -> None:
        """Open or close the panel; an opened one takes the keyboard."""
        self.button.toggle()
        if self.button.isChecked():
            next(iter(self.rows.values())).check.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.button.setChecked(False)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            self._fit_soon()
        return False

    def _open_or_close(self, is_open: bool) -> None:
        self.setVisible(is_open)
        if is_open:
            self._fit()
        else:
            self._view.setFocus()

    def _fit_soon(self) -> None:
        QTimer.singleShot(0, self, self._fit)  # later, when the map inside the view has its new size

    def _fit(self) -> None:
        corner = self._view.map_corner()
        self.button.adjustSize()
        self.button.move(corner.x() + MARGIN, MARGIN)
        top = self.button.geometry().bottom() + MARGIN // 2
        inside = self._scroll.widget()
        inside.layout().activate()
        wanted, margins = inside.sizeHint(), self.layout().contentsMargins()
        around = margins.top() + margins.bottom() + 2 * self.frameWidth() + 2
        height = min(wanted.height() + around, corner.y() - top - MARGIN)
        bar = self._scroll.verticalScrollBar().sizeHint().width() if height < wanted.height() + around else 0
        self.setGeometry(corner.x() + MARGIN, top, wanted.width() + around + 4 + bar, max(height, 60))
