"""The legend of a picture: marks and names below the axes, where they hide nothing."""

from typing import Any

from vae_explorer.exporting.figure import EDGE, SMALL, Page, shortened, text_width

LINE_HEIGHT = 1.4 * SMALL  # points
AFTER = 1.3 * SMALL  # points between a name and the next mark
ENOUGH = 150.0  # points that a name may always take, even in a narrow picture
Entry = tuple[str, dict[str, Any]]  # a name, and the properties of the Matplotlib line that is its mark


class Legend:
    """A legend in as many columns as fit. To be made and drawn within `drawing`."""

    def __init__(self, entries: list[Entry], width: float, mark: float) -> None:
        """width: of the whole legend; mark: width of a mark. Both in points."""
        self._mark = mark
        longest = min(width, max(width / 2, ENOUGH)) - mark - AFTER
        self._entries = [(shortened(name, longest, SMALL), line) for name, line in entries]
        widest = max((text_width(name, SMALL) for name, _ in self._entries), default=0.0)
        self._column = mark + 0.4 * SMALL + widest + AFTER
        self._columns = max(1, int((width + AFTER) / self._column))
        self.height = -(-len(entries) // self._columns) * LINE_HEIGHT + EDGE if entries else 0.0  # points

    def add_to(self, page: Page, left: float, top: float) -> None:
        """Draw the legend with its upper left corner at these dots."""
        dots = page.paper.dots
        for index, (name, line) in enumerate(self._entries):
            row, column = divmod(index, self._columns)
            x, y = left + dots(column * self._column), top + dots(EDGE + row * LINE_HEIGHT)
            page.line(x, y + dots(0.6 * SMALL), dots(self._mark), **line)
            page.text(x + dots(self._mark + 0.4 * SMALL), y + dots(0.95 * SMALL), name, size=SMALL)
