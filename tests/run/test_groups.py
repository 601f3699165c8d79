"""run/groups.py: groups and the file in which they are kept."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.data.options import ImageOptions
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError
from vae_explorer.run.groups import Groups, keep_groups, no_groups, read_groups
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, GROUPS, find_run
from vae_explorer.run.run import Run

ROWS = np.array([0, 3, 5])


@pytest.fixture
def run(tiny_run_folder: Path) -> Run:
    return open_run(tiny_run_folder)


def made(run: Run) -> Groups:
    return no_groups(len(run.codes.index)).put(ROWS, "sound").put(np.array([7]), 'cracked, "old"\u05d0')


def test_they_are_read_as_they_were_kept(run: Run) -> None:
    assert read_groups(run).same(no_groups(len(run.codes.index)))
    groups = made(run)
    assert keep_groups(run, no_groups(len(run.codes.index)), groups) is groups
    assert keep_groups(run, groups, groups) is groups
    assert read_groups(run).same(groups)
    lines = (run.folder / GROUPS).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "index,name,group"
    assert lines[1] == f"{run.codes.index[0]},,sound"


def test_the_run_opens_with_them(run: Run) -> None:
    keep_groups(run, no_groups(len(run.codes.index)), made(run))
    assert open_run(run.folder).info == run.info


def test_an_image_is_in_one_group(run: Run) -> None:
    groups = made(run).put(np.array([3]), "other")
    assert groups.rows(0).tolist() == [0, 5]
    assert groups.rows(2).tolist() == [3]
    assert groups.leave(np.array([0, 3])).member[[0, 3]].tolist() == [-1, -1]


def test_groups_are_renamed_merged_and_removed(run: Run) -> None:
    groups = made(run).put(np.array([9]), "third")
    assert groups.rename(1, " b ").names == ("sound", "b", "third")
    with pytest.raises(UserError, match="already"):
        groups.rename(1, "third")
    merged = groups.merge([0, 2])
    assert merged.names == groups.names[:2]
    assert merged.rows(0).tolist() == [0, 3, 5, 9]
    assert merged.rows(1).tolist() == [7]
    left = groups.without([0])
    assert left.names == groups.names[1:]
    assert left.rows(1).tolist() == [9]
    assert (left.member >= 0).sum() == 2


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 101])
def test_a_name_that_is_none_is_refused(run: Run, name: str) -> None:
    with pytest.raises(UserError):
        made(run).put(ROWS, name)


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_a_file_from_a_spreadsheet_is_read(run: Run, separator: str) -> None:
    first, second = run.codes.index[:2].tolist()
    rows = [("Index", "Group", "note"), (str(first), "a", "x"), (str(second), "", ""), ("99999999", "b", "")]
    text = "\ufeff" + "\r\n".join(map(separator.join, rows))
    (run.folder / GROUPS).write_text(text, encoding="utf-8", newline="")
    groups = read_groups(run)
    assert groups.names == ("a",)
    assert groups.rows(0).tolist() == [0]
    assert groups.others == (("99999999", "", "b"),)
    keep_groups(run, groups, groups.put(np.array([4]), "c"))
    assert read_groups(run).others == groups.others


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("index;klasse\n1;a", "columns index and group"),
        ("", "columns index and group"),
        ("index,group\nseven,a", "line 2"),
        ("index,group\n", None),
        ('index,group\n1,"a', "columns index and group"),
        ("index,group\n{0},a\n{0},b", "second group"),
        ("index,group\n{0}," + "x" * 200, "at most 100 characters"),
    ],
)
def test_a_damaged_file_is_explained_and_left_alone(run: Run, text: str, reason: str | None) -> None:
    content = text.replace("{0}", str(run.codes.index[0])).encode()
    (run.folder / GROUPS).write_bytes(content)
    if reason is None:
        assert not read_groups(run).names
        return
    with pytest.raises(UserError, match=reason):
        read_groups(run)
    with pytest.raises(UserError, match=reason):
        keep_groups(run, no_groups(len(run.codes.index)), made(run))
    assert (run.folder / GROUPS).read_bytes() == content


def test_bytes_that_are_no_text_are_explained(run: Run) -> None:
    (run.folder / GROUPS).write_bytes(b"index,group\n1,\xff\xfe")
    with pytest.raises(UserError, match="UTF-8"):
        read_groups(run)


def test_what_two_windows_changed_is_kept(run: Run) -> None:
    start = keep_groups(run, no_groups(len(run.codes.index)), made(run))
    keep_groups(run, start, start.put(np.array([20]), "theirs").leave(np.array([7])))
    kept = keep_groups(run, start, start.put(np.array([30]), "ours").put(np.array([0]), "ours"))
    assert {"sound", "theirs", "ours"} < set(kept.names)
    named = {row: kept.names[kept.member[row]] for row in (3, 5, 20, 30, 0)}
    assert named == {3: "sound", 5: "sound", 20: "theirs", 30: "ours", 0: "ours"}
    assert kept.member[7] == -1
    read = read_groups(run)
    assert [read.names[at] if at >= 0 else "" for at in read.member] == [
        kept.names[at] if at >= 0 else "" for at in kept.member
    ]


def test_those_of_the_shipped_run_are_kept_in_the_users_folder(tmp_path: Path) -> None:
    shipped = open_run(find_run(BUILTIN))
    groups = no_groups(len(shipped.codes.index)).put(ROWS, "mine")
    keep_groups(shipped, no_groups(len(shipped.codes.index)), groups)
    assert not (shipped.folder / GROUPS).exists()
    assert len(list((tmp_path / "home").rglob("groups/*.csv"))) == 1
    assert read_groups(shipped).same(groups)


def test_the_file_serves_as_labels(run: Run, tmp_path: Path) -> None:
    """A person sorts a folder of images by hand, and opens it again with the groups as classes."""
    from PIL import Image

    names = [f"plate {number:02}.png" for number in range(12)]
    for number, name in enumerate(names):
        Image.fromarray(np.full((16, 16), 20 * number, np.uint8)).save(tmp_path / name)
    codes = run.codes.take(np.arange(12))
    columns = dataclasses.replace(codes.columns, names=load_dataset(str(tmp_path)).columns.names)
    codes = dataclasses.replace(codes, columns=columns, index=np.arange(12))
    sorted_run = dataclasses.replace(run, codes=codes)
    groups = no_groups(12).put(np.arange(0, 12, 2), "sound").put(np.arange(1, 11, 2), "cracked, old")
    keep_groups(sorted_run, no_groups(12), groups)
    dataset = load_dataset(str(tmp_path), ImageOptions(labels=str(run.folder / GROUPS)))
    found = [dataset.columns.class_of(row) for row in range(12)]
    assert found == [*["sound", "cracked, old"] * 5, "sound", ""]
