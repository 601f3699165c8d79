"""Draws a field of the map, with its contours and their labels, into a picture of the size of the view."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen, QPolygonF

from vae_explorer.array_types import Doubles
from vae_explorer.exploring.fields import Contour, Field
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.raster import View

WIDTH = 1.3  # pixels of the layout
LEAST = 90.0  # pixels of the layout, least length of a line that gets a label
TEXT = 10.0  # pixels of the layout, height of labels


def draw_shade(field: Field, view: View) -> QImage:
    """The picture of a field whose rectangle is that of the view, without contours. May be called from any thread."""
    rgba = np.ascontiguousarray(field.rgba)
    height, width, _ = rgba.shape
    small = QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    # Premultiplied before it is stretched, so that the colour of transparent cells does not leak into others.
    picture = small.convertToFormat(QImage.Format.Format_ARGB32_Premultiplied).scaled(
        view.width, view.height, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    picture.setDevicePixelRatio(view.ratio)
    return picture


def draw_contours(field: Field, view: View, theme: Theme) -> QImage | None:
    """The contours and names of the field, None: it has none. May be called from any thread."""
    if not field.contours and not field.names:
        return None
    picture = QImage(view.width, view.height, QImage.Format.Format_ARGB32_Premultiplied)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    lines = [(contour, [_in_pixels(line, view) for line in contour.lines]) for contour in field.contours]
    for contour, paths in lines:
        _draw_lines(painter, contour, paths, view, theme)
    for contour, paths in lines:  # over all lines
        _draw_label(painter, contour, paths, view, theme)
    for text, *point in field.names:
        _write(
            painter, text, QPointF(*_in_pixels(np.array([point]), view)[0].tolist()), QColor(theme.text), view, theme
        )
    painter.end()
    picture.setDevicePixelRatio(view.ratio)
    return picture


def _in_pixels(line: Doubles, view: View) -> Doubles:
    scale = view.width / (view.right - view.left), view.height / (view.low - view.high)
    return (line - (view.left, view.high)) * scale


def _colour(contour: Contour, theme: Theme) -> QColor:
    colour = QColor(theme.accent if contour.dashed else theme.text)
    colour.setAlpha(230 if contour.dashed else 190)
    return colour


def _draw_lines(painter: QPainter, contour: Contour, lines: list[Doubles], view: View, theme: Theme) -> None:
    pen = QPen(_colour(contour, theme), WIDTH * view.ratio)
    if contour.dashed:
        pen.setDashPattern([5, 4])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    path = QPainterPath()
    for line in lines:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in line.tolist()]))
    painter.drawPath(path)


def _draw_label(painter: QPainter, contour: Contour, lines: list[Doubles], view: View, theme: Theme) -> None:
    """Write the label on the longest line, at its highest point for the codes and its lowest for the prior."""
    inside = [_inside(line, view) for line in lines]
    lengths = [float(np.hypot(*np.diff(line, axis=0).T).sum()) for line in inside]
    if not contour.label or not lengths or max(lengths) < LEAST * view.ratio:
        return
    line = inside[int(np.argmax(lengths))]
    x, y = line[line[:, 1].argmax() if contour.dashed else line[:, 1].argmin()].tolist()
    _write(painter, contour.label, QPointF(x, y), _colour(contour, theme), view, theme)


def _write(painter: QPainter, text: str, middle: QPointF, colour: QColor, view: View, theme: Theme) -> None:
    font = QFont(painter.font())
    font.setPixelSize(round(TEXT * view.ratio))
    painter.setFont(font)
    box = QFontMetricsF(font).boundingRect(text).adjusted(-3 * view.ratio, 0, 3 * view.ratio, 0)
    box.moveCenter(middle)
    back = QColor(theme.base)
    back.setAlpha(215)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(back)
    painter.drawRoundedRect(box, 3 * view.ratio, 3 * view.ratio)
    painter.setPen(colour)
    painter.drawText(QRectF(box), Qt.AlignmentFlag.AlignCenter, text)


def _inside(line: Doubles, view: View) -> Doubles:
    """The points of a line that are far enough inside the view for a label."""
    margin = 3 * TEXT * view.ratio
    x, y = line.T
    good = (x > margin) & (x < view.width - margin) & (y > margin) & (y < view.height - margin)
    return line[good]
