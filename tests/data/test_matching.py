"""data/matching.py: names in a table, however they are written, and the images that they name."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vae_explorer.data.labels import read_csv
from vae_explorer.data.matching import NameIndex
from vae_explorer.errors import UserError


@pytest.mark.parametrize(
    ("cell", "how"),
    [
        ("a/Ü 07.png", "exactly"),
        ("./a\\Ü 07.png", "exactly"),
        ("Ü 07.png", "without its folder"),
        ("set/a/Ü 07.png", "without its folder"),
        (" U\u0308 07.PNG ", "whatever its case and Unicode form"),
        ("ü 07.jpeg", "without its extension"),
        ("Ü 07", "without its extension"),
        ("Ü 7.tif", "without leading zeros"),
        ("ü 007", "without leading zeros"),
    ],
)
def test_a_name_is_found_in_the_strictest_way(cell: str, how: str):
    found = NameIndex(["a/Ü 07.png", "b/x.png"]).match(["other.png", cell])
    assert found.rows.tolist() == [1, -1]
    assert found.ways == ((how, 1),)


@pytest.mark.parametrize(
    ("names", "cell"),
    [
        (["a/1.png", "b/1.png"], "1.png"),
        (["A.png", "a.png"], "A.PNG"),
        (["1.png", "1.jpg"], "1"),
        (["01.png", "001.png"], "1"),
    ],
)
def test_a_name_that_fits_several_images_is_given_to_none(names: list[str], cell: str):
    assert NameIndex(names).match([cell]).rows.tolist() == [-1, -1]


def test_an_exact_name_goes_before_others_that_fit():
    assert NameIndex(["1.png", "01.png"]).match(["001.png", "01.png", "1.png"]).rows.tolist() == [2, 1]
    assert NameIndex(["1.png"]).match(["1.jpg", "1.png"]).rows.tolist() == [1]


def test_numbers_that_a_program_wrote_with_a_decimal_point_are_names():
    assert NameIndex(["0009.png", "0010.png"]).match(["10.0", "9.0"]).rows.tolist() == [1, 0]


LETTERS = st.sampled_from(["a", "B", "ä", "É", "ß", "0", "1", "7", "10", "_", " ", "-", ".", "σ", "你"])
STEMS = st.lists(LETTERS, min_size=1, max_size=5).map("".join).map(lambda text: f"n{text}e")
FOLDERS = st.sampled_from(["", "a/", "B/", "train/a/"])
SPELLINGS = {
    "as it is": lambda name: name,
    "without folder": lambda name: name.rpartition("/")[2],
    "below another folder": lambda name: f"data/{name}",
    "backslashes": lambda name: name.replace("/", "\\"),
    "without extension": lambda name: name.removesuffix(".png"),
    "other extension": lambda name: name.removesuffix(".png") + ".JPG",
    "lower": str.lower,
    "upper": str.upper,
    "decomposed": lambda name: unicodedata.normalize("NFD", name),
    "composed": lambda name: unicodedata.normalize("NFC", name),
    "blanks": lambda name: f"  {name} ",
    "more zeros": lambda name: name.replace("1", "001").replace("7", "07"),
}


@pytest.mark.long
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), names=st.lists(st.tuples(FOLDERS, STEMS), min_size=4, max_size=12, unique=True))
def test_for_any_order_and_spelling_labels_are_right_or_refused(
    tmp_path: Path, data: st.DataObject, names: list[tuple[str, str]]
):
    images = sorted(f"{folder}{stem}.png" for folder, stem in names)
    spelling = SPELLINGS[data.draw(st.sampled_from(sorted(SPELLINGS)))]
    order = data.draw(st.permutations(range(len(images))))
    rows = [f'"{spelling(images[image])}",class {image % 2}' for image in order]
    header = data.draw(st.sampled_from(["file,label", "Datei,Klasse", "x,label", ""]))
    encoding = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    (tmp_path / "any.csv").write_bytes("\n".join([*([header] if header else []), *rows]).encode(encoding))
    try:
        found = read_csv(tmp_path / "any.csv", images, len(images))
    except UserError:
        return
    for image in range(len(images)):
        assert found.class_of(image) in ("", f"class {image % 2}")
    without = sum(not found.class_of(image) for image in range(len(images)))
    assert not without or any("have no row" in note for note in found.notes) or found.warnings


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), numbers=st.lists(st.integers(0, 400), min_size=4, max_size=20, unique=True))
def test_for_any_numbers_as_names_labels_are_right_and_whole(tmp_path: Path, data: st.DataObject, numbers: list[int]):
    images = sorted(f"{number:04}.png" for number in numbers)
    order = data.draw(st.permutations(range(len(images))))
    write = data.draw(st.sampled_from([str, lambda text: f"{text}.0", lambda text: f"{text}.jpg"]))
    rows = [f"{write(int(images[image][:4]))},class {image % 2}" for image in order]
    (tmp_path / "any.csv").write_text("\n".join(["id,label", *rows]))
    found = read_csv(tmp_path / "any.csv", images, len(images))
    assert [found.class_of(image) for image in range(len(images))] == [f"class {i % 2}" for i in range(len(images))]
