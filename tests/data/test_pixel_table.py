"""data/pixel_table.py: a CSV with a pixel in each cell."""

from pathlib import Path

import numpy as np
import pytest

from tests.image_files import noise
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError

IMAGES = noise(14, 16, 16)
HEADERS = {
    "Kaggle's": ("label," + ",".join(f"pixel{number}" for number in range(256)) + "\n", True),
    "none": ("", True),
    "of a test": (",".join(f"pixel{number}" for number in range(256)) + "\n", False),
    "none of a test": ("", False),
}


@pytest.mark.parametrize("case", HEADERS)
def test_each_row_is_an_image(tmp_path: Path, case: str):
    header, labelled = HEADERS[case]
    rows = [[number % 3] * labelled + image.ravel().tolist() for number, image in enumerate(IMAGES)]
    (tmp_path / "a.csv").write_text(header + "".join(",".join(map(str, row)) + "\n" for row in rows))
    dataset = load_dataset(str(tmp_path / "a.csv"))
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES)
    assert dataset.info.class_names == (("0", "1", "2") if labelled else ())


def test_another_table_is_refused(tmp_path: Path):
    (tmp_path / "a.csv").write_text("file,label\na.png,1\n")
    with pytest.raises(UserError, match="is no table of pixels"):
        load_dataset(str(tmp_path / "a.csv"))


def test_a_row_that_is_no_numbers_is_refused(tmp_path: Path):
    (tmp_path / "a.csv").write_text(",".join(["1"] * 257) + "\n" + ",".join(["a"] * 257) + "\n")
    with pytest.raises(UserError, match=r"a\.csv cannot be read"):
        load_dataset(str(tmp_path / "a.csv"))


FACES = noise(14, 18, 18)
CELLS = {
    "FER2013's": ("emotion,pixels,Usage", lambda row, text: f"{row % 3},{text},{USES[row % 4]}", ("0", "1", "2")),
    "blanks after commas": (
        "kind, Usage, pixels",
        lambda row, text: f'{"ab"[row % 2]}, Training, "{text}"',
        ("a", "b"),
    ),
    "several numbers": ("age,gender,name,pixels", lambda row, text: f"{row},{row % 2},{row}.jpg,{text}", ()),
    "images alone": ("pixels", lambda _, text: text, ()),
}
USES = "Training", "Training", "PublicTest", "PrivateTest"


@pytest.mark.parametrize("case", CELLS)
def test_a_cell_may_hold_all_pixels_of_an_image(tmp_path: Path, case: str):
    header, write, classes = CELLS[case]
    rows = [write(row, " ".join(map(str, image.ravel().tolist()))) for row, image in enumerate(FACES)]
    (tmp_path / "a.csv").write_text("\n".join([header, *rows]))
    dataset = load_dataset(str(tmp_path / "a.csv"))
    np.testing.assert_array_equal(dataset.images[..., 0], FACES)
    assert dataset.info.class_names == classes
    if case == "FER2013's":
        assert dataset.held_out.tolist() == [row % 4 > 1 for row in range(14)]
        assert "a.csv: its column 'Usage' divides the set: images of PrivateTest and PublicTest are held out." in (
            dataset.info.notes
        )
    if case == "several numbers":
        assert dataset.info.value_names == ("age", "gender")


def test_cells_of_different_lengths_are_refused(tmp_path: Path):
    (tmp_path / "a.csv").write_text(f"pixels,emotion\n{'1 ' * 256},0\n{'1 ' * 255},1\n")
    with pytest.raises(UserError, match="row 2 has 255 grey values, the first has 256"):
        load_dataset(str(tmp_path / "a.csv"))


PIXELS = [f"pixel{number}" for number in range(256)]
TABLES = {
    "labels last, as texts": ([*PIXELS, "class"], lambda row, pixels: [*pixels, "abc"[row % 3]], ",", ("a", "b", "c")),
    "an index": (["", "label", *PIXELS], lambda row, pixels: [row, row % 3, *pixels], ",", ("0", "1", "2")),
    "semicolons": (["label", *PIXELS], lambda row, pixels: [f"{row % 3}.0", *pixels], ";", ("0", "1", "2")),
    "numbered columns": (list(range(256)), lambda _, pixels: pixels, ",", ()),
    "numbered columns with labels": (list(range(257)), lambda row, pixels: [row % 3, *pixels], ",", ("0", "1", "2")),
}


@pytest.mark.parametrize("case", TABLES)
def test_pixels_and_labels_are_told_apart_by_the_header(tmp_path: Path, case: str):
    header, write, delimiter, classes = TABLES[case]
    rows = [header, *(write(row, image.ravel().tolist()) for row, image in enumerate(IMAGES))]
    (tmp_path / "a.csv").write_text("".join(delimiter.join(map(str, row)) + "\n" for row in rows))
    dataset = load_dataset(str(tmp_path / "a.csv"))
    np.testing.assert_array_equal(dataset.images[..., 0], IMAGES)
    assert dataset.info.class_names == classes
    assert ("Not used: column 1." in dataset.info.notes) == (case == "an index")
