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
