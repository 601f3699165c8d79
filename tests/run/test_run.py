"""run/run.py and run/opening.py: a run is read back from disk, and every file is checked."""

import hashlib
import json
import math
import shutil
import sys
import tomllib
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from vae_explorer.assets import asset
from vae_explorer.data.columns import no_columns
from vae_explorer.data.dataset import Dataset
from vae_explorer.errors import UserError
from vae_explorer.run.arrays import Codes, Sample, write_codes, write_sample
from vae_explorer.run.history import write_history
from vae_explorer.run.opening import describe, open_run
from vae_explorer.run.places import CONVERTED, FILES, LOCK, find_run, is_run, new_run_folder, runs_folder
from vae_explorer.run.quality import Figure
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_files
from vae_explorer.run.writing import write_info


def read_toml(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))


def edit_toml(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    content = read_toml(folder)
    change(content)
    (folder / "run.toml").write_text(tomli_w.dumps(content), encoding="utf-8")


def rehash(folder: Path) -> None:
    """Write the hashes of the current files to run.toml."""
    edit_toml(
        folder,
        lambda content: content["sha256"].update(
            {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
        ),
    )


def rewrite_arrays(path: Path, **changes: np.ndarray) -> None:
    with np.load(path) as file:
        arrays = dict(file) | changes
    np.savez_compressed(path, **arrays)


def refusal_of(folder: Path) -> str:
    """The sentence or two with which opening the folder is refused."""
    with pytest.raises(UserError) as caught:
        open_run(folder)
    text = str(caught.value)
    assert str(folder) in text
    assert text.endswith(".")
    assert "\n" not in text.strip()
    return text


def test_a_run_is_read_back_as_it_was_written(tiny_run: Run, tmp_path: Path):
    folder = tmp_path / "again"
    shutil.copytree(tiny_run.folder / "model", folder / "model")
    write_history(folder / "history.csv", tiny_run.history)
    write_codes(folder / "codes.npz", tiny_run.codes)
    write_sample(folder / "sample.npz", tiny_run.sample)
    write_info(folder, tiny_run.info)
    again = open_run(folder)
    assert again.info == tiny_run.info
    assert again.history == tiny_run.history
    assert again.networks.decoder == tiny_run.networks.decoder == (folder / "model/decoder.tflite").read_bytes()
    assert again.networks.encoder == tiny_run.networks.encoder == (folder / "model/encoder.tflite").read_bytes()
    for name in ("z_mean", "z_log_var", "label", "index", "split"):
        np.testing.assert_array_equal(getattr(again.codes, name), getattr(tiny_run.codes, name))
    np.testing.assert_array_equal(again.codes.columns.values, tiny_run.codes.columns.values)
    assert again.codes.columns.class_names == tiny_run.codes.columns.class_names
    for name in Sample.__slots__:
        np.testing.assert_array_equal(getattr(again.sample, name), getattr(tiny_run.sample, name))


FIELDS = dict(zip(CONVERTED, ("encoder", "decoder", "lowered"), strict=True))


@pytest.mark.parametrize("name", CONVERTED)
def test_a_run_is_written_without_a_model_that_could_not_be_converted(tiny_run: Run, tiny_run_folder: Path, name: str):
    (tiny_run_folder / name).unlink()
    write_info(tiny_run_folder, tiny_run.info)
    assert name not in read_toml(tiny_run_folder)["sha256"]
    assert getattr(open_run(tiny_run_folder).networks, FIELDS[name]) is None


@pytest.mark.parametrize("name", [name for name in FILES if name not in CONVERTED])
def test_a_run_is_not_written_without_any_other_file(tiny_run: Run, tiny_run_folder: Path, name: str):
    for path in (name, "run.toml"):
        (tiny_run_folder / path).unlink()
    with pytest.raises(FileNotFoundError):
        write_info(tiny_run_folder, tiny_run.info)
    assert not is_run(tiny_run_folder)


def test_a_run_keeps_none_and_text_beyond_ascii(tiny_run: Run, tiny_run_folder: Path):
    dataset = replace(tiny_run.info.dataset, name='Ziffern "μ"\n', class_names=("чёрный", "0"))
    columns = replace(tiny_run.codes.columns, labels=tiny_run.codes.label % 2)
    codes = replace(tiny_run.codes, columns=columns)
    write_codes(tiny_run_folder / "codes.npz", codes)
    info = replace(tiny_run.info, dataset=dataset, held_out=None, origin=replace(tiny_run.info.origin, limit=600))
    write_info(tiny_run_folder, info)
    assert open_run(tiny_run_folder).info == info


def test_a_run_can_be_moved(tiny_run: Run, tiny_run_folder: Path, tmp_path: Path):
    moved = tiny_run_folder.rename(tmp_path / "a name with spaces and ü")
    assert open_run(moved).info == tiny_run.info
    assert open_run(moved).folder == moved


def test_a_run_is_in_open_formats(tiny_run: Run):
    assert {str(file.relative_to(tiny_run.folder).as_posix()) for file in tiny_run.folder.rglob("*.*")} == {
        "run.toml",
        *FILES,
        *snapshot_files(tiny_run.folder),
    }
    content = read_toml(tiny_run.folder)
    assert content["format"] == 1
    assert content["config"]["preset"] == "dense"
    header = (tiny_run.folder / "history.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == (
        "epoch,loss,reconstruction_loss,kl_loss,val_loss,val_reconstruction_loss,val_kl_loss,seconds,learning_rate"
    )
    with np.load(tiny_run.folder / "codes.npz", allow_pickle=False) as file:
        assert set(file) == {"z_mean", "z_log_var", "label", "index", "split", "values"}


def test_a_run_says_what_it_was_trained_on(tiny_run: Run, digits: Dataset):
    assert tiny_run.info.dataset == digits.info
    assert digits.labels is not None
    np.testing.assert_array_equal(tiny_run.codes.label, digits.labels[tiny_run.codes.index])
    np.testing.assert_array_equal(tiny_run.sample.images, digits.images[tiny_run.sample.index])


def test_the_log_variances_keep_half_precision(tiny_run: Run, tmp_path: Path):
    exact = np.array([[-3.14159265, 2.71828183]], np.float32)
    number = np.zeros(1, np.int32)
    codes = Codes(exact, exact, no_columns(1), number.astype(np.int64), number.astype(np.uint8))
    write_codes(tmp_path / "codes.npz", codes)
    with np.load(tmp_path / "codes.npz") as file:
        np.testing.assert_array_equal(file["z_mean"], exact)
        np.testing.assert_allclose(file["z_log_var"], exact, rtol=2**-11)
        assert file["z_log_var"].dtype == np.float16


def test_no_file_stays_open(tiny_run_folder: Path):
    if not sys.platform.startswith("linux"):
        pytest.skip("lists open files by Linux's /proc")
    run = open_run(tiny_run_folder)
    opened = [str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
    assert run.info.name
    assert not [name for name in opened if name.startswith(str(tiny_run_folder))]


# Folders and files that are no runs


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


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
@pytest.mark.parametrize("name", FILES)
def test_a_file_with_one_changed_bit_is_named(tiny_run_folder: Path, name: str, share: float):
    content = bytearray((tiny_run_folder / name).read_bytes())
    content[int(share * len(content))] ^= 1
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


def test_a_folder_with_the_name_of_a_file_is_named(tiny_run_folder: Path):
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


WRONG_SETTINGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no format": lambda content: content.pop("format"),
    "format 0": lambda content: content.update(format=0),
    "format in words": lambda content: content.update(format="one"),
    "no name": lambda content: content.pop("name"),
    "no dataset": lambda content: content.pop("dataset"),
    "dataset no table": lambda content: content.update(dataset="mnist"),
    "no config": lambda content: content.pop("config"),
    "config no table": lambda content: content.update(config=3),
    "no latent_dim": lambda content: content["config"].pop("latent_dim"),
    "latent_dim 0": lambda content: content["config"].update(latent_dim=0),
    "latent_dim 65": lambda content: content["config"].update(latent_dim=65),
    "latent_dim in words": lambda content: content["config"].update(latent_dim="two"),
    "beta below 0": lambda content: content["config"].update(beta=-1.0),
    "beta not a number": lambda content: content["config"].update(beta=float("nan")),
    "unknown preset": lambda content: content["config"].update(preset="vgg"),
    "unknown setting": lambda content: content["config"].update(colour="red"),
    "learning_rate 0": lambda content: content["config"].update(learning_rate=0.0),
    "negative seed": lambda content: content["config"].update(seed=-1),
    "image of no size": lambda content: content["dataset"].update(image_shape=[0, 28, 1]),
    "image too large": lambda content: content["dataset"].update(image_shape=[28, 10**9, 1]),
    "image with two axes": lambda content: content["dataset"].update(image_shape=[28, 28]),
    "image with two channels": lambda content: content["dataset"].update(image_shape=[28, 28, 2]),
    "image in words": lambda content: content["dataset"].update(image_shape="28x28x1"),
    "held-out loss incomplete": lambda content: content["held_out"].pop("kl_loss"),
    "quality incomplete": lambda content: content["quality"].pop("kl_loss"),
    "quality in words": lambda content: content["quality"].update(code_variance="much"),
    "figure no table": lambda content: content["quality"].update(kl_loss=3.0),
    "unknown pixels": lambda content: content["config"].update(pixels="blue"),
    "no hashes": lambda content: content.pop("sha256"),
    "hashes no table": lambda content: content.update(sha256="none"),
}


@pytest.mark.parametrize("case", WRONG_SETTINGS)
def test_a_run_toml_with_wrong_settings_is_refused(tiny_run_folder: Path, case: str):
    edit_toml(tiny_run_folder, WRONG_SETTINGS[case])
    assert "run.toml" in refusal_of(tiny_run_folder)


WRONG_ARRAYS: dict[str, Callable[[Path], None]] = {
    "codes of another dimension": lambda folder: rewrite_arrays(folder / "codes.npz", z_mean=np.zeros((640, 3))),
    "one code too few": lambda folder: rewrite_arrays(folder / "codes.npz", z_mean=np.zeros((639, 2))),
    "one log-variance too few": lambda folder: rewrite_arrays(folder / "codes.npz", z_log_var=np.zeros((639, 2))),
    "one label too many": lambda folder: rewrite_arrays(folder / "codes.npz", label=np.zeros(641, int)),
    "labels beyond the classes": lambda folder: rewrite_arrays(folder / "codes.npz", label=np.full(640, 10)),
    "labels below none": lambda folder: rewrite_arrays(folder / "codes.npz", label=np.full(640, -2)),
    "codes that are no numbers": lambda folder: rewrite_arrays(folder / "codes.npz", z_mean=np.full((640, 2), np.nan)),
    "a split that is none": lambda folder: rewrite_arrays(folder / "codes.npz", split=np.full(640, 3)),
    "images of another size": lambda folder: rewrite_arrays(
        folder / "sample.npz", images=np.zeros((128, 28, 27, 1), np.uint8)
    ),
    "one image too many": lambda folder: rewrite_arrays(
        folder / "sample.npz", images=np.zeros((129, 28, 28, 1), np.uint8)
    ),
}


@pytest.mark.parametrize("case", WRONG_ARRAYS)
def test_arrays_of_wrong_shapes_are_refused_though_their_hashes_are_right(tiny_run_folder: Path, case: str):
    WRONG_ARRAYS[case](tiny_run_folder)
    rehash(tiny_run_folder)
    assert "arrays do not fit the shapes" in refusal_of(tiny_run_folder)


def _without_codes(folder: Path) -> None:
    np.savez_compressed(folder / "codes.npz", z_mean=np.zeros((640, 2)))


def _flipped_in_the_middle(folder: Path) -> None:
    content = bytearray((folder / "codes.npz").read_bytes())
    for position in range(1000, 1400):
        content[position] ^= 0xFF
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


# The folders of runs


def test_runs_go_to_the_users_data_folder(tmp_path: Path):
    if not sys.platform.startswith("linux"):
        pytest.skip("the fixture moves the user's folders by Linux's variables")
    assert runs_folder() == tmp_path / "home" / "xdg_data_home" / "vae-explorer" / "runs"


def test_a_new_run_gets_a_folder_of_its_own():
    first = new_run_folder("dense")
    assert first.parent == runs_folder()
    assert not first.exists()
    assert date.fromisoformat(first.name[:10]) <= date.today()
    assert first.name[10:] == "-dense"
    first.mkdir(parents=True)
    second = new_run_folder("dense")
    assert second.name == f"{first.name}-2"
    second.mkdir()
    assert new_run_folder("dense").name == f"{first.name}-3"


def test_a_word_names_a_folder_or_the_shipped_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert find_run("~/runs/a") == tmp_path / "runs" / "a"
    assert find_run("runs/a") == Path("runs/a")
    assert find_run("builtin") != Path("builtin")


def test_the_shipped_run_is_a_good_one_and_small():
    run = open_run(find_run("builtin"))
    assert run.info.origin.preset == "dense"
    assert run.info.held_out is not None
    assert run.info.held_out.negative_elbo < 140
    assert len(run.codes.index) == 70_000
    assert sum(file.stat().st_size for file in run.folder.rglob("*") if file.is_file()) < 10_000_000


def test_what_marks_a_run_is_its_run_toml(tiny_run_folder: Path):
    assert is_run(tiny_run_folder)
    (tiny_run_folder / "run.toml").unlink()
    assert not is_run(tiny_run_folder)


def test_a_shipped_file_that_is_missing_asks_for_a_new_installation():
    with pytest.raises(UserError, match=r"no-such-file\.npz is missing"):
        asset("no-such-file.npz")


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


def test_a_run_from_before_there_was_quality_opens(tiny_run: Run, tiny_run_folder: Path):
    def older(content: dict[str, Any]) -> None:
        del content["quality"], content["config"]["pixels"]
        content["pixels"] = "grey"

    edit_toml(tiny_run_folder, older)
    info = open_run(tiny_run_folder).info
    assert info.quality is None
    assert info == replace(tiny_run.info, quality=None)


def test_figures_that_are_not_finite_or_not_there_are_kept_so(tiny_run: Run, tiny_run_folder: Path):
    quality = tiny_run.info.quality
    assert quality is not None
    one = Figure(math.nan, None, 1)
    changed = replace(quality, negative_elbo=one, kl_by_dimension=(one, one), log_likelihood=None)
    write_info(tiny_run_folder, replace(tiny_run.info, quality=changed))
    again = open_run(tiny_run_folder).info.quality
    assert again is not None
    assert math.isnan(again.negative_elbo.value)
    assert again.negative_elbo.standard_error is None
    assert again.log_likelihood is None
    assert replace(again, negative_elbo=one, kl_by_dimension=(one, one)) == changed


def test_what_was_not_measured_is_none(tiny_run: Run):
    description = describe(replace(tiny_run, info=replace(tiny_run.info, held_out=None, quality=None)))
    assert set(description["quality"].values()) == {None}
    assert set(description["held_out"].values()) == {None}
    assert {"negative_elbo", "reconstruction_loss", "kl_loss", "images"} <= set(description["held_out"])
