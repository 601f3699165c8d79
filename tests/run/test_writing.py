"""run/writing.py: what is on disk after a training; run.toml comes last, so that what is cut off is no run."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.run.run_files import read_toml
from vae_explorer.data.dataset import Dataset
from vae_explorer.errors import UserError
from vae_explorer.progress import LeftError
from vae_explorer.run import writing
from vae_explorer.run.arrays import Sample, write_codes, write_sample
from vae_explorer.run.folder import new_run
from vae_explorer.run.history import write_history
from vae_explorer.run.info import RunInfo
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import CONVERTED, ERRORS, FILES, is_run
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_files
from vae_explorer.run.writing import Contents, write_info, write_run


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


def test_a_run_is_in_open_formats(tiny_run: Run):
    assert {str(file.relative_to(tiny_run.folder).as_posix()) for file in tiny_run.folder.rglob("*.*")} - {ERRORS} == {
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


def contents(run: Run) -> Contents:
    return Contents(run.codes, run.sample, run.history)


def networks_of(run: Run, folder: Path) -> Callable[[], None]:
    return lambda: shutil.copytree(run.folder / "model", folder / "model") and None


def test_what_is_written_is_the_run_that_opens(tiny_run: Run, tmp_path: Path) -> None:
    run = write_run(tmp_path, contents(tiny_run), networks_of(tiny_run, tmp_path), lambda: tiny_run.info)
    assert run.info == tiny_run.info
    assert run.history == tiny_run.history
    assert (run.codes.z_mean == tiny_run.codes.z_mean).all()


def test_all_other_files_are_there_when_the_run_is_described(tiny_run: Run, tmp_path: Path) -> None:
    seen: set[str] = set()

    def described() -> RunInfo:
        seen.update(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
        return tiny_run.info

    write_run(tmp_path, contents(tiny_run), networks_of(tiny_run, tmp_path), described)
    assert {"codes.npz", "sample.npz", "history.csv", "model/encoder.keras", "model/decoder.keras"} <= seen
    assert "run.toml" not in seen


@pytest.mark.parametrize("error", [LeftError, KeyboardInterrupt, OSError])
@pytest.mark.parametrize(
    "step",
    ["write_codes", "write_sample", "write_networks", "write_history", "described", "check_shapes", "write_info"],
)
def test_a_run_that_is_cut_off_leaves_nothing(
    tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: type[BaseException]
) -> None:
    reached = []

    def end(*_: object) -> None:
        reached.append(step)
        raise error

    steps = {"write_networks": networks_of(tiny_run, tmp_path / "run"), "described": lambda: tiny_run.info}
    if step in steps:
        steps[step] = end  # type: ignore[assignment]
    else:
        monkeypatch.setattr(writing, step, end)
    with pytest.raises(error), new_run(tmp_path / "run", overwrite=False) as folder:
        write_run(folder, contents(tiny_run), **steps)  # type: ignore[arg-type]
    assert reached == [step]
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


def test_arrays_that_do_not_fit_make_no_run(tiny_run: Run, tmp_path: Path) -> None:
    one_short = replace(tiny_run.codes, z_mean=tiny_run.codes.z_mean[1:])
    with pytest.raises(UserError, match="arrays do not fit"):
        write_run(
            tmp_path,
            replace(contents(tiny_run), codes=one_short),
            networks_of(tiny_run, tmp_path),
            lambda: tiny_run.info,
        )
    assert not (tmp_path / "run.toml").exists()
