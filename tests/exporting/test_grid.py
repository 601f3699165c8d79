"""The decoded grid, read back pixel by pixel."""

from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.picture_files import pdf_fonts, pdf_images, pdf_text, svg_images, svg_texts
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import Paper, to_pixels, write_picture
from vae_explorer.exporting.grid import GridOptions, decode_grid, draw_grid
from vae_explorer.exporting.sheet import SheetStyle
from vae_explorer.latent.plane import axes_plane
from vae_explorer.model.decoder import as_pixels
from vae_explorer.model.litert import LiteRTDecoder
from vae_explorer.run.run import Run


@pytest.fixture
def decoder(tiny_run: Run) -> LiteRTDecoder:
    return LiteRTDecoder(tiny_run.networks.decoder, 2, (28, 28, 1))


class AnyDecoder:
    """A decoder whose grey levels show z, with this number of dimensions, in grey or in colour."""

    engine = "none"

    def __init__(self, latent_dim: int, channels: int = 1) -> None:
        self.latent_dim, self.channels = latent_dim, channels

    def __call__(self, z: NDArray[np.float32]) -> NDArray[np.float32]:
        level = 0.5 + z @ (0.05 * np.arange(1, self.latent_dim + 1, dtype=np.float32))
        shape = (len(z), 16, 20, self.channels)
        return np.broadcast_to(level[:, None, None, None], shape).astype(np.float32).clip(0, 1)


def expected_level(z1: float, z2: float, decoder: LiteRTDecoder) -> NDArray[np.int_]:
    return as_pixels(decoder(np.array([[z1, z2]], np.float32)))[0, :, :, 0].astype(int)


@pytest.mark.parametrize(
    ("width", "dpi", "dots"), [(17.416, 300, 17), (3.0734, 100, 1), (3.0734, 300, 3), (7.4274, 1200, 29)]
)
def test_a_png_holds_each_decoded_image_at_its_position_with_whole_dots_per_pixel(
    decoder: LiteRTDecoder, tmp_path: Path, width: float, dpi: int, dots: int
) -> None:
    options = GridOptions(size=4, style=SheetStyle(gap=3))
    write_picture(tmp_path / "grid.png", lambda _: draw_grid(decoder, options, Paper(width, dpi)))
    with Image.open(tmp_path / "grid.png") as picture:
        enlarged = np.asarray(picture)
    sheet = enlarged[::dots, ::dots]
    assert sheet.shape == (4 * 28 + 9, 4 * 28 + 9)
    np.testing.assert_array_equal(enlarged, sheet.repeat(dots, axis=0).repeat(dots, axis=1))
    quantiles = [NormalDist().inv_cdf((i + 0.5) / 4) for i in range(4)]
    for row in range(4):
        for column in range(4):
            found = sheet[row * 31 : row * 31 + 28, column * 31 : column * 31 + 28].astype(int)
            expected = expected_level(quantiles[column], quantiles[3 - row], decoder)
            assert np.abs(found - expected).max() <= 1  # another batch may round a value differently
    assert (sheet[28:31] == 128).all()


def test_axes_and_caption_frame_the_same_sheet(decoder: LiteRTDecoder) -> None:
    plain = to_pixels(draw_grid(decoder, GridOptions(size=6), Paper(3, 142)))
    figure = draw_grid(decoder, GridOptions(size=6, axes=True), Paper(8, 150, "a caption"))
    framed, box = to_pixels(figure), figure.axes[0].bbox
    top, left = round(len(framed) - box.y1), round(box.x0)
    assert plain.shape == (168, 168, 3)
    dots = box.width / 168
    assert dots > 2
    middles = ((np.arange(168) + 0.5) * dots).astype(int)
    found = framed[np.ix_(middles + top, middles + left)].astype(int)
    assert np.abs(found - plain).mean() < 3
    assert (framed[0] == 255).all()
    assert (framed[top + round(box.height) + 5 :] < 128).any(), "coordinates are written below"


def test_vectors_hold_the_sheet_as_one_crisp_image_and_coordinates_as_text(
    decoder: LiteRTDecoder, tmp_path: Path
) -> None:
    options = GridOptions(size=5, spacing="even", limit=2.0, axes=True)
    for name in ("grid.svg", "grid.pdf"):
        write_picture(tmp_path / name, lambda _: draw_grid(decoder, options, Paper(caption="Digits & more")))
    images = decode_grid(decoder, options)
    sheet = images.swapaxes(1, 2).reshape(140, 140)
    for [found] in (svg_images(tmp_path / "grid.svg"), pdf_images(tmp_path / "grid.pdf")):
        dots = len(found) // 140
        assert dots > 1
        np.testing.assert_array_equal(found[..., 0], sheet.repeat(dots, axis=0).repeat(dots, axis=1))
    texts = svg_texts(tmp_path / "grid.svg")
    for text in ("−2.00", "−1.00", "0", "+1.00", "+2.00"):
        assert texts.count(text) == 2
    assert {"z1", "z2", "Digits & more"} <= set(texts)
    for text in ("+2.00", "z1", "z2", "Digits & more"):
        assert text in pdf_text(tmp_path / "grid.pdf")
    assert set(pdf_fonts(tmp_path / "grid.pdf")) == {"/FontFile2"}


def test_even_spacing_reaches_its_limits(decoder: LiteRTDecoder) -> None:
    images = decode_grid(decoder, GridOptions(size=3, spacing="even", limit=2.5))
    corner = expected_level(-2.5, 2.5, decoder)
    assert np.abs(images[0, 0, :, :, 0].astype(int) - corner).max() <= 1


def test_any_plane_is_decoded_with_the_others_at_0() -> None:
    images = decode_grid(AnyDecoder(4), GridOptions(size=2, spacing="even", limit=1.0, plane=axes_plane((4, 2), 4)))
    levels = images[:, :, 0, 0, 0] / 255
    np.testing.assert_allclose(
        levels, [[0.5 - 0.2 + 0.1, 0.5 + 0.2 + 0.1], [0.5 - 0.2 - 0.1, 0.5 + 0.2 - 0.1]], atol=0.003
    )


def test_axes_name_the_plane_and_the_caption_what_it_leaves_out(tmp_path: Path) -> None:
    options = GridOptions(size=3, plane=axes_plane((3, 1), 3), axes=True)
    write_picture(tmp_path / "g.svg", lambda _: draw_grid(AnyDecoder(3), options, Paper()))
    texts = svg_texts(tmp_path / "g.svg")
    assert {"z3", "z1", "Showing z3 and z1; z2 is 0."} <= set(texts)


def test_the_unused_axis_of_one_dimension_has_no_coordinates(tmp_path: Path) -> None:
    write_picture(tmp_path / "g.svg", lambda _: draw_grid(AnyDecoder(1), GridOptions(size=3, axes=True), Paper()))
    texts = svg_texts(tmp_path / "g.svg")
    assert [text for text in texts if text in ("z1", "z2", "0")] == ["0", "z1"]
    assert "One latent dimension: the second axis is unused." in texts


@pytest.mark.parametrize("size", [2, 20, 60])
@pytest.mark.parametrize("width", [3.0, 16.0, 60.0])
def test_coordinates_do_not_touch_each_other(size: int, width: float) -> None:
    figure = draw_grid(AnyDecoder(2), GridOptions(size=size, axes=True), Paper(width, 72))
    to_pixels(figure)
    axes = figure.axes[0]
    page = figure.bbox
    for labels, side in ((axes.get_xticklabels(), 0), (axes.get_yticklabels(), 1)):
        boxes = sorted((label.get_window_extent() for label in labels), key=lambda box: box.bounds[side])
        assert boxes
        ends = [box.bounds[side] + box.bounds[side + 2] for box in boxes]
        assert all(end <= box.bounds[side] for end, box in zip(ends, boxes[1:], strict=False))
        assert all(page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 for box in boxes)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"size": 1}, "2 to 60"),
        ({"size": 61}, "2 to 60"),
        ({"limit": 0.0}, "above 0"),
        ({"limit": float("nan")}, "above 0"),
    ],
)
def test_options_out_of_range_are_refused(settings: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        GridOptions(**settings)


def test_a_plane_through_another_point_is_decoded_there_and_named(tmp_path: Path) -> None:
    code = np.array([9, 0.5, 9, -1], np.float32)
    options = GridOptions(size=2, spacing="even", limit=1.0, plane=axes_plane((1, 3), 4).through(code), axes=True)
    images = decode_grid(AnyDecoder(4), options)
    across, up = np.meshgrid([-1, 1], [1, -1])
    codes = np.stack([across, np.full_like(up, 0.5, float), up, np.full_like(up, -1)], axis=-1).reshape(4, 4)
    np.testing.assert_array_equal(images.reshape(4, *images.shape[2:]), as_pixels(AnyDecoder(4)(codes)))
    write_picture(tmp_path / "g.svg", lambda _: draw_grid(AnyDecoder(4), options, Paper()))
    assert "Showing z1 and z3; z2 is 0.50, z4 is −1.00." in svg_texts(tmp_path / "g.svg")


def test_a_caption_without_axes_says_what_the_plane_leaves_out(tmp_path: Path) -> None:
    options = GridOptions(size=2, plane=axes_plane((1, 3), 4))
    write_picture(tmp_path / "g.svg", lambda _: draw_grid(AnyDecoder(4), options, Paper(caption="mine")))
    assert svg_texts(tmp_path / "g.svg") == ["Showing z1 and z3; the others are 0.", "mine"]


def test_an_unknown_colour_map_is_refused_before_decoding() -> None:
    options = GridOptions(style=SheetStyle(colour_map="virids"))
    with pytest.raises(UserError, match="There is no"):
        draw_grid(AnyDecoder(2), options, Paper(), lambda *_: pytest.fail("decoded"))


def test_cancelled_grid_leaves_the_old_picture(decoder: LiteRTDecoder, tmp_path: Path) -> None:
    (tmp_path / "grid.png").write_bytes(b"the old one")

    def cancel(task: str, share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_picture(
            tmp_path / "grid.png", lambda progress: draw_grid(decoder, GridOptions(), Paper(), progress), cancel
        )
    assert (tmp_path / "grid.png").read_bytes() == b"the old one"
