"""data/labels.py: tables of labels and numbers of many kinds."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.image_files import write_pictures
from vae_explorer.data.columns import Columns, joined
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
        ("file,label\nx.png,a\ny.png,b\n", "images are a/000.png and a/001.png, the names x.png and y.png"),
        ("file,label\n000.png,a\ny.png,b\nz.png,b\n", "names 1 of 3 images .* --labels-by row"),
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


def labels_of(found: Columns) -> list[str]:
    return [found.class_of(row) for row in range(len(found.label))]


def test_rows_are_taken_in_order_only_where_no_column_looks_like_names_or_it_is_asked(tmp_path: Path):
    path = tmp_path / "labels.csv"
    path.write_text("file,label\nx.png,a\ny.png,b\nz.png,c\n")
    with pytest.raises(UserError, match="names 0 of 3"):
        read_csv(path, NAMES, 3)
    found = read_csv(path, NAMES, 3, "row")
    assert labels_of(found) == ["a", "b", "c"]
    said = "the rows were taken in the order of the images, the first for a/000.png, the last for b/002.png."
    assert found.notes[0] == f"labels.csv: {said}"


def test_rows_in_the_order_of_numbers_are_warned_of(tmp_path: Path):
    (tmp_path / "labels.csv").write_text("label\nx\ny\nx\n")
    found = read_csv(tmp_path / "labels.csv", ("1.png", "10.png", "2.png"), 3)
    assert found.warnings == (
        "labels.csv: the rows belong to the images as programs sort their names, row 2 to 10.png; if they were counted "
        "another way, add a column of names.",
    )


def test_how_names_were_matched_and_what_is_left_is_said(tmp_path: Path):
    found = read(tmp_path, "file,label,said\n0,x,one\n1,y,two\n7,x,three\n")
    assert labels_of(found) == ["x", "y", ""]
    assert found.notes == (
        "labels.csv: 2 of 3 images matched by name without leading zeros.",
        "labels.csv: 1 images have no row and so no class, such as b/002.png.",
        "labels.csv: 1 rows name no image or none for certain, such as '7'.",
        "labels.csv: the classes are its column 'label'.",
        "labels.csv: not used, since they hold neither numbers nor classes: said.",
    )


def test_the_same_name_with_different_labels_has_none_and_is_warned_of(tmp_path: Path):
    found = read(tmp_path, "file,label,depth\n000.png,x,1\n001.png,y,2\n000.png,y,1\n001.png,y,3\n002.png,x,4\n")
    assert labels_of(found) == ["", "y", "x"]
    assert found.warnings == ("labels.csv names 1 images more than once with different labels: these have no class.",)
    np.testing.assert_array_equal(found.values[:, 0], [1, np.nan, 4])


@pytest.mark.parametrize("header", ["Bild;Art", "Изображение;Вид", "写真;種類", "foto;soort"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_headers_of_any_language_and_encoding_are_no_rows(tmp_path: Path, header: str, encoding: str):
    text = f"{header}\n000;Ähre\n001;Öl\n002;Ähre\n003;Öl\n"
    (tmp_path / "labels.csv").write_bytes(text.encode(encoding))
    found = read_csv(tmp_path / "labels.csv", tuple(f"{number:03}.png" for number in range(4)), 4)
    assert labels_of(found) == ["Ähre", "Öl", "Ähre", "Öl"]
    assert not any("no row" in note for note in found.notes)


def test_a_table_of_an_old_program_is_read_and_this_is_said(tmp_path: Path):
    (tmp_path / "labels.csv").write_bytes("filename;label\nMüller.png;Ähre\n".encode("cp1252"))
    found = read_csv(tmp_path / "labels.csv", ("Mu\u0308ller.png",), 1)
    assert labels_of(found) == ["Ähre"]
    assert found.notes[0].startswith("labels.csv is not in UTF-8: it was read as Windows-1252")


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("file;depth\n000.png;0,5\n001.png;1.234,25\n002.png;-2\n", [0.5, 1234.25, -2]),
        ("000.png;0,5\n001.png;1,25\n002.png;2,0\n", [0.5, 1.25, 2]),
        ('file,depth\n000.png,"1,234.5"\n001.png,"2,000"\n002.png,7\n', [1234.5, 2000, 7]),
        ("sep=;\nfile;depth\n000.png;0,5\n001.png;1,25\n002.png;2\n", [0.5, 1.25, 2]),
    ],
)
def test_decimal_commas_and_thousands(tmp_path: Path, text: str, numbers: list[float]):
    found = read(tmp_path, text)
    np.testing.assert_allclose(found.values[:, 0], numbers)


def test_one_hot_columns_are_classes(tmp_path: Path):
    found = read(tmp_path, "image,MEL,NV,depth\n000,1.0,0.0,0.5\n001,0.0,1.0,1\n002,1.0,0.0,2\n")
    assert labels_of(found) == ["MEL", "NV", "MEL"]
    assert found.value_names == ("depth",)


def test_columns_of_several_ones_are_colours_and_no_classes(tmp_path: Path):
    found = read(tmp_path, "image,cat,dog\n000,1,0\n001,1,1\n002,0,1\n")
    assert found.labels is None
    assert found.value_names == ("cat", "dog")


@pytest.mark.parametrize("separator", ["|", ";", ","])
def test_sets_of_labels_become_colours_and_no_classes(tmp_path: Path, separator: str):
    sets = [["cat", "dog"], ["dog"], ["cat"]]
    rows = [f'{number:03}.png,"{separator.join(some)}"' for number, some in enumerate(sets)]
    found = read(tmp_path, "\n".join(["file,tags", *rows]))
    assert found.labels is None
    assert found.value_names == ("cat", "dog")
    assert found.values.tolist() == [[1, 1], [0, 1], [1, 0]]
    assert any("sets of labels" in note for note in found.notes)


def test_whole_numbers_with_a_decimal_point_are_classes_that_are_counted(tmp_path: Path):
    (tmp_path / "labels.csv").write_text("file,label\n" + "".join(f"{n}.png,{n // 2}.0\n" for n in range(24)))
    found = read_csv(tmp_path / "labels.csv", tuple(f"{n}.png" for n in range(24)), 24)
    assert found.class_names == tuple(map(str, range(12)))


def test_numbers_of_images_in_any_order_match_images_in_arrays(tmp_path: Path):
    (tmp_path / "labels.csv").write_text("id,label\n2,x\n0,y\n1,y\n")
    found = read_csv(tmp_path / "labels.csv", (), 3)
    assert labels_of(found) == ["y", "y", "x"]
    assert found.notes[0] == "labels.csv: the rows were matched by the image numbers in its column 'id'."


def test_splits_are_joined_in_the_order_a_person_counts_and_images_without_a_class_keep_none():
    nothing = np.empty((2, 0), np.float32)
    first = Columns(np.array([0, -1], np.int32), ("class 10",), nothing)
    second = Columns(np.array([0, 1], np.int32), ("class 2", "class 10"), nothing)
    both = joined([first, second], [2, 2])
    assert both.class_names == ("class 2", "class 10")
    assert both.label.tolist() == [1, -1, 0, 1]


def test_folders_are_classes_in_the_order_a_person_counts(tmp_path: Path):
    for name in ("1", "2", "10"):
        write_pictures(tmp_path / name, 1, 16, 16)
    assert load_dataset(str(tmp_path)).info.class_names == ("1", "2", "10")


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


def test_a_column_of_parts_divides_the_set_and_is_no_class(tmp_path: Path):
    names = [f"{number}.png" for number in range(8)]
    parts = ["train", "train", "valid", "test"] * 2
    rows = [f"{name},{part},{'ab'[row % 2]}" for row, (name, part) in enumerate(zip(names, parts, strict=True))]
    (tmp_path / "a.csv").write_text("\n".join(["file,split,breed", *rows[::-1]]))
    found = read_csv(tmp_path / "a.csv", names, 8)
    assert found.class_names == ("a", "b")
    assert found.held_out is not None
    assert found.held_out.tolist() == [part == "test" for part in parts]
    assert "a.csv: its column 'split' divides the set: images of test are held out." in found.notes


SPELT = {
    "addresses": (["a b {}.png"], "url,label", "https://x.org/d/a%20b%20{0}.png?raw=1,{1}"),
    "a comment above": (["{}.png"], "# mine\nfile,label", "{0}.png,{1}"),
    "blanks after commas": (["{}.png"], "file, note, label", '{0}.png, "one, two", {1}'),
    "an empty column": (["{}.png"], "file,label,", "{0}.png,{1},"),
    "a patient before the label": (["{}.png"], "patient_id,file,sort", "p{2},{0}.png,{1}"),
    "names and numbers of classes": (["{}.png"], "class id,file,labels", "{2},{0}.png,{1}"),
    "a folder of its own": (["x/{}.png", "y/{}.png"], "folder,id,label", "{3},{0},{1}"),
    "a folder and files": (["x/{}.png", "y/{}.png"], "label,filename,folder", "{1},{0}.png,{3}"),
}


@pytest.mark.parametrize("case", SPELT)
def test_rows_are_matched_by_name_however_they_are_written(tmp_path: Path, case: str):
    patterns, header, row = SPELT[case]
    images = [(pattern.format(number), number, pattern[0]) for pattern in patterns for number in range(8)]
    classes = [f"{'ab'[number % 3 == 0]}{folder}" for _, number, folder in images]
    lines = [row.format(number, label, number // 2, folder)
             for (_, number, folder), label in zip(images, classes, strict=True)]  # fmt: skip
    (tmp_path / "a.csv").write_text("\n".join([header, *lines[::-1]]))
    found = read_csv(tmp_path / "a.csv", [name for name, _, _ in images], len(images))
    assert [found.class_of(image) for image in range(len(images))] == classes
    assert f"a.csv: {len(images)} of {len(images)} images matched by name" in found.notes[0]
    assert not any("not used" in note and ": ." in note for note in found.notes)


def test_what_says_that_a_label_is_unknown_is_no_class(tmp_path: Path):
    cells = ["a", "b", "NaN", "N/A", "", "null", "a", "b"]
    names = [f"{number}.png" for number in range(8)]
    rows = [f"{name},{cell}" for name, cell in zip(names, cells, strict=True)]
    (tmp_path / "a.csv").write_text("\n".join(["file,label", *rows]))
    found = read_csv(tmp_path / "a.csv", names, 8)
    assert [found.class_of(row) for row in range(8)] == ["a", "b", "", "", "", "", "a", "b"]


def test_numbers_that_differ_for_nearly_all_images_are_no_classes(tmp_path: Path):
    names = [f"{number}.png" for number in range(30)]
    (tmp_path / "a.csv").write_text("\n".join(["file,label", *(f"{n}.png,{n * 37}" for n in range(30))]))
    found = read_csv(tmp_path / "a.csv", names, 30)
    assert (found.class_names, found.value_names) == ((), ("label",))


def test_the_numbered_parts_of_celeba_divide_the_set(tmp_path: Path):
    names = [f"{number}.png" for number in range(6)]
    (tmp_path / "a.csv").write_text("\n".join(["", "image_id,partition", *(f"{n}.png,{n // 2}" for n in range(6))]))
    found = read_csv(tmp_path / "a.csv", names, 6)
    assert (found.class_names, found.value_names) == ((), ())
    assert found.held_out is not None
    assert found.held_out.tolist() == [False] * 4 + [True] * 2


def test_an_index_of_the_rows_is_no_number_to_colour_by(tmp_path: Path):
    names = [f"{number}.png" for number in range(6)]
    (tmp_path / "a.csv").write_text("\n".join([",file,label", *(f"{5 - n},{n}.png,{'ab'[n % 2]}" for n in range(6))]))
    found = read_csv(tmp_path / "a.csv", names, 6)
    assert (found.class_names, found.value_names) == (("a", "b"), ())
