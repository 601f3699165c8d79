"""The buttons of the tools, over the map beside the button Layers."""

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QBoxLayout, QToolButton, QWidget

from vae_explorer.gui.explorer.tools import TOOLS, Tool
from vae_explorer.gui.explorer.view import LatentView

MARGIN = 10  # pixels between the bar and what is beside it
SPACING = 2  # pixels between two buttons


class ToolBar(QWidget):
    """A row of buttons; a column below the button Layers where the map is too narrow for a row."""

    def __init__(self, view: LatentView, beside: QToolButton) -> None:
        """beside: the button at the right of which it lies."""
        super().__init__(view)
        self.setObjectName("toolBar")
        self.setAccessibleName("Tools of the map")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._view, self._beside = view, beside
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(SPACING)
        self.buttons: dict[str, QToolButton] = {}  # by the title of the tool
        for tool in TOOLS:
            button = QToolButton()
            button.setObjectName(f"tool{tool.title}Button")
            button.setText(tool.title)
            button.setToolTip(f"<p>{tool.sentence}  ({chr(tool.key)})</p>")
            button.setProperty("over_map", True)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _=False, tool=tool: self._use(tool))
            self.buttons[tool.title] = button
            self._row.addWidget(button)
        view.tool_changed.connect(self._show_tool)
        self._show_tool(view.tool)
        for widget in (view, beside):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.Move):
            QTimer.singleShot(0, self, self._fit)  # later, when the button and the legends are where they belong
        return False

    def _use(self, tool: Tool) -> None:
        self._view.use_tool(tool)
        self._view.setFocus()

    def _show_tool(self, tool: Tool) -> None:
        self.buttons[tool.title].setChecked(True)

    def _fit(self) -> None:
        place = self._beside.geometry()
        self._row.setDirection(QBoxLayout.Direction.LeftToRight)
        self.resize(self._row.sizeHint())
        if place.right() + 2 * MARGIN + self.width() <= self._view.width() - self._view.layers.covered():
            self.move(place.right() + MARGIN, place.top() + (place.height() - self.height()) // 2)
        else:
            self._row.setDirection(QBoxLayout.Direction.TopToBottom)
            self.resize(self._row.sizeHint())
            self.move(place.left(), place.bottom() + MARGIN // 2)
