"""exporting/around.py: the picture of what is decoded around a code, read back."""

from pathlib import Path

import numpy as np

from tests.picture_files import svg_images, svg_texts
from vae_explorer.exploring.around import Surroundings, Wanted
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exporting.around import STYLE, draw_around
from vae_explorer.exporting.figure import Paper, write_picture
from vae_explorer.exporting.sheet import tile
from vae_explorer.run.run import Run


def test_it_has_a_row_for_each_direction_and_a_column_for_each_step(tiny_run: Run, tmp_path: Path) -> None:
    around = Surroundings(run_subject(tiny_run, None)).look(np.zeros(2, np.float32), Wanted("change", "image"))
    write_picture(tmp_path / "around.svg", lambda _: draw_around(around, Paper()))
    assert {"change 1", "change 2", "−2", "−1", "0", "+1", "+2"} <= set(svg_texts(tmp_path / "around.svg"))
    [picture] = svg_images(tmp_path / "around.svg")
    sheet = tile(around.images, STYLE)
    enlarged = picture.shape[0] // sheet.shape[0]
    np.testing.assert_array_equal(picture[::enlarged, ::enlarged, :3][: sheet.shape[0], : sheet.shape[1]], sheet)
