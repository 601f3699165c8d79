"""A label is put where it covers nothing."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF

from vae_explorer.gui.training.free_place import free_place

AREA = QRectF(10, 20, 300, 200)
SIZE = QSizeF(60, 14)
X = np.array([10.0, 310.0])


def test_without_lines_it_is_around_the_point() -> None:
    found = free_place([], [], AREA, SIZE, QPointF(150, 100))
    assert abs(found.center().x() - 150) <= 2
    assert abs(found.center().y() - 100) <= 2


def test_it_stays_inside_the_area() -> None:
    found = free_place([], [], AREA, SIZE, QPointF(0, 0))
    assert AREA.contains(found)


def test_it_covers_no_line_and_no_other_label() -> None:
    lines = [(X, np.array([100.0, 100.0])), (X, np.array([30.0, 210.0]))]
    taken = [QRectF(100, 60, 80, 20)]
    for x in range(20, 300, 40):
        found = free_place(lines, taken, AREA, SIZE, QPointF(x, 100))
        inside = np.linspace(found.left(), found.right(), 50)
        for _, y in lines:
            at = np.interp(inside, X, y)
            assert not ((found.top() <= at) & (at <= found.bottom())).any()
        assert not found.intersects(taken[0])


def test_a_steep_part_and_a_spike_count_too() -> None:
    x = np.array([150.0, 150.5, 151.0])
    found = free_place([(x, np.array([220.0, 20.0, 220.0]))], [], AREA, SIZE, QPointF(150, 100))
    assert not found.left() <= 150.5 <= found.right()


def test_where_all_is_full_it_covers_as_little_as_possible() -> None:
    lines = [(X, np.full(2, float(y))) for y in range(20, 200, 4)]
    found = free_place(lines, [], AREA, SIZE, QPointF(150, 30))
    assert found.bottom() >= 200


def test_a_line_of_no_points_is_no_obstacle() -> None:
    none = np.empty(0)
    assert free_place([(none, none)], [], AREA, SIZE, QPointF(150, 100)).contains(QPointF(150, 100))
