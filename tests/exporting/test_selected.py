"""A selection as a table or a contact sheet, by the ending of the name."""

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_explorer.errors import UserError
from vae_explorer.exploring.errors import errors_of
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.exporting import contact_sheet
from vae_explorer.exporting.selected import write_selected
from vae_explorer.latent.posterior import posterior_kl
from vae_explorer.run.run import Run

ROWS = np.array([9, 2, 5])


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    return run_subject(tiny_run, None)


def test_npz_holds_what_is_known_without_pickles(subject: Subject, tmp_path: Path) -> None:
    path = tmp_path / "s.npz"
    assert write_selected(path, subject, ROWS) == "3 images"
    with np.load(path, allow_pickle=False) as found:
        np.testing.assert_array_equal(found["index"], subject.index[ROWS])
        np.testing.assert_array_equal(found["z"], subject.z_mean[ROWS])
        assert subject.z_log_var is not None
        np.testing.assert_array_equal(found["log_variance_z"], subject.z_log_var[ROWS])
        np.testing.assert_allclose(found["kl_nats"], posterior_kl(subject.z_mean, subject.z_log_var)[ROWS], rtol=1e-5)
        np.testing.assert_allclose(found["reconstruction_error"], errors_of(subject, ROWS))
        assert found["class"].tolist() == [subject.columns.class_of(row) for row in ROWS]
        assert set(found["split"].tolist()) <= {"training", "validation", "held-out"}


def test_csv_without_variances_leaves_their_columns_out(subject: Subject, tmp_path: Path) -> None:
    path = tmp_path / "S.CSV"
    write_selected(path, replace(subject, z_log_var=None), ROWS)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["name", "index", "z1", "z2", "class", "split", "reconstruction_error"]
    assert [row["name"] for row in rows] == [f"image {index}" for index in subject.index[ROWS]]


def test_a_picture_shows_the_images_at_hand(subject: Subject, tmp_path: Path) -> None:
    rows = np.concatenate([np.flatnonzero(subject.image_of >= 0)[:4], np.flatnonzero(subject.image_of < 0)[:1]])
    assert write_selected(tmp_path / "s.png", subject, rows).startswith("4 images, 16.0 x ")
    with Image.open(tmp_path / "s.png") as picture:
        assert picture.width == picture.height


def test_too_many_images_are_refused_before_they_are_read(
    subject: Subject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact_sheet, "MOST", 2)
    with pytest.raises(UserError, match="at most 2 images"):
        write_selected(tmp_path / "s.png", subject, np.flatnonzero(subject.image_of >= 0)[:3])


def test_another_ending_is_refused_and_nothing_is_written(subject: Subject, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="ends in one of"):
        write_selected(tmp_path / "s.txt", subject, ROWS)
    assert not list(tmp_path.glob("s.*"))
