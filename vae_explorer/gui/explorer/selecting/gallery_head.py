"""The two rows above the gallery: with which one chooses what is shown and how, and which say what is shown."""

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from vae_explorer.exploring.ordering import ORDERS, Order
from vae_explorer.exploring.subject import Subject

PAGES = "Images", "Statistics"


class GalleryHead(QWidget):
    order_changed = Signal()
    page_changed = Signal(int)  # 0: images, 1: statistics
    side_changed = Signal(int)  # 1: larger images are wanted, -1: smaller ones
    all_changed = Signal()
    reconstructions_changed = Signal(bool)
    export_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pages = QButtonGroup(self)
        for number, text in enumerate(PAGES):
            button = _button(text, f"gallery{text}Button", f"Show the {text.lower()} of the selection")
            button.setCheckable(True)
            self.pages.addButton(button, number)
        self.pages.button(0).setChecked(True)
        self.orders = QComboBox()
        self.orders.setObjectName("galleryOrder")
        self.orders.setAccessibleName("Sort by")
        self.orders.setToolTip("What the images are sorted by")
        self.orders.setMinimumWidth(60)
        for order in ORDERS:
            self.orders.addItem(order.title, order)
        self.direction = _button("↑", "galleryDirection", "Sort the other way round")
        self.direction.setAccessibleName("Descending")
        self.direction.setCheckable(True)
        self.smaller = _button("−", "gallerySmaller", "Smaller images")
        self.larger = _button("+", "galleryLarger", "Larger images")
        self.export = _button("Export…", "exportSelectionButton", "Write these images as a table or a contact sheet")
        self.more = _button("⋯", "galleryMore", "More")
        self._menu = QMenu(self)
        self.all_shown = self._menu.addAction("Show all images that the map shows")
        self.reconstructions = self._menu.addAction("Show reconstructions beside the originals")
        for action in (self.all_shown, self.reconstructions):
            action.setCheckable(True)
        self.more.setMenu(self._menu)
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.note = GalleryNote()
        self._lay_out()
        self.orders.currentIndexChanged.connect(lambda _: self.order_changed.emit())
        self.direction.toggled.connect(self._turn)
        self.pages.idClicked.connect(self._show_page)
        self.smaller.clicked.connect(lambda: self.side_changed.emit(-1))
        self.larger.clicked.connect(lambda: self.side_changed.emit(1))
        self.all_shown.toggled.connect(lambda _: self.all_changed.emit())
        self.reconstructions.toggled.connect(self.reconstructions_changed)
        self.export.clicked.connect(self.export_wanted)

    def _lay_out(self) -> None:
        sort_by = QLabel("Sort by")
        sort_by.setBuddy(self.orders)
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(4)
        above, below = QHBoxLayout(), QHBoxLayout()
        for button in self.pages.buttons():
            above.addWidget(button)
        above.addStretch(1)
        for widget in (self.smaller, self.larger, self.export, self.more):
            above.addWidget(widget)
        below.addWidget(self.note, 1)
        below.addSpacing(6)
        below.addWidget(sort_by)
        below.addSpacing(4)
        below.addWidget(self.orders)
        below.addWidget(self.direction)
        for row in (above, below):
            row.setSpacing(2)
            rows.addLayout(row)

    @property
    def order(self) -> Order:
        """What the images are sorted by."""
        return ORDERS[max(0, self.orders.currentIndex())]

    @property
    def descending(self) -> bool:
        return self.direction.isChecked()

    @property
    def all_wanted(self) -> bool:
        """Whether the person wants to see all images that are shown, although some are selected."""
        return self.all_shown.isChecked()

    def want_all(self) -> None:
        """Go on showing all images, without a signal."""
        with QSignalBlocker(self.all_shown):
            self.all_shown.setChecked(True)

    def choose_order(self, name: str) -> None:
        """Sort by the order of this name."""
        self.orders.setCurrentIndex(next(place for place, order in enumerate(ORDERS) if order.name == name))

    def show_subject(self, subject: Subject, any_selected: bool) -> None:
        """Offer what the images of this subject can be sorted by; if the present order is not, sort by index."""
        model = self.orders.model()
        assert isinstance(model, QStandardItemModel)
        for place, order in enumerate(ORDERS):
            reason = order.missing(subject)
            model.item(place).setEnabled(not reason)
            model.item(place).setToolTip(reason or (order.figure.sentence if order.figure is not None else ""))
        if self.order.missing(subject):
            with QSignalBlocker(self.orders):
                self.choose_order("index")
        self.all_shown.setEnabled(any_selected)

    @staticmethod
    def side_after(sides: tuple[int, ...], side: int, step: int) -> int:
        """The next larger or smaller of some sides, or the same if there is none."""
        return sides[min(max(sides.index(side) + step, 0), len(sides) - 1)]

    def _turn(self, descending: bool) -> None:
        self.direction.setText("↓" if descending else "↑")
        self.order_changed.emit()

    def _show_page(self, page: int) -> None:
        for widget in (self.orders, self.direction, self.smaller, self.larger):
            widget.setEnabled(page == 0)
        self.page_changed.emit(page)


class GalleryNote(QLabel):
    """What is shown, how many images are missing, or how far the sorting is. All its texts are our own."""

    locate_wanted = Signal()
    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("galleryNote")
        self.setProperty("muted", True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.can_locate = False
        self.linkActivated.connect(lambda link: (self.cancelled if link == "cancel" else self.locate_wanted).emit())

    def show_counts(self, count: int, total: int, shows_all: bool, missing: int) -> None:
        """count: images in the gallery; shows_all: all that the map shows; missing: those that are not at hand."""
        if not shows_all:
            said = f"{count:,} selected"
        elif count < total:
            said = f"The {count:,} of {total:,} images that the map shows"
        else:
            said = f"All {total:,} images"
        if missing:
            said += f", {missing:,} of them not at hand."
            said += ' <a href="locate">Locate the data…</a>' if self.can_locate else ""
        self.setText(said)
        self.setToolTip("")

    def show_progress(self, text: str) -> None:
        self.setText(f'{text} <a href="cancel">Cancel</a>')


def _button(text: str, name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    return button
