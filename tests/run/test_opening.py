"""run/opening.py: a run read back with every file checked."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from tests.run.run_files import edit_toml, refusal_of, rehash, rewrite_arrays
from vae_explorer.errors import UserError
from vae_explorer.run.opening import check_files, describe, open_run, read_info
from vae_explorer.run.places import CONVERTED, FILES, LOCK, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_epochs

FIELDS = dict(zip(CONVERTED, ("encoder", "decoder", "lowered"), strict=True))


def test_a_run_can_be_moved(tiny_run: Run, tiny_run_folder: Path, tmp_path: Path):
    moved = tiny_run_folder.rename(tmp_path / "a name with spaces and ü")
    assert open_run(moved).info == tiny_run.info
    assert open_run(moved).folder == moved


def test_no_file_stays_open(tiny_run_folder: Path):
    if not sys.platform.startswith("linux"):
        pytest.skip("lists open files by Linux's /proc")
    run = open_run(tiny_run_folder)
    opened = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert run.info.name
    assert not [name for name in opened if name.startswith(str(tiny_run_folder))]


def test_the_description_is_read_without_the_files_that_are_checked(tiny_run: Run, tiny_run_folder: Path):
    check_files(tiny_run_folder)
    (tiny_run_folder / "sample.npz").write_bytes(b"damaged")
    assert read_info(tiny_run_folder) == tiny_run.info
    with pytest.raises(UserError, match=r"sample\.npz is not the file that was written"):
        check_files(tiny_run_folder)


# What is no run at all


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path):
    assert refusal_of(tmp_path / "nowhere").startswith("There is no run")


def test_a_folder_of_something_else_is_refused(tmp_path: Path):
    (tmp_path / "holiday.jpg").write_bytes(b"")
    assert "is not a run: it has no run.toml" in refusal_of(tmp_path)


def test_a_file_is_refused(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"")
    assert "is not a run" in refusal_of(tmp_path / "file")


def test_a_training_that_was_cut_off_is_called_unfinished(tmp_path: Path):
    (tmp_path / LOCK).write_bytes(b"")
    assert "unfinished" in refusal_of(tmp_path)


def test_a_newer_format_asks_for_a_newer_program(tiny_run_folder: Path):
    edit_toml(tiny_run_folder, lambda content: content.update(format=2))
    text = refusal_of(tiny_run_folder)
    assert "newer version" in text
    assert "update VAE Explorer" in text


# Damage


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(tiny_run_folder: Path, name: str):
    (tiny_run_folder / name).unlink()
    assert f"{name} is missing" in refusal_of(tiny_run_folder)


@pytest.mark.parametrize("place", [0.0, 0.5, 0.999])
@pytest.mark.parametrize("name", FILES)
def test_a_file_with_one_changed_bit_is_named(tiny_run_folder: Path, name: str, place: float):
    content = bytearray((tiny_run_folder / name).read_bytes())
    content[int(place * len(content))] ^= 1
    (tiny_run_folder / name).write_bytes(content)
    assert f"damaged: {name} is not the file that was written" in refusal_of(tiny_run_folder)


@pytest.mark.parametrize("name", FILES)
def test_a_truncated_file_is_named(tiny_run_folder: Path, name: str):
    content = (tiny_run_folder / name).read_bytes()
    (tiny_run_folder / name).write_bytes(content[:-1])
    assert name in refusal_of(tiny_run_folder)


@pytest.mark.parametrize("name", [name for name in FILES if name not in CONVERTED])
def test_a_file_without_its_hash_is_not_trusted(tiny_run_folder: Path, name: str):
    edit_toml(tiny_run_folder, lambda content: content["sha256"].pop(name))
    assert name in refusal_of(tiny_run_folder)


@pytest.mark.parametrize("name", CONVERTED)
def test_a_converted_model_without_its_hash_is_not_read(tiny_run: Run, tiny_run_folder: Path, name: str):
    edit_toml(tiny_run_folder, lambda content: content["sha256"].pop(name))
    networks = open_run(tiny_run_folder).networks
    for other, field in FIELDS.items():
        assert getattr(networks, field) == (None if other == name else getattr(tiny_run.networks, field))


def test_a_folder_in_the_place_of_a_file_is_named(tiny_run_folder: Path):
    (tiny_run_folder / "codes.npz").unlink()
    (tiny_run_folder / "codes.npz").mkdir()
    assert "codes.npz cannot be read" in refusal_of(tiny_run_folder)


def test_a_run_toml_cut_off_anywhere_is_refused(tiny_run_folder: Path):
    path = tiny_run_folder / "run.toml"
    content = path.read_bytes()
    for length in range(0, len(content) - 2, 37):
        path.write_bytes(content[:length])
        refusal_of(tiny_run_folder)


def test_a_run_toml_that_is_no_text_is_refused(tiny_run_folder: Path):
    (tiny_run_folder / "run.toml").write_bytes(b"\xff\xfe\x00format = 1")
    assert "run.toml" in refusal_of(tiny_run_folder)


def _without_codes(folder: Path) -> None:
    np.savez_compressed(folder / "codes.npz", z_mean=np.zeros((640, 2)))


def _flipped_in_the_middle(folder: Path) -> None:
    content = bytearray((folder / "codes.npz").read_bytes())
    for place in range(1000, 1400):
        content[place] ^= 0xFF
    (folder / "codes.npz").write_bytes(content)


UNREADABLE: dict[str, Callable[[Path], None]] = {
    "no archive": lambda folder: (folder / "codes.npz").write_bytes(b"PK\x03\x04 but no more"),
    "empty": lambda folder: (folder / "sample.npz").write_bytes(b""),
    "array missing": _without_codes,
    "damaged inside": _flipped_in_the_middle,
    "pickled objects": lambda folder: rewrite_arrays(folder / "codes.npz", z_mean=np.array([None], object)),
    "a row of words": lambda folder: (folder / "history.csv").write_text("epoch,loss\none,two\n"),
    "a column missing": lambda folder: (folder / "history.csv").write_text("epoch,loss\n1,2\n"),
    "a row cut off": lambda folder: (folder / "history.csv").write_text(
        (folder / "history.csv").read_text().rstrip().rsplit(",", 2)[0]
    ),
    "no text": lambda folder: (folder / "history.csv").write_bytes(b"\xff\xfe\x00"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_a_file_that_cannot_be_read_is_refused_though_its_hash_is_right(tiny_run_folder: Path, case: str):
    UNREADABLE[case](tiny_run_folder)
    rehash(tiny_run_folder)
    assert "holds a file that cannot be read" in refusal_of(tiny_run_folder)


def test_the_shipped_run_is_a_good_one_and_small():
    run = open_run(find_run("builtin"))
    assert run.info.origin.preset == "deep"
    assert run.info.held_out is not None
    assert run.info.held_out.negative_elbo < 134
    assert len(run.codes.index) == 70_000
    assert (run.folder / "model" / "encoder.tflite").is_file()
    assert snapshot_epochs(run.folder) == tuple(range(0, 89, 8))
    assert sum(file.stat().st_size for file in run.folder.rglob("*") if file.is_file()) < 13_500_000


# info --json


def test_a_run_is_described_in_plain_data_with_the_agreed_names(tiny_run: Run):
    description = describe(tiny_run)
    assert json.loads(json.dumps(description, allow_nan=False))["epochs"] == 2
    assert description["parameters"] == {"encoder": 566_660, "decoder": 567_184}
    assert tiny_run.info.held_out is not None
    assert description["held_out"] == asdict(tiny_run.info.held_out)
    assert description["held_out"]["images"] == 128
    assert (description["preset"], description["latent_dim"], description["beta"]) == ("dense", 2, 1.0)
    assert (description["status"], description["epochs_planned"]) == ("finished", 2)
    assert [row["epoch"] for row in description["history"]] == [1, 2]


def test_what_was_not_measured_is_none(tiny_run: Run):
    description = describe(replace(tiny_run, info=replace(tiny_run.info, held_out=None, quality=None)))
    assert set(description["quality"].values()) == {None}
    assert set(description["held_out"].values()) == {None}
    assert {"negative_elbo", "reconstruction_loss", "kl_loss", "images"} <= set(description["held_out"])
