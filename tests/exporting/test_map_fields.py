"""exporting/map_fields.py: the layers that say where the map can be trusted, in the picture of the map."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.classifier_file import brightness_classifier
from tests.picture_files import svg_texts
from vae_explorer.errors import UserError
from vae_explorer.exploring.classifying import open_classifier
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.exporting.figure import Paper, to_pixels, write_picture
from vae_explorer.exporting.map import MapOptions, class_map_colours, draw_map
from vae_explorer.exporting.map_layers import FIELDS
from vae_explorer.run.run import Run


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    return run_subject(tiny_run, None)


def drawn(subject: Subject | None, run: Run, *layers: str) -> Figure:
    codes, colours = run.codes, class_map_colours(run.info.dataset.class_names)
    options = MapOptions(layers=layers)
    return draw_map(codes.z_mean, codes.label, codes.split, colours, options, Paper(10, 100), subject=subject)


@pytest.mark.parametrize("layer", [name for name in FIELDS if name != "classifier"])
def test_each_layer_is_drawn_below_the_points(subject: Subject, tiny_run: Run, layer: str) -> None:
    without, figure = drawn(None, tiny_run, "points"), drawn(subject, tiny_run, layer, "points")
    shape = np.minimum(to_pixels(without).shape, to_pixels(figure).shape)[:2] // 2
    before, after = (to_pixels(one)[: shape[0], : shape[1]] for one in (without, figure))
    assert (before != after).mean() > 0.02


def test_the_legend_says_what_the_colours_and_the_lines_mean(subject: Subject, tiny_run: Run, tmp_path: Path) -> None:
    write_picture(tmp_path / "m.svg", lambda _: drawn(subject, tiny_run, "density", "error", "points"))
    texts = " | ".join(svg_texts(tmp_path / "m.svg"))
    for text in ("per unit of area", "50, 80, 95 % of the codes", "of the prior", "reconstruction error", "95 %"):
        assert text in texts


def test_a_layer_that_cannot_be_drawn_is_refused_with_the_reason(subject: Subject, tiny_run: Run) -> None:
    with pytest.raises(UserError, match=r"The layer roundtrip cannot be drawn: No encoder was imported\."):
        drawn(replace(subject, encoder=None, why_no_encoder="No encoder was imported."), tiny_run, "roundtrip")
    with pytest.raises(UserError, match="The layer density needs a run"):
        drawn(None, tiny_run, "density")


def test_the_regions_of_a_classifier_are_drawn_with_their_names(
    subject: Subject, tiny_run: Run, tmp_path: Path
) -> None:
    classifier = open_classifier(brightness_classifier(tmp_path / "c.onnx", (28, 28, 1)), subject)
    codes, colours = tiny_run.codes, class_map_colours(tiny_run.info.dataset.class_names)
    figure = draw_map(
        codes.z_mean, codes.label, codes.split, colours, MapOptions(layers=("classifier",)), Paper(10, 100),
        subject=subject, classifier=classifier,
    )  # fmt: skip
    write_picture(tmp_path / "m.svg", lambda _: figure)
    assert {"class 0", "class 1"} <= set(svg_texts(tmp_path / "m.svg"))
    with pytest.raises(UserError, match="The layer classifier needs a classifier"):
        drawn(subject, tiny_run, "classifier")
