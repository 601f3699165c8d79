"""run/writing.py: what is on disk after a training."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.run.run_files import read_toml
from vae_explorer.data.dataset import Dataset
from vae_explorer.run.arrays import Codes, Sample, write_arrays
from vae_explorer.run.history import write_history
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import CONVERTED, FILES, is_run
from vae_explorer.run.run import Run
from vae_explorer.run.snapshots import snapshot_files
from vae_explorer.run.writing import write_info


def test_a_run_is_read_back_as_it_was_written(tiny_run: Run, tmp_path: Path):
    folder = tmp_path / "again"
    shutil.copytree(tiny_run.folder / "model", folder / "model")
    write_history(folder / "history.csv", tiny_run.history)
    write_arrays(folder / "codes.npz", tiny_run.codes)
    write_arrays(folder / "sample.npz", tiny_run.sample)
    write_info(folder, tiny_run.info)
    again = open_run(folder)
    assert again.info == tiny_run.info
    assert again.history == tiny_run.history
    assert again.decoder == tiny_run.decoder == (folder / "model/decoder.tflite").read_bytes()
    assert again.encoder == tiny_run.encoder == (folder / "model/encoder.tflite").read_bytes()
    for name in Codes.__slots__:
        np.testing.assert_array_equal(getattr(again.codes, name), getattr(tiny_run.codes, name))
    for name in Sample.__slots__:
        np.testing.assert_array_equal(getattr(again.sample, name), getattr(tiny_run.sample, name))


FIELDS = dict(zip(CONVERTED, ("encoder", "decoder", "lowered"), strict=True))


@pytest.mark.parametrize("name", CONVERTED)
def test_a_run_is_written_without_a_model_that_could_not_be_converted(tiny_run: Run, tiny_run_folder: Path, name: str):
    (tiny_run_folder / name).unlink()
    write_info(tiny_run_folder, tiny_run.info)
    assert name not in read_toml(tiny_run_folder)["sha256"]
    assert getattr(open_run(tiny_run_folder), FIELDS[name]) is None


@pytest.mark.parametrize("name", [name for name in FILES if name not in CONVERTED])
def test_a_run_is_not_written_without_any_other_file(tiny_run: Run, tiny_run_folder: Path, name: str):
    for path in (name, "run.toml"):
        (tiny_run_folder / path).unlink()
    with pytest.raises(FileNotFoundError):
        write_info(tiny_run_folder, tiny_run.info)
    assert not is_run(tiny_run_folder)


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
