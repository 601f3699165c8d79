"""The orders of the gallery."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from vae_explorer.data.names import pack_names
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.ordering import ORDERS, Order, in_order, measured
from vae_explorer.exploring.subject import Subject
from vae_explorer.run.run import Run

ROWS = np.array([4, 0, 2, 3, 1])


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    return run_subject(tiny_run, None)


def order(name: str) -> Order:
    return next(order for order in ORDERS if order.name == name)


def with_columns(subject: Subject, **changes: object) -> Subject:
    return replace(subject, columns=replace(subject.columns, **changes))


def test_names_are_sorted_as_a_person_would(subject: Subject) -> None:
    count = len(subject.z_mean)
    names = ["b10.png", "b9.png", "A.png", "c.png", "b1.png", *(f"z{row}" for row in range(count - 5))]
    named = with_columns(subject, names=pack_names(names))
    assert in_order(order("name"), False, named, ROWS, None).tolist() == [2, 4, 1, 0, 3]
    assert in_order(order("name"), True, named, ROWS, None).tolist() == [3, 0, 1, 4, 2]


@pytest.mark.parametrize(("descending", "expected"), [(False, [3, 0, 2, 4, 1]), (True, [2, 0, 3, 4, 1])])
def test_unknown_values_come_last_either_way(subject: Subject, descending: bool, expected: list[int]) -> None:
    values = np.full(len(subject.z_mean), np.nan, np.float32)
    values[[0, 2, 3]] = 5, 7, 1
    placed = replace(subject, index=np.array([0, 9, 2, 3, 4, *range(10, len(values) + 5)]))
    assert in_order(order("error"), descending, placed, ROWS, values).tolist() == expected


def test_images_without_a_class_come_last(subject: Subject) -> None:
    label = subject.label.copy()
    label[:5] = 2, -1, 0, 1, -1
    labelled = with_columns(subject, labels=label)
    assert in_order(order("class"), False, labelled, ROWS, None)[:3].tolist() == [2, 3, 0]
    assert in_order(order("class"), True, labelled, ROWS, None)[:3].tolist() == [0, 3, 2]


def test_the_nearest_to_the_handle_come_first(subject: Subject) -> None:
    code = subject.z_mean[7]
    rows = np.arange(len(subject.z_mean))
    found = in_order(order("handle"), False, subject, rows, measured(order("handle"), subject, code))
    distances = np.linalg.norm(subject.z_mean[found] - code, axis=1)
    assert found[0] == 7
    assert (np.diff(distances) >= 0).all()


@pytest.mark.parametrize(
    ("name", "change", "sentence"),
    [
        ("name", lambda subject: with_columns(subject, names=None), "not files with names"),
        ("class", lambda subject: with_columns(subject, labels=None), "no classes"),
        ("error", lambda subject: replace(subject, image_of=np.full(len(subject.z_mean), -1)), "No images"),
    ],
)
def test_an_order_that_is_missing_says_why(
    subject: Subject, name: str, change: Callable[[Subject], Subject], sentence: str
) -> None:
    assert sentence in order(name).missing(change(subject))
