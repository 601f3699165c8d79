"""exporting/map.py: few points are drawn as shapes, many as an image, and classes are in a legend."""

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure

from tests.picture_files import pdf_images, pdf_text, svg_images, svg_shapes, svg_texts
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import Paper, to_pixels, write_picture
from vae_explorer.exporting.map import MapOptions, class_map_colours, draw_map
from vae_explorer.exporting.map_layers import MOST_VECTORS
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.latent.plane import axes_plane

NAMES = ("cost $x_1$", "<b> & co", "a very long name that goes on and on " * 20)
COLOURS, PLAIN = class_map_colours(NAMES), class_map_colours(())


def codes(count: int, latent_dim: int = 2) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """z_mean, label and split: each class has a region of its own."""
    generator = np.random.default_rng(0)
    label = (np.arange(count) % 3).astype(np.int32)
    z_mean = generator.normal(0, 0.3, (count, latent_dim)).astype(np.float32)
    z_mean[:, 0] += 3 * (label - 1)
    return z_mean, label, (np.arange(count) % 7 == 0).astype(np.uint8) * 2


def drawn(count: int, paper: Paper | None = None, options: MapOptions | None = None, latent_dim: int = 2) -> Figure:
    return draw_map(*codes(count, latent_dim), COLOURS, options or MapOptions(), paper or Paper(10, 150))


@pytest.mark.long
def test_up_to_ten_thousand_points_are_shapes(tmp_path: Path) -> None:
    for name in ("m.svg", "m.pdf"):
        write_picture(tmp_path / name, lambda _: drawn(MOST_VECTORS))
    assert svg_images(tmp_path / "m.svg") == []
    assert svg_shapes(tmp_path / "m.svg", "use") >= MOST_VECTORS
    assert pdf_images(tmp_path / "m.pdf") == []


def test_more_points_are_one_image_at_the_resolution_of_the_paper(tmp_path: Path) -> None:
    for name in ("m.svg", "m.pdf"):
        write_picture(tmp_path / name, lambda _: drawn(MOST_VECTORS + 1))
    [image] = svg_images(tmp_path / "m.svg")
    assert svg_shapes(tmp_path / "m.svg", "path") + svg_shapes(tmp_path / "m.svg", "use") < 100
    [in_pdf] = pdf_images(tmp_path / "m.pdf")
    assert image.shape == in_pdf.shape
    axes = drawn(MOST_VECTORS + 1).axes[0]
    assert image.shape[1] == pytest.approx(axes.bbox.width, abs=1)


@pytest.mark.parametrize("count", [3000, 30_000])
def test_classes_lie_where_their_codes_do_in_their_colours(count: int) -> None:
    figure = drawn(count)
    pixels = to_pixels(figure).astype(int)
    axes = figure.axes[0]
    for position, colour in enumerate(as_rgb(class_colours(3))):
        x, y = axes.transData.transform((3 * (position - 1), 0))
        found = pixels[len(pixels) - round(y) - 3 : len(pixels) - round(y) + 3, round(x) - 3 : round(x) + 3].reshape(
            -1, 3
        )
        assert np.abs(found - colour).sum(axis=1).min() < 60


@pytest.mark.parametrize("count", [300, 20_000])
def test_both_axes_have_the_same_scale(count: int) -> None:
    axes = drawn(count).axes[0]
    (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
    assert axes.bbox.width / (right - left) == pytest.approx(axes.bbox.height / (high - low), rel=0.01)


def test_the_legend_names_the_classes_literally_and_within_the_page(tmp_path: Path) -> None:
    for name in ("m.svg", "m.pdf"):
        write_picture(tmp_path / name, lambda _: drawn(500, Paper(10, 150, "caption $c$")))
    texts = svg_texts(tmp_path / "m.svg")
    assert {"cost $x_1$", "<b> & co", "caption $c$", "z1", "z2"} <= set(texts)
    assert any(text.startswith("a very long name") and text.endswith("…") for text in texts)
    assert "no class" not in texts
    assert "cost $x_1$" in pdf_text(tmp_path / "m.pdf")
    pixels = to_pixels(drawn(500, Paper(10, 150, "caption $c$")))
    assert (pixels[:, -10:] == 255).all()


def test_many_classes_take_more_rows_below_the_axes() -> None:
    z_mean, _, split = codes(500)
    label = (np.arange(500) % 100).astype(np.int32)
    few, many = (
        draw_map(z_mean, label % n, split, class_map_colours(tuple(map(str, range(n)))), MapOptions(), Paper(10, 150))
        for n in (3, 100)
    )
    assert many.get_size_inches()[1] > few.get_size_inches()[1]
    to_pixels(many)
    boxes = [text.get_window_extent() for text in many.texts]
    assert max(box.y1 for box in boxes) <= many.axes[0].get_window_extent().y0
    assert min(box.y0 for box in boxes) >= 0
    assert max(box.x1 for box in boxes) <= many.bbox.x1


def test_images_without_a_class_have_their_own_colour_and_legend_entry(tmp_path: Path) -> None:
    z_mean, label, split = codes(300)
    label[:10] = -1
    write_picture(tmp_path / "a.svg", lambda _: draw_map(z_mean, label, split, COLOURS, MapOptions(), Paper()))
    assert "no class" in svg_texts(tmp_path / "a.svg")
    unlabelled = np.full(300, -1, np.int32)
    write_picture(tmp_path / "b.svg", lambda _: draw_map(z_mean, unlabelled, split, PLAIN, MapOptions(), Paper()))
    assert "no class" not in svg_texts(tmp_path / "b.svg")


def test_a_split_is_drawn_alone(tmp_path: Path) -> None:
    write_picture(tmp_path / "m.svg", lambda _: drawn(700, options=MapOptions(split="held-out")))
    assert 100 <= svg_shapes(tmp_path / "m.svg", "use") < 150
    with pytest.raises(UserError, match="no codes to draw"):
        drawn(700, options=MapOptions(split="validation"))
    with pytest.raises(UserError, match="no split"):
        MapOptions(split="test")  # type: ignore[arg-type]


@pytest.mark.parametrize(("latent_dim", "plane", "note"), [(4, (3, 1), "z3 and z1 of 4 dimensions."), (2, (2, 1), "")])
def test_any_plane_is_drawn(tmp_path: Path, latent_dim: int, plane: tuple[int, int], note: str) -> None:
    figure = drawn(300, options=MapOptions(axes_plane(plane, latent_dim)), latent_dim=latent_dim)
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel()) == (f"z{plane[0]}", f"z{plane[1]}")
    assert axes.get_ylim()[1] > 3 > axes.get_xlim()[1]
    if note:
        assert note in [text.get_text() for text in figure.texts]


@pytest.mark.parametrize("count", [1, 2, 20_000])
def test_one_dimension_is_a_band(count: int) -> None:
    z_mean, label, split = codes(count, 1)
    figure = draw_map(z_mean, label, split, COLOURS, MapOptions(), Paper(8, 100))
    axes = figure.axes[0]
    assert axes.bbox.height < axes.bbox.width / 2
    assert list(axes.get_yticks()) == []
    assert to_pixels(figure).size


def test_equal_codes_can_be_drawn() -> None:
    z_mean = np.zeros((20, 2), np.float32)
    figure = draw_map(
        z_mean, np.zeros(20, np.int32), np.zeros(20, np.uint8), class_map_colours(("a",)), MapOptions(), Paper(8, 100)
    )
    assert (to_pixels(figure) < 128).any()


def test_cancelled_map_leaves_the_old_picture(tmp_path: Path) -> None:
    (tmp_path / "m.pdf").write_bytes(b"the old one")

    def cancel(task: str, share: float) -> None:
        if share == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_picture(
            tmp_path / "m.pdf",
            lambda progress: draw_map(*codes(300), COLOURS, MapOptions(), Paper(), progress),
            cancel,
        )
    assert (tmp_path / "m.pdf").read_bytes() == b"the old one"


class OneGrey:
    """Decodes every latent code to the same dark image."""

    latent_dim, engine = 2, "test"

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return np.full((len(z), 8, 8, 1), 51 / 255, np.float32)


def layered(count: int, *layers: str) -> Figure:
    z_mean, label, split = codes(count)
    options, shape = MapOptions(layers=layers), (8, 8, 1)
    return draw_map(
        z_mean, label, split, COLOURS, options, Paper(10, 150), decoder=OneGrey(), image_shape=shape
    )  # fmt: skip


def colours_of(figure: Figure, x: float, y: float) -> np.ndarray:
    """The colours (N, 3) around a point of the map."""
    pixels = to_pixels(figure).astype(int)
    column, row = figure.axes[0].transData.transform((x, y))
    row = len(pixels) - row
    return pixels[round(row) - 4 : round(row) + 4, round(column) - 4 : round(column) + 4].reshape(-1, 3)


@pytest.mark.parametrize("count", [300, 20_000])
def test_points_lie_over_images_in_their_own_colours(count: int) -> None:
    figure = layered(count, "images", "points")
    left, low = figure.axes[0].get_xlim()[0], figure.axes[0].get_ylim()[0]
    assert (colours_of(figure, left + 0.2, low + 0.2) == 51).all()
    colour = as_rgb(class_colours(3))[1] * 0.8 + 51 * 0.2
    assert np.abs(colours_of(figure, 0, 0) - colour).sum(axis=1).min() < 100


def test_images_over_points_hide_them() -> None:
    assert (colours_of(layered(20_000, "points", "images"), 0, 0) == 51).all()


def test_the_prior_is_drawn_and_named_in_the_legend() -> None:
    figure = layered(300, "prior")
    assert np.abs(colours_of(figure, 1, 0) - (0x2F, 0x6F, 0xDE)).sum(axis=1).min() < 60
    assert "prior: 1, 2, 3 sd" in [text.get_text() for text in figure.texts]
    assert "cost $x_1$" not in [text.get_text() for text in figure.texts]


def test_without_codes_the_map_shows_the_prior_with_images() -> None:
    nothing = np.empty((0, 2), np.float32), np.empty(0, np.int32), np.empty(0, np.uint8)
    options = MapOptions(layers=("images", "prior"))
    figure = draw_map(*nothing, PLAIN, options, Paper(10, 150), decoder=OneGrey(), image_shape=(8, 8, 1))
    assert figure.axes[0].get_xlim()[0] < -3
    assert (colours_of(figure, 0, 0) == 51).all()


def test_unknown_layers_and_images_without_a_decoder_are_refused() -> None:
    for layers in (("images", "nothing"), ("",), ()):
        with pytest.raises(UserError, match="choose from images, points, prior"):
            MapOptions(layers=layers)
    with pytest.raises(UserError, match="needs a decoder"):
        draw_map(*codes(30), COLOURS, MapOptions(layers=("images",)), Paper(10, 150))
