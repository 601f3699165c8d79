"""data/labels.py: tables of labels and numbers of many kinds."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.image_files import write_pictures
from vae_explorer.data.labels import read_csv
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError

NAMES = ("a/000.png", "a/001.png", "b/002.png")


def read(path: Path, text: str, names: tuple[str, ...] = NAMES):
    path = path / "labels.csv"
    path.write_bytes(text.encode())
    return read_csv(path, names, len(NAMES))


@pytest.mark.parametrize(
    "text",
    [
        "filename,label,angle\na/000.png,x,1\na/001.png,y,2\nb/002.png,x,3\n",
        "label;angle;file\r\nx;3;002.png\r\ny;2;001.png\r\nx;1;000.png\r\n",
        "\ufeffid\tclass\tangle\n000\tx\t1\n001\ty\t2\n002\tx\t3\n",
        'image,angle,kind\n"./a/000.png",1,x\n"a\\001.png",2,y\n"b/002.png",3,x\n',
        "000.png,x,1\n001.png,y,2\n002.png,x,3\n999.png,z,4\n",
        "label,angle\nx,1\ny,2\nx,3\n",
    ],
)
def test_tables_of_many_kinds_say_the_same(tmp_path: Path, text: str):
    found = read(tmp_path, text)
    names = [found.class_names[label] for label in found.labels]
    assert names == ["x", "y", "x"]
    assert found.values[:, 0].tolist() == [1, 2, 3]


def test_images_that_are_not_named_have_no_label_and_no_number(tmp_path: Path):
    found = read(tmp_path, "file,label,angle\n000.png,7,\n001.png,10,1e3\n")
    assert found.class_names == ("7", "10")
    assert found.labels.tolist() == [0, 1, -1]
    np.testing.assert_array_equal(found.values[:, 0], [np.nan, 1000, np.nan])


def test_numbers_alone_are_labels_if_they_are_the_only_column(tmp_path: Path):
    assert read(tmp_path, "3\n4\n3\n").class_names == ("3", "4")


def test_a_measured_column_of_that_name_is_no_label(tmp_path: Path):
    found = read(tmp_path, "file,target\n000.png,0.5\n001.png,0.25\n002.png,7\n")
    assert found.labels is None
    assert found.value_names == ("target",)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "holds no rows"),
        ("label\na\nb\n", "2 rows for 3 images"),
        ("file,label\nx.png,a\ny.png,b\n", "2 rows for 3 images"),
        ("file,label\n000.png,a\n001.png\n", "row 3 has 1 cells"),
        ("file,label\n000.png," + "x" * 200_000 + "\n", "cannot be read as a table"),
    ],
)
def test_a_table_without_usable_rows_is_refused(tmp_path: Path, text: str, why: str):
    with pytest.raises(UserError, match=why):
        read(tmp_path, text)


CELLS = st.text(max_size=6) | st.floats().map(str) | st.sampled_from(["000.png", "label", "file"])


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=st.lists(st.lists(CELLS, max_size=4), max_size=6),
    delimiter=st.sampled_from(",;\t"),
)
def test_any_table_is_read_or_refused(tmp_path: Path, table: list[list[str]], delimiter: str):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(table)
    (tmp_path / "any.csv").write_bytes(stream.getvalue().encode("utf-8", "surrogatepass"))
    try:
        found = read_csv(tmp_path / "any.csv", NAMES, len(NAMES))
    except UserError:
        return
    assert found.values.shape == (3, len(found.value_names))
    assert found.labels is None or (found.labels >= -1).all() & (found.labels < len(found.class_names)).all()


def test_a_table_in_the_folder_goes_before_its_classes(tmp_path: Path):
    for name in ("a", "b"):
        write_pictures(tmp_path / "set" / name, 2, 16, 16)
    assert load_dataset(str(tmp_path / "set")).info.class_names == ("a", "b")
    (tmp_path / "set" / "labels.csv").write_text("file,label,depth\na/000.png,x,1\nb/001.png,y,2\n")
    dataset = load_dataset(str(tmp_path / "set"))
    assert dataset.info.class_names == ("x", "y")
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [0, -1, -1, 1]
    assert dataset.info.value_names[0] == "depth"
    assert dataset.skipped == ()
    (tmp_path / "more.csv").write_text("file,depth\na/000.png,5\n")
    given = load_dataset(str(tmp_path / "set"), ImageOptions(labels=str(tmp_path / "more.csv")))
    assert given.info.class_names == ("a", "b")
    assert given.columns.values[0, 0] == 5
