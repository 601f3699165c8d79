"""Finding images by an index, a class or a part of a name."""

from dataclasses import replace

import numpy as np
import pytest

from vae_explorer.data.columns import Columns, no_columns
from vae_explorer.data.names import Names, pack_names
from vae_explorer.exploring.finding import containing, find
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.run.run import Run

NAMES = "a/cat 1.png", "a/Cat 2.png", "b/dog.png", "b/straße.png", "ca", "t.png"


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    """Six images of the small run, with names and two classes; their indices are 10 to 15."""
    found = run_subject(tiny_run, None)
    labels = np.array([0, 0, 1, -1, 1, 1], np.int32)
    columns = Columns(labels, ("cat", "dog", "catfish"), no_columns(6).values, names=pack_names(NAMES))
    return replace(found, z_mean=found.z_mean[:6], columns=columns, index=np.arange(10, 16))


def texts(subject: Subject, text: str, most: int = 8) -> list[str]:
    return [found.text for found in find(subject, text, most)]


def test_an_index_means_the_image_in_the_data_set(subject: Subject) -> None:
    (found,) = find(subject, " 12 ", 8)
    assert found.rows.tolist() == [2]
    assert texts(subject, "image 12") == ["b/dog.png"]
    assert texts(subject, "99") == []


def test_a_class_comes_before_the_names_that_contain_its_name(subject: Subject) -> None:
    found = find(subject, "Cat", 8)
    assert [each.text for each in found] == [
        "class cat: 2 images", "2 images with “Cat” in the name", "a/cat 1.png", "a/Cat 2.png",
    ]  # fmt: skip
    assert [each.rows.tolist() for each in found] == [[0, 1], [0, 1], [0], [1]]
    assert texts(subject, "class dog") == ["class dog: 3 images"]


def test_a_class_named_by_a_number_comes_before_the_image_with_this_index(subject: Subject) -> None:
    digits = replace(subject, columns=replace(subject.columns, class_names=("1", "12", "120")))
    assert texts(digits, "12") == ["class 12: 3 images", "b/dog.png"]
    assert texts(digits, "1")[:2] == ["class 1: 2 images", "class 12: 3 images"]
    assert texts(digits, "class 12") == ["class 12: 3 images"]


def test_a_whole_name_comes_first(subject: Subject) -> None:
    assert texts(subject, "dog.png")[0] == "b/dog.png"
    assert texts(subject, "b/dog")[0] == "b/dog.png"


def test_no_more_than_wanted_are_listed_and_all_can_be_chosen(subject: Subject) -> None:
    found = find(subject, "png", 2)
    assert len(found) == 3
    assert found[0].rows.tolist() == [0, 1, 2, 3, 5]


def test_without_classes_and_names_only_indices_are_found(subject: Subject) -> None:
    bare = replace(subject, columns=no_columns(6))
    assert texts(bare, "cat") == texts(bare, "") == texts(bare, "class ") == []
    assert texts(bare, "11") == ["image 11"]


@pytest.mark.parametrize(
    ("text", "rows"), [("cat", [0, 1]), ("straße", [3]), ("ng", [0, 1, 2, 3, 5]), ("cat.", []), ("\ud800", [])]
)
def test_a_text_is_found_within_one_name_only(text: str, rows: list[int]) -> None:
    assert containing(pack_names(NAMES), text).tolist() == rows


def test_empty_names_are_skipped() -> None:
    names: Names = pack_names(["", "ab", "", "", "ab"])
    assert containing(names, "ab").tolist() == [1, 4]
