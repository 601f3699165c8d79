"""The command `select`, as it is typed."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.refusals import refused
from vae_explorer.cli.main import run_command
from vae_explorer.exploring.errors import errors_of
from vae_explorer.exploring.opening import run_subject
from vae_explorer.run.places import ERRORS
from vae_explorer.run.run import Run, sample_image_of


def selected(capfd: pytest.CaptureFixture[str], *words: str) -> tuple[list[dict[str, str]], str]:
    """The rows on stdout, and stderr."""
    assert run_command(["select", *words]) == 0
    output = capfd.readouterr()
    return list(csv.DictReader(io.StringIO(output.out))), output.err


def test_images_near_a_code_are_listed_with_their_distances(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    rows, _ = selected(capfd, str(tiny_run.folder), "--near=-0.5,0.25", "--k", "5")
    columns = "name index z1 z2 class split reconstruction_error log_variance_z1 log_variance_z2 kl_nats distance group"
    assert list(rows[0]) == columns.split()
    distances = np.linalg.norm(tiny_run.codes.z_mean - [-0.5, 0.25], axis=1)
    nearest = np.argsort(distances)[:5]
    assert [int(row["index"]) for row in rows] == tiny_run.codes.index[nearest].tolist()
    np.testing.assert_allclose([float(row["distance"]) for row in rows], distances[nearest], rtol=1e-4)
    assert [row["class"] for row in rows] == [tiny_run.codes.columns.class_of(row) for row in nearest.tolist()]


def test_the_code_may_be_that_of_an_image(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    index = str(tiny_run.codes.index[5])
    rows, _ = selected(capfd, str(tiny_run.folder), "--near", f"image {index}")
    assert len(rows) == 8
    assert (rows[0]["name"], rows[0]["index"], rows[0]["distance"]) == (f"image {index}", index, "0.0")


def test_a_class_narrows_what_is_selected(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    alone, _ = selected(capfd, str(tiny_run.folder), "--class", "7")
    assert len(alone) == (tiny_run.codes.label == 7).sum()
    near, _ = selected(capfd, str(tiny_run.folder), "--class", "7", "--near", "0,0")
    assert {row["class"] for row in (*alone, *near)} == {"7"}


def test_the_sparsest_are_the_farthest_from_other_codes(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    rows, _ = selected(capfd, str(tiny_run.folder), "--sparsest", "4")
    apart = np.linalg.norm(tiny_run.codes.z_mean[:, None] - tiny_run.codes.z_mean, axis=2)
    np.fill_diagonal(apart, np.inf)
    expected = np.sort(apart.min(axis=1))[::-1][:4]
    np.testing.assert_allclose([float(row["distance"]) for row in rows], expected, rtol=1e-4)


def test_without_the_data_set_the_worst_are_those_of_the_sample(
    tiny_run_folder: Path, tiny_run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    (tiny_run_folder / ERRORS).unlink(missing_ok=True)  # another test may have measured all
    rows, said = selected(capfd, str(tiny_run_folder), "--worst", "3")
    errors = errors_of(run_subject(tiny_run, None), np.arange(len(tiny_run.codes.index)))
    expected = np.sort(errors[np.isfinite(errors)])[::-1][:3]
    np.testing.assert_allclose([float(row["reconstruction_error"]) for row in rows], expected, rtol=1e-4)
    assert f"known of {np.isfinite(errors).sum()} of {len(errors)} images only" in said
    assert "The data set was not read" in said


def test_a_contact_sheet_shows_the_images_of_the_sample_and_says_how_many_are_missing(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "sheet.png"
    words = ["select", str(tiny_run.folder), "--class", "7", "--out", str(out), "--out", str(tmp_path / "s.csv")]
    assert run_command(words) == 0
    of_class = tiny_run.codes.label == 7
    shown = int((of_class & (sample_image_of(tiny_run) >= 0)).sum())
    output = capfd.readouterr()
    assert f"Wrote {out} ({shown} images, 16.0 x " in output.out
    assert f"{of_class.sum() - shown} of the {of_class.sum()} images are missing" in output.err
    with Image.open(out) as picture:
        assert picture.width == 1890
    assert len((tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()) == of_class.sum() + 1


def test_a_reconstruction_is_never_shown_for_an_image_that_is_missing(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    row = int(np.flatnonzero(sample_image_of(tiny_run) < 0)[0])
    words = ["--near", f"image {tiny_run.codes.index[row]}", "--k", "1", "--out", str(tmp_path / "sheet.png")]
    assert "no image to show on a contact sheet" in refused(capfd, "select", str(tiny_run.folder), *words)
    assert not (tmp_path / "sheet.png").exists()


def test_with_the_data_set_no_image_is_missing(
    tiny_run: Run, npz: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["--class", "7", "--dataset", str(npz), "--out", str(tmp_path / "sheet.png")]
    assert run_command(["select", str(tiny_run.folder), *words]) == 0
    output = capfd.readouterr()
    assert output.err == ""
    assert f"({(tiny_run.codes.label == 7).sum()} images, " in output.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "give --near, --worst, --sparsest, --class or --group"),
        (["--class", "7", "--k", "3"], "give --near, too"),
        (["--class", "ten"], "no class 'ten': choose 0, 1"),
        (["--near", "1,2,3"], "'1,2,3' is neither a latent code of the run, 2 numbers"),
        (["--near", "nan,0"], "neither a latent code"),
        (["--class", "7", "--out", "s.txt"], "ends in one of .csv, .npz, .png, .svg, .pdf"),
        (["--class", "7", "--dataset", "gone"], "no data set 'gone'"),
    ],
)
def test_what_cannot_be_selected_is_refused(
    tiny_run: Run, capfd: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    assert sentence in refused(capfd, "select", str(tiny_run.folder), *words)


@pytest.mark.parametrize("words", [["--worst", "0"], ["--worst", "2", "--sparsest", "2"], ["--near", "0,0", "--k=-1"]])
def test_wrong_usage_of_select(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run_command(["select", "builtin", *words])
    assert end.value.code == 2
