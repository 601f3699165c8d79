"""run/groups_file.py: the file in which groups are kept, and whose images they are of."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tests.run.run_files import replaced
from vae_explorer.data.names import pack_names
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError
from vae_explorer.run.folder import new_run
from vae_explorer.run.groups import Groups, no_groups
from vae_explorer.run.groups_file import keep_groups, read_groups
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


@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_a_file_from_a_spreadsheet_is_read(run: Run, separator: str) -> None:
    first, second = run.codes.index[:2].tolist()
    missing = str(run.codes.index[-1])
    rows = [("Index", "Group", "note", "Colour"), (str(first), "a", "x", "#AA0011"), (str(second), "", "", "none")]
    rows += [(missing, "b", "", "#00bb00")]
    text = "\ufeff" + "\r\n".join(map(separator.join, rows))
    (run.folder / GROUPS).write_text(text, encoding="utf-8", newline="")
    run = dataclasses.replace(run, codes=run.codes.take(np.arange(len(run.codes.index) - 1)))
    groups = read_groups(run)
    assert groups.names == ("a",)
    assert groups.rows(0).tolist() == [0]
    assert groups.colours == ("#aa0011",)
    assert groups.others == ((missing, "", "b", "#00bb00"),)
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
        ("index,group,colour\n{0},a,red", "line 2 .* 'red' is no colour such as"),
        ("index,group\n640,a", "640 is none of the 640 images"),
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


def test_colours_are_kept_with_each_image_and_those_that_two_windows_chose(run: Run) -> None:
    none = no_groups(len(run.codes.index))
    start = keep_groups(run, none, made(run).paint(0, "#aa0011"))
    lines = (run.folder / GROUPS).read_text(encoding="utf-8").splitlines()
    assert lines[:2] == ["index,name,group,colour", f"{run.codes.index[0]},,sound,#aa0011"]
    assert lines[-1].endswith(",")  # the other group has the usual colour
    assert read_groups(run).same(start)
    keep_groups(run, start, start.paint(0, "#00bb00"))
    kept = keep_groups(run, start, start.paint(1, "#0000cc"))
    assert kept.colours == read_groups(run).colours == ("#00bb00", "#0000cc")
    keep_groups(run, kept, kept.paint(0, "").paint(1, ""))
    assert (run.folder / GROUPS).read_text(encoding="utf-8").startswith("index,name,group\n")


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
    groups = groups.paint(0, "#aa0011")
    keep_groups(sorted_run, no_groups(12), groups)
    dataset = load_dataset(str(tmp_path), ImageOptions(labels=str(run.folder / GROUPS)))
    found = [dataset.columns.class_of(row) for row in range(12)]
    assert found == [*["sound", "cracked, old"] * 5, "sound", ""]


def named(run: Run, *names: str) -> Run:
    """The run with these as the names of its first images."""
    others = (f"{number}.png" for number in range(len(names), len(run.codes.index)))
    columns = dataclasses.replace(run.codes.columns, names=pack_names((*names, *others)))
    return dataclasses.replace(run, codes=dataclasses.replace(run.codes, columns=columns))


def test_groups_of_images_with_other_names_are_not_taken_for_those_of_the_run(run: Run) -> None:
    first, second = run.codes.index[:2].tolist()
    content = f"index,name,group\n{first},001,a\n{second},b.png,a\n"
    (run.folder / GROUPS).write_text(content)
    assert read_groups(named(run, "001", "b.png")).rows(0).tolist() == [0, 1]
    assert read_groups(named(run, "1", "b.png")).rows(0).tolist() == [0, 1]  # as a spreadsheet writes 001
    with pytest.raises(UserError, match=rf"of other images \(line 3: image {second} is 'c\.png' here, not 'b\.png'\)"):
        read_groups(named(run, "001", "c.png"))
    assert (run.folder / GROUPS).read_text() == content


def test_a_run_that_replaces_one_of_the_same_images_takes_its_groups_over(run: Run) -> None:
    groups = keep_groups(run, no_groups(len(run.codes.index)), made(run))
    assert replaced(run, run.info.dataset.fingerprint) == []
    assert read_groups(open_run(run.folder)).same(groups)


def test_groups_of_other_images_are_kept_apart_and_this_is_said(run: Run) -> None:
    keep_groups(run, no_groups(len(run.codes.index)), made(run))
    content = (run.folder / GROUPS).read_text(encoding="utf-8")
    said = replaced(run, "others")
    (kept,) = run.folder.glob("groups-*.csv")
    assert said == [f"The run that was in {run.folder} had groups of other images: they are kept in {kept.name}."]
    assert kept.read_text(encoding="utf-8") == content
    assert read_groups(open_run(run.folder)).names == ()
    assert replaced(run, "still others") == []
    assert kept.read_text(encoding="utf-8") == content


def test_groups_stay_if_the_run_is_not_replaced_after_all(run: Run) -> None:
    keep_groups(run, no_groups(len(run.codes.index)), made(run))
    with pytest.raises(RuntimeError), new_run(run.folder, overwrite=True):
        raise RuntimeError
    assert read_groups(run).same(made(run))


def test_groups_made_while_the_run_is_being_replaced_are_kept_with_it(run: Run) -> None:
    with new_run(run.folder, overwrite=True) as folder:
        keep_groups(run, no_groups(len(run.codes.index)), made(run))
        assert not (folder / GROUPS).exists()
    assert read_groups(run).same(made(run))


def test_groups_of_a_run_that_is_gone_are_not_written_into_another(run: Run) -> None:
    other = dataclasses.replace(run.info.dataset, fingerprint="others")
    gone = dataclasses.replace(run, info=dataclasses.replace(run.info, dataset=other))
    keep_groups(gone, no_groups(len(run.codes.index)), made(run))
    assert not (run.folder / GROUPS).exists()
    assert read_groups(gone).same(made(run))
