"""exporting/script.py: the scripts run by themselves, and draw what the program draws."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.imported_files import onnx_conditional, onnx_decoder
from vae_explorer.array_types import Bytes
from vae_explorer.errors import UserError
from vae_explorer.exporting.grid import GridOptions, decode_grid
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.exporting.script import grid_script, image_script, path_script
from vae_explorer.latent.plane import axes_plane
from vae_explorer.model.decoder import as_pixels, run_decoder
from vae_explorer.run.page import open_run_or_page
from vae_explorer.run.run import Run
from vae_explorer.training.importing import find_model, write_model

CODES = np.random.default_rng(0).normal(size=(11, 3)).astype(np.float32)


def pictures(folder: Path, *scripts: str) -> None:
    """Run the scripts in a Python that may not import this program."""
    forbid = "import sys\nsys.modules['vae_explorer'] = None\n"
    for number, script in enumerate(scripts):
        (folder / f"{number}.py").write_text(script, encoding="utf-8")
    paths = [str(folder / f"{number}.py") for number in range(len(scripts))]
    run = f"{forbid}import runpy\nfor path in {paths!r}: runpy.run_path(path)\n"
    done = subprocess.run([sys.executable, "-c", run], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def levels(path: Path) -> Bytes:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def check(folder: Path, run: Run, label: int | None = None) -> None:
    """All three scripts give the picture of the program within one of 256 levels."""
    latent_dim = run.info.latent_dim
    plane = axes_plane((2, 1), latent_dim).through(CODES[0, :latent_dim])
    options, codes = GridOptions(size=4, plane=plane), CODES[:, :latent_dim]
    pictures(folder, image_script(run, codes[0], label), grid_script(run, options, label),
             path_script(run, codes, label))  # fmt: skip
    decoder = run_decoder(run, label)
    grid = np.concatenate([np.concatenate(row, axis=1) for row in decode_grid(decoder, options)])
    for name, expected in (
        ("image", as_pixels(decoder(codes[:1]))[0]),
        ("grid", grid),
        ("path", np.concatenate(as_pixels(decoder(codes)), axis=1)),
    ):
        found = levels(folder / f"{name}.png").astype(int)
        assert np.abs(found - expected.astype(int)).max() <= 1, name


@pytest.mark.parametrize(
    ("shape", "last", "batch"),
    [((3, 16, 20), "Tanh", 4), pytest.param((1, 16, 16), "Sigmoid", "n", marks=pytest.mark.long)],
)
def test_of_an_onnx_decoder(tmp_path: Path, shape: tuple[int, int, int], last: str, batch: str | int) -> None:
    (tmp_path / "d.onnx").write_bytes(onnx_decoder(latent_dim=3, shape=shape, last=last, batch=batch))
    check(tmp_path, write_model(find_model(tmp_path / "d.onnx"), tmp_path / "run"))


@pytest.mark.parametrize("label", ["index", pytest.param("one-hot", marks=pytest.mark.long)])
def test_of_a_class_of_a_conditional_decoder(tmp_path: Path, label: str) -> None:
    (tmp_path / "d.onnx").write_bytes(onnx_conditional(label, latent_dim=3, single=label == "index"))
    check(tmp_path, write_model(find_model(tmp_path / "d.onnx"), tmp_path / "run"), label=7)


@pytest.mark.long
def test_of_a_trained_decoder(tmp_path: Path, tiny_run: Run) -> None:
    check(tmp_path, tiny_run)


def test_a_page_has_no_network_for_a_script(tmp_path: Path, tiny_run: Run) -> None:
    write_page(tiny_run, tmp_path / "page.html")
    with pytest.raises(UserError, match="open the run from which it was exported"):
        image_script(open_run_or_page(tmp_path / "page.html"), CODES[0, :2])


def test_a_name_cannot_end_the_text_that_it_stands_in(tmp_path: Path, tiny_run: Run) -> None:
    from dataclasses import replace

    named = replace(tiny_run, info=replace(tiny_run.info, name='a"""\nimport os\\'))
    compile(image_script(named, CODES[0, :2]), "script", "exec")
    assert "\nimport os\\" not in image_script(named, CODES[0, :2])
