"""exporting/map_script.py: the script of the map runs by itself, and draws what the export of the map draws."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_explorer.data.columns import Columns
from vae_explorer.errors import UserError
from vae_explorer.exploring.colouring import by_class, by_cluster, by_value
from vae_explorer.exporting.figure import Paper, to_pixels
from vae_explorer.exporting.map import MapOptions, draw_map, map_colours
from vae_explorer.exporting.map_layers import MOST_VECTORS
from vae_explorer.exporting.map_script import ShownMap, map_script
from vae_explorer.latent.plane import chosen_plane
from vae_explorer.run.arrays import Codes, write_codes
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InFolder, InPage

PAPER = Paper(7, 100)
NAMES = ("cost $x_1$", 'a "b" \\', "\u05d0")
ROWS = np.arange(300)


def made(folder: Path, latent_dim: int, count: int = len(ROWS)) -> Run:
    """The shipped run with other codes, which lie in a file in the folder; each fifth image has no class."""
    generator = np.random.default_rng(0)
    rows = np.arange(count)
    z = generator.normal(size=(count, latent_dim)).astype(np.float32)
    values = np.where(rows % 7 > 0, z[:, 0], np.nan).astype(np.float32)[:, None]
    columns = Columns((rows % 5 % 4 - (rows % 5 == 4)).astype(np.int32) % 4 - 1, NAMES, values, ("age",))
    codes = Codes(z, np.zeros_like(z), columns, rows, (rows % 3).astype(np.uint8))
    folder.mkdir()
    write_codes(folder / "codes.npz", codes)
    return replace(open_run(find_run(BUILTIN)), codes=codes, storage=InFolder(folder))


def shown_maps(folder: Path) -> dict[str, tuple[Run, ShownMap]]:
    flat, deep, thin = (made(folder / str(dim), dim) for dim in (2, 4, 1))
    many = made(folder / "many", 2, MOST_VECTORS + 1000)
    by_age = by_value("age", deep.codes.columns.value("age"))
    classes, of_many = (by_class(run.codes.label, NAMES) for run in (flat, many))
    in_hundreds = by_cluster((ROWS // 100).astype(np.int32))
    across, z = chosen_plane((1, 2), many.codes.z_mean), chosen_plane((2, 1), flat.codes.z_mean)
    hidden = frozenset({-1, 1})
    return {
        "some": (flat, ShownMap(z, classes, ("points", "prior"), 2, hidden)),
        "column": (deep, ShownMap(chosen_plane("pca", deep.codes.z_mean), by_age)),
        "clusters": (thin, ShownMap(chosen_plane((1, 2), thin.codes.z_mean), in_hundreds)),
        "many": (many, ShownMap(across, of_many)),
    }


def test_the_scripts_draw_what_the_export_draws(tmp_path: Path) -> None:
    maps = shown_maps(tmp_path)
    for name, (run, shown) in maps.items():
        (tmp_path / f"{name}.py").write_text(map_script(run, shown, PAPER), encoding="utf-8")
    run_all = (
        "import os, runpy, sys\nsys.modules['vae_explorer'] = None\n"
        f"for name in {list(maps)}: runpy.run_path(name + '.py'); os.rename('map.png', name + '.png')\n"
    )
    done = subprocess.run([sys.executable, "-c", run_all], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for name, (run, shown) in maps.items():
        codes, style = run.codes, shown.colouring.style
        rows = ~np.isin(style, list(shown.hidden)) & (shown.split is None or codes.split == shown.split)
        options = MapOptions(shown.plane, layers=shown.layers)
        expected = to_pixels(draw_map(
            codes.z_mean[rows], style[rows], codes.split[rows], map_colours(shown.colouring), options, PAPER
        )).astype(int)  # fmt: skip
        with Image.open(tmp_path / f"{name}.png") as picture:
            found = np.asarray(picture.convert("RGB")).astype(int)
        assert found.shape == expected.shape, name
        assert (expected < 128).any(), name
        assert np.abs(found - expected).max() <= 1, name


def test_only_what_is_in_no_file_of_the_run_is_in_the_script(tmp_path: Path) -> None:
    for name, (run, shown) in shown_maps(tmp_path).items():
        assert ("b85decode" in map_script(run, shown)) == (name == "clusters")


def test_the_handle_is_marked(tmp_path: Path) -> None:
    run, shown = shown_maps(tmp_path)["some"]
    assert "axes.plot(*[0.5, -1.25], " in map_script(run, replace(shown, handle=(0.5, -1.25)))


def test_without_points_and_of_a_page_there_is_no_script(tmp_path: Path) -> None:
    run, shown = shown_maps(tmp_path)["some"]
    with pytest.raises(UserError, match="No points are shown"):
        map_script(run, replace(shown, hidden=frozenset(range(-1, 3))))
    with pytest.raises(UserError, match="open the run from which it was exported"):
        map_script(replace(run, storage=InPage(tmp_path / "page.html")), shown)
