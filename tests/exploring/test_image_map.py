"""exploring/image_map.py: the view fills with the decoder's images, from the handle outward, in bounded memory."""

import numpy as np
import pytest

from vae_explorer.array_types import Floats
from vae_explorer.exploring import image_map
from vae_explorer.exploring.image_cells import ImageCells, ImageSource, capacity_of
from vae_explorer.exploring.image_map import Drawing, ImageMap, decode_view
from vae_explorer.latent.cells import covering
from vae_explorer.latent.plane import FIRST_TWO, axes_plane
from vae_explorer.latent.raster import View
from vae_explorer.model.decoder import as_pixels

VIEW = View(-4, 4, -4, 4, 256, 256, 1.0)
SIDE = 32  # pixels of an image in VIEW: cells have the side 1


class Planar:
    """Decodes z to an image of one colour: red is z1, green z2, blue the rest of z."""

    engine = "test"

    def __init__(self, latent_dim: int = 2, shape: tuple[int, int, int] = (8, 8, 3)) -> None:
        self.latent_dim, self.shape = latent_dim, shape
        self.asked: list[Floats] = []

    def __call__(self, z: Floats) -> Floats:
        self.asked.append(z)
        values = np.zeros((len(z), 3), np.float32)
        for channel in range(min(3, z.shape[1])):
            values[:, channel] = (z[:, channel] + 8) / 16
        return np.broadcast_to(values[:, None, None, : self.shape[2]], (len(z), *self.shape)).copy()


def source_of(decoder: Planar, code: Floats | None = None) -> ImageSource:
    plane = axes_plane(FIRST_TWO, decoder.latent_dim)
    return ImageSource(decoder, decoder.shape, plane if code is None else plane.through(code))


def filled(source: ImageSource, view: View = VIEW, made: ImageMap | None = None) -> Drawing:
    made = made or ImageMap()
    for _ in range(100):
        drawing = made.step(source, view, SIDE, (0, 0))
        if drawing.done:
            return drawing
    raise AssertionError("it is never done")


def colour_at(drawing: Drawing, x: float, y: float) -> tuple[int, ...]:
    """Red, green, blue and alpha of a point of the plane."""
    area, (height, width) = drawing.area, drawing.pixels.shape
    column = int((x - area.left) / (area.right - area.left) * width)
    row = int((area.high - y) / (area.high - area.low) * height)
    word = int(drawing.pixels[row, column])
    return word >> 16 & 255, word >> 8 & 255, word & 255, word >> 24


def test_each_cell_shows_the_image_decoded_at_its_centre() -> None:
    drawing = filled(source_of(Planar()))
    assert drawing.whole
    assert drawing.coarse is None
    for x in np.arange(-3.5, 4):
        for y in np.arange(-3.5, 4):
            expected = as_pixels(np.array([(x + 8) / 16, (y + 8) / 16, 0], np.float32))
            assert colour_at(drawing, x, y) == (*expected.tolist(), 255)


def test_pixels_are_the_decoders_image_where_they_have_its_size() -> None:
    image = np.random.default_rng(0).random((1, 32, 32, 1)).astype(np.float32)
    decoder = Planar(shape=(32, 32, 1))
    decoder.__class__ = type("Fixed", (Planar,), {"__call__": lambda _, z: image.repeat(len(z), axis=0)})
    drawing = filled(source_of(decoder))
    pad = round(256 * image_map.PAD)
    shown = drawing.pixels[pad : pad + 32, pad : pad + 32] & 255  # the cell in the upper left corner of the view
    np.testing.assert_array_equal(shown, as_pixels(image)[0, ..., 0])


def test_the_plane_goes_through_the_held_coordinates() -> None:
    drawing = filled(source_of(Planar(3), np.array([0, 0, 4], np.float32)))
    assert colour_at(drawing, 0.5, 0.5)[2] == as_pixels(np.array(12 / 16, np.float32))


def test_one_dimension_decodes_one_row() -> None:
    decoder = Planar(1)
    drawing = filled(source_of(decoder))
    assert colour_at(drawing, 1.5, 3.5) == colour_at(drawing, 1.5, -3.5)
    asked = np.concatenate(decoder.asked)
    assert len(asked) == len(np.unique(asked))


def test_the_nearest_to_the_point_come_first_after_the_coarse_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image_map, "BUDGET", 0.0)
    monkeypatch.setattr(image_map, "LEAST_CALL", 4)
    monkeypatch.setattr(image_map, "MOST_CALL", 4)
    decoder = Planar()
    made = ImageMap()
    drawing = made.step(source_of(decoder), VIEW, SIDE, (2.5, -1.5))
    assert not drawing.whole
    assert drawing.coarse is not None
    coarse, fine = decoder.asked
    assert {tuple(z) for z in coarse.tolist()} == {(x, y) for x in (-2, 2) for y in (-2, 2)}
    assert tuple(fine[0].tolist()) == (2.5, -1.5)
    assert np.hypot(*(fine - (2.5, -1.5)).T).max() <= 1
    assert colour_at(drawing, 2.5, -1.5)[3] == 255
    assert colour_at(drawing, -2.5, 1.5) == (0, 0, 0, 0)
    pad = round(256 * image_map.PAD)
    assert (drawing.coarse[pad:-pad, pad:-pad] >> 24 == 255).all()


def test_panning_decodes_only_what_is_new_and_coming_back_nothing() -> None:
    decoder, made = Planar(), ImageMap()
    source = source_of(decoder)
    filled(source, VIEW, made)
    before = len(np.concatenate(decoder.asked))
    filled(source, View(-2, 6, -4, 4, 256, 256, 1.0), made)
    after = np.concatenate(decoder.asked)
    assert len(after) == len({tuple(z) for z in after.tolist()})
    assert 0 < len(after) - before <= 3 * 12  # columns of the padded view
    filled(source, VIEW, made)
    assert len(np.concatenate(decoder.asked)) == len(after)


def test_zooming_in_again_decodes_nothing() -> None:
    decoder, made = Planar(), ImageMap()
    source = source_of(decoder)
    filled(source, VIEW, made)
    filled(source, View(-1, 1, -1, 1, 256, 256, 1.0), made)
    count = len(decoder.asked)
    filled(source, VIEW, made)
    assert len(decoder.asked) == count


def test_another_source_is_decoded_anew() -> None:
    made, first, second = ImageMap(), Planar(), Planar(3)
    filled(source_of(first), VIEW, made)
    drawing = filled(source_of(second, np.array([0, 0, 8], np.float32)), VIEW, made)
    assert colour_at(drawing, 0.5, 0.5)[2] == 255
    first.asked.clear()
    filled(source_of(first), VIEW, made)
    assert first.asked


def test_memory_is_bounded_and_the_least_recently_used_are_forgotten() -> None:
    decoder = Planar()
    assert capacity_of(source_of(decoder), 100, 10 * 8 * 8 * 3) == 10
    cells = ImageCells(source_of(decoder), 100, 10)
    row = covering(image_map.Area(0, 10, 0, 1), 0)
    cells.decode(row.indices(), 0)
    first = covering(image_map.Area(0, 1, 0, 1), 0)
    assert cells.places(first).all()  # used again
    cells.decode(covering(image_map.Area(0, 3, 5, 6), 0).indices(), 0)
    assert len(cells) == 10
    known = cells.places(row) > 0
    assert known.tolist() == [True, False, False, False, *[True] * 6]


def test_a_view_of_too_many_images_gets_larger_ones() -> None:
    decoder = Planar()
    memory = 60 * 8 * 8 * 3
    made = ImageMap(memory)
    drawing = filled(source_of(decoder), VIEW, made)
    assert drawing.whole
    assert made._cells is not None
    assert len(made._cells) <= 60


def test_images_that_are_not_square_keep_their_proportions() -> None:
    drawing = filled(source_of(Planar(shape=(8, 4, 3))))
    assert colour_at(drawing, 0.5, 0.5)[3] == 255
    assert colour_at(drawing, 0.1, 0.5) == (0, 0, 0, 0)
    assert colour_at(drawing, 0.9, 0.5) == (0, 0, 0, 0)
    assert drawing.whole


def test_large_images_are_kept_as_small_as_they_are_shown() -> None:
    cells = ImageCells(source_of(Planar(shape=(128, 128, 3))), 45, 1)
    assert cells.side == 64
    at = covering(image_map.Area(0, 1, 0, 1), 0)
    cells.decode(at.indices(), 0)
    mosaic, known = cells.mosaic(cells.places(at), 1)
    assert known is None
    assert (mosaic[..., 0] == as_pixels(np.array(8.5 / 16, np.float32))).all()


def test_a_whole_view_is_decoded_at_once() -> None:
    shares: list[float] = []
    words = decode_view(source_of(Planar()), VIEW, SIDE, lambda _, share: shares.append(share))
    pad = round(256 * image_map.PAD)
    expected = filled(source_of(Planar())).pixels[pad:-pad, pad:-pad]
    np.testing.assert_array_equal(words[4:-4, 4:-4], expected[4:-4, 4:-4])  # its edge has no neighbours to blend with
    assert shares == [0]


@pytest.mark.parametrize("zoom", [1e-6, 1e-2, 1e2, 1e6])
def test_any_zoom_is_filled(zoom: float) -> None:
    view = View(-4 * zoom + 1, 4 * zoom + 1, -3 * zoom, 3 * zoom, 200, 150, 1.0)
    drawing = filled(source_of(Planar()), view)
    assert (drawing.pixels >> 24 == 255).all()
