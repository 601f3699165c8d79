"""A place for a label that covers no curve."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from vae_explorer.array_types import Doubles

STEP = 2.0  # pixels between two places that are looked at
MARGIN = 2.0  # least distance in pixels of a label from a curve


def free_place(
    lines: Sequence[tuple[Doubles, Doubles]], taken: Sequence[QRectF], area: QRectF, size: QSizeF, near: QPointF
) -> QRectF:
    """The rectangle of this size inside an area that covers no line and is nearest to a point.

    lines: x, ascending, and y of the points of each, in pixels. taken: rectangles that must not be covered either. If
    there is no free place, the result is the one that covers least.
    """
    columns = np.arange(area.left(), area.right(), STEP)
    rows = np.arange(area.top(), area.bottom(), STEP)[:, None]
    full = np.zeros((len(rows), len(columns)), bool)
    for x, y in lines:
        low, high = _span(columns, x, y)
        full |= (rows >= low - MARGIN) & (rows <= high + MARGIN)
    for rect in taken:
        across = (columns >= rect.left() - MARGIN) & (columns <= rect.right() + MARGIN)
        full |= (rows >= rect.top() - MARGIN) & (rows <= rect.bottom() + MARGIN) & across
    tall, wide = (int(np.ceil(side / STEP)) for side in (size.height(), size.width()))
    tall, wide = min(tall, len(rows)), min(wide, len(columns))
    sums = np.pad(full.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    covered = sums[tall:, wide:] - sums[:-tall, wide:] - sums[tall:, :-wide] + sums[:-tall, :-wide]
    down = rows[: covered.shape[0]] + size.height() / 2 - near.y()
    right = columns[: covered.shape[1]] + size.width() / 2 - near.x()
    # Beside the point is as good as above it, so distances across count less for a wide label.
    away = np.hypot(down, right * size.height() / size.width())
    least = covered == covered.min()
    row, column = np.unravel_index(np.where(least, away, np.inf).argmin(), away.shape)
    return QRectF(float(columns[column]), float(rows[row, 0]), size.width(), size.height())


def _span(columns: Doubles, x: Doubles, y: Doubles) -> tuple[Doubles, Doubles]:
    """The least and the greatest y of a line in each column; NaN: it does not come there."""
    if not len(x):
        return np.full(len(columns), np.nan), np.full(len(columns), np.nan)
    at = np.interp(columns, x, y, left=np.nan, right=np.nan)
    low, high = at.copy(), at.copy()
    index = np.rint((x - columns[0]) / STEP).astype(np.int64)
    inside = (index >= 0) & (index < len(columns))
    np.fmin.at(low, index[inside], y[inside])
    np.fmax.at(high, index[inside], y[inside])
    low[1:], high[1:] = np.fmin(low[1:], at[:-1]), np.fmax(high[1:], at[:-1])
    return low, high
