"""The command `encode`, as it is typed."""

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.refusals import refused
from vae_explorer.cli.main import run_command
from vae_explorer.run.run import Run


@pytest.fixture
def picture(tiny_run: Run, tmp_path: Path) -> str:
    path = tmp_path / "größe 1.png"
    Image.fromarray(tiny_run.sample.images[0, ..., 0]).save(path)
    return str(path)


def test_codes_are_written_to_stdout_as_csv(tiny_run: Run, picture: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["encode", str(tiny_run.folder), picture]) == 0
    output = capfd.readouterr()
    [row] = csv.DictReader(io.StringIO(output.out))
    columns = "name z1 z2 variance_z1 variance_z2 class reconstruction_error kl_nats negative_elbo_nats"
    assert list(row) == columns.split()
    assert row["name"] == Path(picture).as_posix()
    assert row["class"] == ""
    assert 0 < float(row["reconstruction_error"]) < 1
    assert "28 x 28, cropped to its shape, in grey; values as" in output.err


def test_a_file_holds_the_same_as_csv_and_as_arrays(
    tiny_run: Run, picture: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for ending in ("csv", "npz"):
        out = tmp_path / f"codes.{ending}"
        assert run_command(["encode", str(tiny_run.folder), picture, "--out", str(out)]) == 0
        assert capfd.readouterr().out.startswith(f"Wrote {out} (1 images). Images are read as those of ")
    with (tmp_path / "codes.csv").open(encoding="utf-8", newline="") as file:
        [row] = csv.DictReader(file)
    with np.load(tmp_path / "codes.npz", allow_pickle=False) as arrays:
        assert arrays["z"].shape == arrays["variance_z"].shape == (1, 2)
        assert np.float32(row["z2"]) == arrays["z"][0, 1]
        assert np.float32(row["variance_z1"]) == arrays["variance_z"][0, 0]
        assert row["name"] == str(arrays["name"][0])


def test_damaged_files_are_listed(
    tiny_run: Run, picture: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.png").write_bytes(b"no image")
    assert run_command(["encode", str(tiny_run.folder), str(tmp_path / "bad.png"), picture]) == 0
    output = capfd.readouterr()
    assert len(output.out.splitlines()) == 2
    assert "bad.png: damaged" in output.err


def test_what_cannot_be_encoded_is_refused(
    tiny_run: Run, picture: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    run = str(tiny_run.folder)
    assert "no data set" in refused(capfd, "encode", run, str(tmp_path / "gone.png"))
    assert "ends in .csv or .npz" in refused(capfd, "encode", run, picture, "--out", str(tmp_path / "codes.txt"))
    page = tmp_path / "page.html"
    assert run_command(["html", run, "--out", str(page)]) == 0
    capfd.readouterr()
    assert "cannot encode images: a page holds no encoder" in refused(capfd, "encode", str(page), picture)
