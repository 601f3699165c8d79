"""data/naming.py: names of arrays and folders, taken apart into words."""

import pytest

from vae_explorer.data.naming import PARTS, Name, parse_name

SPELLINGS = ("{kind}_{part}", "{part}_{kind}", "{part}{kind}", "{kind}{part}", "{part}/{kind}", "{part}-set-{kind}_1")


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("change", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize(
    ("word", "kind"), [("x", "images"), ("images", "images"), ("y", "labels"), ("labels", "labels")]
)
def test_each_spelling_of_part_and_kind_is_understood(spelling: str, change, part, word: str, kind):
    for name in PARTS[part]:
        assert parse_name(change(spelling.format(part=name, kind=word))) == Name(part, kind, ())


NAMES = {
    "trainX": Name("training", "images", ()),
    "held-out_y": Name("held-out", "labels", ()),
    "image_label": Name(None, "labels", ()),
    "seg_train": Name("training", None, ("seg",)),
    "y_train_fine": Name("training", "labels", ("fine",)),
    "list_classes": Name(None, "labels", ("list",)),
    "arr_0": Name(None, None, ()),
    "taxi": Name(None, None, ("taxi",)),
    "trainer": Name(None, None, ("trainer",)),
    "Xtr": Name(None, None, ("xtr",)),
}


@pytest.mark.parametrize("name", NAMES)
def test_other_words_stay(name: str):
    assert parse_name(name) == NAMES[name]


def test_abbreviations_are_understood_where_they_may_be():
    assert parse_name("Xtr", short=True) == Name("training", "images", ())
    assert parse_name("y_te", short=True) == Name("held-out", "labels", ())
