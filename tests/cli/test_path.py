"""The command `path`, as it is typed."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.cli.refusals import refused
from vae_explorer.cli.main import run_command
from vae_explorer.latent.curves import along
from vae_explorer.run.run import Run


@pytest.mark.parametrize("kind", ["straight", "spherical", "data", "geodesic", "supported"])
def test_each_kind_leads_from_one_code_to_the_other(tiny_run: Run, tmp_path: Path, kind: str) -> None:
    first, last = (str(tiny_run.codes.index[row]) for row in (3, 4))
    strip, table = tmp_path / "strip.png", tmp_path / "path.npz"
    words = ["path", str(tiny_run.folder), "--from", first, "--to", last, "--kind", kind, "--count", "5"]
    assert run_command([*words, "--out", str(strip), "--out", str(table)]) == 0
    with np.load(table) as found:
        np.testing.assert_allclose(found["z"][[0, -1]], tiny_run.codes.z_mean[[3, 4]], atol=1e-5)
        assert (np.diff(found["way_in_z"]) > 0).all()
    with Image.open(strip) as picture:
        assert 4 < picture.width / picture.height < 6


def test_a_table_leads_the_same_way_again_and_films_are_written(tiny_run: Run, tmp_path: Path) -> None:
    run, first, second = str(tiny_run.folder), tmp_path / "a.csv", tmp_path / "b.csv"
    words = ["path", run, "--from=-1,0", "--via", "0,1", "--to", "1,0", "--kind", "spherical", "--equal", "image"]
    assert run_command([*words, "--out", str(first)]) == 0
    films = [tmp_path / f"film{ending}" for ending in (".gif", ".mp4")]
    outs = [word for out in (second, *films) for word in ("--out", str(out))]
    assert run_command(["path", run, "--path", str(first), "--equal", "image", *outs]) == 0
    assert first.read_text() == second.read_text()
    with Image.open(films[0]) as film:
        assert film.size == (280, 280)
        assert film.n_frames > 100
    assert films[1].stat().st_size > 1000


def test_geodesics_of_real_decoders_are_no_longer_than_lines_in_images(
    tiny_run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    from vae_explorer.exploring.paths import Data, find_path
    from vae_explorer.model.decoder import run_decoder

    decoder, codes = run_decoder(tiny_run), tiny_run.codes.z_mean
    data = Data(codes)
    for start in range(0, 10, 2):
        anchors = codes[start : start + 2]
        straight, shortest = (find_path(kind, anchors, decoder, data) for kind in ("straight", "geodesic"))
        assert shortest.in_image[-1] <= straight.in_image[-1] * (1 + 1e-6)
        even = np.diff(along(decoder(shortest.points(6, "image")).reshape(6, -1)))
        assert even.max() < 1.3 * even.min()


def test_what_cannot_be_is_explained(tiny_run: Run, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    words = ["path", str(tiny_run.folder), "--from", "0,0", "--to", "1,1", "--out"]
    assert "ends in one of" in refused(capfd, *words, str(tmp_path / "a.txt"))
    assert "leave out --from" in refused(capfd, *words, str(tmp_path / "a.png"), "--path", "a.csv")
    assert "--path FILE" in refused(capfd, "path", str(tiny_run.folder), "--out", str(tmp_path / "a.png"))
    words[3] = "1,2,3"
    assert "neither a latent code of the run" in refused(capfd, *words, str(tmp_path / "a.png"))
