"""Runs and a page of an earlier version can be opened, resumed and trained further."""

import json
import shutil
import tarfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from vae_explorer.data.dataset import Dataset
from vae_explorer.data.reading import load_dataset
from vae_explorer.model.decoder import run_decoder
from vae_explorer.run.folder import is_unfinished
from vae_explorer.run.opening import describe
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.snapshots import snapshot_epochs
from vae_explorer.training.further import further_config
from vae_explorer.training.start import resume, train_further

ARCHIVE = Path(__file__).with_name("files.tar.xz")
LOSSES = ("loss", "reconstruction_loss", "kl_loss", "val_loss", "val_reconstruction_loss", "val_kl_loss")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The extracted archive. Tests must not change it."""
    folder = tmp_path_factory.mktemp("compatibility")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def images(files: Path) -> Dataset:
    return load_dataset(str(files / "images.npz"))


def printed(files: Path, name: str) -> dict[str, Any]:
    """What `info --json` of the earlier version printed."""
    found: dict[str, Any] = json.loads((files / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _kept(now: Any, earlier: Any) -> Any:
    """What is said now, without the fields that the earlier version did not have."""
    if not (isinstance(now, dict) and isinstance(earlier, dict)):
        return now
    return {name: _kept(value, earlier[name]) for name, value in now.items() if name in earlier}


@pytest.mark.parametrize("name", ["trained", "imported", "page.html"])
def test_it_opens_and_is_described_as_by_the_earlier_version(files: Path, name: str) -> None:
    run = open_run_or_page(files / name)
    now, earlier = json.loads(json.dumps(describe(run))), printed(files, name)
    assert _kept(now, earlier) | {"folder": ""} == earlier | {"folder": ""}


@pytest.mark.parametrize("name", ["trained", "imported", "page.html"])
def test_it_decodes_as_in_the_earlier_version(files: Path, name: str) -> None:
    decoder = run_decoder(open_run_or_page(files / name))
    with np.load(files / "decoded.npz") as decoded:
        np.testing.assert_allclose(decoder(decoded["codes"]), decoded[name], rtol=0, atol=1e-5)


def test_the_page_holds_the_points_and_examples_of_the_run(files: Path) -> None:
    page, run = open_run_or_page(files / "page.html"), open_run_or_page(files / "trained")
    assert len(page.codes.index) == 100
    np.testing.assert_allclose(page.codes.z_mean, run.codes.z_mean[page.codes.index], rtol=0, atol=1e-6)
    assert page.sample.images.shape[1:] == (20, 16, 1)
    assert len(page.sample.images)


@pytest.mark.long
def test_a_training_that_was_cut_off_ends_as_if_it_had_not_been(files: Path, images: Dataset, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(files / "interrupted", tmp_path / "interrupted"))
    assert is_unfinished(folder)
    run = resume(folder, images)
    assert run is not None
    before, now = printed(files, "whole"), describe(run)
    assert [now[name] for name in ("status", "epochs", "steps", "best_epoch")] == [
        before[name] for name in ("status", "epochs", "steps", "best_epoch")
    ]
    for name in LOSSES:
        expected = [record[name] for record in before["history"]]
        np.testing.assert_allclose([record[name] for record in now["history"]], expected, rtol=1e-3)


@pytest.mark.long
def test_a_run_is_trained_further(files: Path, images: Dataset, tmp_path: Path) -> None:
    before = open_run_or_page(files / "trained")
    run = train_further(before, further_config(before, 1), tmp_path / "further", images)
    assert run is not None
    assert run.history[:2] == before.history
    assert run.info.epochs == 3
    assert run.history[2].reconstruction_loss < before.history[1].reconstruction_loss
    assert snapshot_epochs(run.folder) == (0, 1, 2, 3)
