"""exporting/origin.py: the metadata of exported files, read back, and the names that are proposed for them."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from vae_explorer.cli.main import run_command
from vae_explorer.exporting.film import write_frames
from vae_explorer.exporting.origin import SOFTWARE, Origin, file_name, place_text
from vae_explorer.latent.plane import chosen_plane
from vae_explorer.run.run import Run

ORIGIN = Origin("Zahlen über 日本: decoded grid", "a\nname with \udcff bytes")
DUBLIN = "{http://purl.org/dc/elements/1.1/}"


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_a_picture_tells_of_which_run_it_is(tiny_run: Run, tmp_path: Path, ending: str) -> None:
    out = tmp_path / f"p{ending}"
    assert run_command(["grid", str(tiny_run.folder), "--out", str(out), "--size", "2", "--dpi", "50"]) == 0
    if ending == ".png":
        with Image.open(out) as picture:
            told = picture.info["Title"], picture.info["Description"], picture.info["Software"]
    elif ending == ".svg":
        root = ElementTree.parse(out)
        told = tuple(
            " ".join(next(root.iter(DUBLIN + name)).itertext()) for name in ("title", "description", "creator")
        )
    else:
        about = PdfReader(out).metadata
        assert about is not None
        told = about.title, about.subject, about.creator
    assert told[0] == "tiny: decoded grid"
    assert told[1].startswith("tiny: MNIST-512, dense, 2 latent dimensions")
    assert SOFTWARE in told[2]
    assert str(tiny_run.folder).encode() not in out.read_bytes()


@pytest.mark.parametrize("ending", [".gif", ".mp4"])
def test_a_film_tells_of_which_run_it_is_in_any_script(tmp_path: Path, ending: str) -> None:
    frames = [np.full((64, 64, 3), level, np.uint8) for level in (0, 90, 200)]
    write_frames(tmp_path / f"f{ending}", iter(frames), 10, 3, frames, ORIGIN)
    if ending == ".gif":
        with Image.open(tmp_path / "f.gif") as film:
            told = film.info["comment"].decode()
    else:
        with av.open(str(tmp_path / "f.mp4")) as film:
            told = str(film.metadata)
    assert "Zahlen über 日本: decoded grid" in told
    assert "a name with   bytes" in told


@pytest.mark.parametrize(
    ("run", "name"),
    [
        ("mnist-dense", "mnist-dense_grid.png"),
        ("日本 é", "日本 é_grid.png"),
        ('a/b\\c: "d"?\n', "a-b-c- -d--_grid.png"),
        ("..", "run_grid.png"),
        ("x" * 300, "x" * 80 + "_grid.png"),
    ],
)
def test_names_can_be_written_on_every_system(run: str, name: str) -> None:
    assert file_name(run, "grid", ".png") == name


def test_places_are_written_with_points_and_those_of_many_dimensions_in_the_plane() -> None:
    codes = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    assert place_text(np.array([0.714, -0.001], np.float32), chosen_plane((1, 2), codes[:, :2])) == "z=0.71,0.00"
    code = np.arange(8, dtype=np.float32) - 2
    assert place_text(code, chosen_plane((3, 8), codes, code)) == "z3=0.00,z8=5.00"
    assert place_text(code, chosen_plane("pca", codes, code)).startswith("PC1=")
