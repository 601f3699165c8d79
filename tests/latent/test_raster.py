"""latent/raster.py: drawing points into an image."""

import numpy as np
import pytest

from vae_explorer.latent.raster import COARSE, View, arrange, draw, rasterize


def drawn(points: list[tuple[float, float]], size=(7, 5), radius=0.5, rgb=(200, 100, 50), opacity=0.5) -> np.ndarray:
    x, y = np.array(points, np.float64).reshape(-1, 2).T
    count = len(points)
    colours = np.broadcast_to(np.array(rgb, np.uint8), (count, 3))
    opacities = np.broadcast_to(np.array(opacity, np.float64), (count,))
    return rasterize(x, y, np.arange(count), colours, opacities, size, radius)


def covered(image: np.ndarray) -> set[tuple[int, int]]:
    """(column, row) of each pixel that something was drawn to."""
    return {(int(column), int(row)) for row, column in np.argwhere(image[:, :, 3])}


def scatter(count: int, size: tuple[int, int], seed: int = 0) -> tuple[np.ndarray, ...]:
    """x, y, style, rgb, opacity of random points in and somewhat around an image, each with its own style."""
    random = np.random.default_rng(seed)
    x, y = (random.uniform(-5, side + 5, count) for side in size)
    rgb = random.integers(0, 256, (count, 3)).astype(np.uint8)
    return x, y, np.arange(count), rgb, random.uniform(0.05, 0.95, count)


def over(points: tuple[np.ndarray, ...], size: tuple[int, int], radius: float) -> np.ndarray:
    """The same image point by point: slow, and with no trick in it. A disc's edge is one pixel wide."""
    width, height = size
    rows, columns = np.mgrid[:height, :width]
    light, weighted = np.zeros((height, width)), np.zeros((height, width, 3))
    for x, y, _, rgb, opacity in zip(*points, strict=True):
        share = np.clip(radius + 0.5 - np.hypot(columns - np.floor(x), rows - np.floor(y)), 0, 1)
        light -= share * np.log(1 - opacity)
        weighted -= share[..., None] * np.log(1 - opacity) * rgb.astype(float)
    coverage = 1 - np.exp(-light)
    mixed = weighted / np.where(light > 0, light, 1)[..., None]
    return np.concatenate([mixed * coverage[..., None], 255 * coverage[..., None]], axis=2)


def test_a_point_is_its_pixel_in_its_colour_premultiplied():
    image = drawn([(2.9, 1.1)], opacity=0.5, rgb=(200, 100, 50))
    assert image.shape == (5, 7, 4)
    assert image.dtype == np.uint8
    assert covered(image) == {(2, 1)}
    np.testing.assert_array_equal(image[1, 2], [100, 50, 25, 128])


def test_no_points_give_an_empty_image():
    image = drawn([])
    assert image.shape == (5, 7, 4)
    assert not image.any()


@pytest.mark.parametrize("opacity", [0.02, 0.3, 0.9])
@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_points_on_one_another_cover_one_less_the_product(count: int, opacity: float):
    image = drawn([(3.5, 2.5)] * count, opacity=opacity)
    assert image[2, 3, 3] == pytest.approx(255 * (1 - (1 - opacity) ** count), abs=0.51)


def test_different_opacities_multiply():
    image = drawn([(3, 2), (3, 2)], opacity=(0.2, 0.75))
    assert image[2, 3, 3] == round(255 * (1 - 0.8 * 0.25))


def test_two_equal_points_mix_their_colours_half_and_half():
    image = drawn([(3, 2), (3, 2)], rgb=((255, 0, 0), (0, 0, 255)), opacity=0.5)
    half = 255 * 0.75 / 2
    np.testing.assert_allclose(image[2, 3], [half, 0, half, 255 * 0.75], atol=0.51)


def test_the_stronger_of_two_points_has_the_greater_share_of_the_colour():
    image = drawn([(3, 2), (3, 2)], rgb=((255, 0, 0), (0, 0, 255)), opacity=(0.9, 0.1)).astype(int)
    share = np.log(0.1) / (np.log(0.1) + np.log(0.9))
    assert image[2, 3, 0] / (image[2, 3, 0] + image[2, 3, 2]) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("count", [30, 3000])  # the two ways of counting, for few and for many points
@pytest.mark.parametrize("radius", [0.5, 1.0, 2.5])
def test_the_image_is_that_of_the_formula(count: int, radius: float):
    points, size = scatter(count, (40, 30)), (40, 30)
    np.testing.assert_allclose(rasterize(*points, size, radius), over(points, size, radius), atol=0.51)


@pytest.mark.parametrize("count", [60, 20_000])
def test_the_order_of_the_points_does_not_matter(count: int):
    points, size = scatter(count, (64, 48)), (64, 48)
    shuffled = np.random.default_rng(1).permutation(count)
    again = rasterize(*(array[shuffled] for array in points[:3]), *points[3:], size, 1.5)
    np.testing.assert_allclose(rasterize(*points, size, 1.5), again, atol=1)  # sums round in another order


@pytest.mark.parametrize(("radius", "pixels"), [(0.5, 1), (1, 9), (1.5, 9), (2, 21), (3, 37)])
def test_a_disc_reaches_half_a_pixel_beyond_its_radius(radius: float, pixels: int):
    found = covered(drawn([(10.5, 10.5)], size=(21, 21), radius=radius))
    assert len(found) == pixels
    assert all(np.hypot(column - 10, row - 10) < radius + 0.5 for column, row in found)


def test_a_disc_is_full_within_and_soft_at_its_edge():
    alpha = drawn([(10.5, 10.5)], size=(21, 21), radius=3, opacity=0.5)[:, :, 3]
    rows, columns = np.mgrid[:21, :21]
    distance = np.hypot(columns - 10, rows - 10)
    assert set(alpha[distance <= 2.5].tolist()) == {128}
    edge = alpha[(distance > 2.5) & (distance < 3.5)]
    assert edge.min() > 0
    assert edge.max() < 128


def test_a_disc_is_the_same_in_all_eight_directions():
    image = drawn([(10.5, 10.5)], size=(21, 21), radius=3.3)
    for turned in (image[::-1], image[:, ::-1], image.swapaxes(0, 1)):
        np.testing.assert_array_equal(turned, image)


@pytest.mark.parametrize("corner", [(0, 0), (6.99, 0), (0, 4.99), (6.99, 4.99)])
def test_a_point_in_a_corner_is_drawn(corner: tuple[float, float]):
    assert covered(drawn([corner])) == {(int(corner[0]), int(corner[1]))}


@pytest.mark.parametrize("point", [(-0.01, 2), (7, 2), (3, -0.01), (3, 5), (-1000, 2), (3, 1e6)])
def test_a_point_outside_is_left_out(point: tuple[float, float]):
    assert not drawn([point]).any()


def test_a_disc_at_the_edge_is_cut_off_and_does_not_come_in_at_the_other_side():
    assert covered(drawn([(0.5, 2.5)], radius=1)) == {(0, 1), (0, 2), (0, 3), (1, 1), (1, 2), (1, 3)}
    assert covered(drawn([(6.5, 4.5)], radius=1)) == {(5, 3), (6, 3), (5, 4), (6, 4)}


def test_a_disc_whose_middle_is_outside_still_reaches_in():
    assert covered(drawn([(-0.5, 2.5)], radius=1)) == {(0, 1), (0, 2), (0, 3)}


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_coordinates_of_either_precision_are_taken(dtype: type):
    points = [array.astype(dtype) if array.dtype == np.float64 else array for array in scatter(50, (20, 20))]
    assert rasterize(*points, (20, 20), 1.0).any()


VIEW = View(-3.0, 3.0, -2.0, 2.0, width=90, height=60, ratio=1.0)
RGB = np.array([[200, 30, 30], [30, 200, 30], [30, 30, 200]], np.uint8)


def cloud(count: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(3)
    return random.normal(size=(count, 2)).astype(np.float32), random.integers(0, 3, count).astype(np.int32)


@pytest.mark.parametrize("count", [0, 1, 2, 5000])
def test_arranged_points_are_the_same_points(count: int):
    plane, style = cloud(count)
    points = arrange(plane, style)
    given = sorted(zip(*plane.T.tolist(), style.tolist(), strict=True))
    assert sorted(zip(points.x.tolist(), points.y.tolist(), points.style.tolist(), strict=True)) == given


def test_arranged_points_lie_near_the_next_one():
    plane, style = cloud(50_000)
    points = arrange(plane, style)
    steps = np.hypot(np.diff(points.x), np.diff(points.y))
    assert np.median(steps) < np.median(np.hypot(*np.diff(plane, axis=0).T)) / 20


def test_points_on_one_spot_can_be_arranged():
    assert len(arrange(np.ones((1000, 2), np.float32), np.zeros(1000, np.int32)).x) == 1000


def test_a_view_draws_its_part_of_the_plane():
    plane = np.array([[-2.99, 1.99], [0.01, -0.01], [2.99, -1.99], [3.5, 0.0]], np.float32)
    points = arrange(plane, np.arange(4, dtype=np.int32) % 3)
    image = draw(points, RGB, np.full(3, 0.9), VIEW)
    assert image.shape == (60, 90, 4)
    centres = [tuple(np.argwhere(image[..., channel] > 150).mean(axis=0).round().tolist()) for channel in range(3)]
    assert centres == [(1, 1), (30, 45), (58, 88)]


def test_dots_grow_as_fewer_points_share_the_view_and_with_the_density_of_the_screen():
    def dot(count: int, view: View) -> int:
        plane = np.vstack([np.zeros((1, 2)), np.full((count - 1, 2), 1.5)]).astype(np.float32)
        image = draw(arrange(plane, np.zeros(count, np.int32)), RGB, np.full(3, 0.5), view)
        return int(np.count_nonzero(image[:, : image.shape[1] * 5 // 8, 3]))

    dense = View(-3.0, 3.0, -2.0, 2.0, width=180, height=120, ratio=2.0)
    assert dot(2, VIEW) > 2 * dot(3000, VIEW)
    assert dot(2, dense) == pytest.approx(4 * dot(2, VIEW), rel=0.3)


def test_a_style_of_opacity_0_is_left_out_and_the_others_keep_their_size():
    plane, style = cloud(500)
    points = arrange(plane, style)
    image = draw(points, RGB, np.array([0.5, 0.0, 0.5]), VIEW)
    np.testing.assert_array_equal(image, draw(points, RGB, np.array([0.5, 1e-9, 0.5]), VIEW))
    assert image[..., 3].any()


def test_a_coarse_drawing_looks_like_the_exact_one():
    plane, style = cloud(3 * COARSE)
    points, opacity = arrange(plane, style), np.full(3, 0.02)
    exact, coarse = (draw(points, RGB, opacity, VIEW, coarse=coarse).astype(int) for coarse in (False, True))
    difference = np.abs(exact - coarse)
    assert difference.any()
    assert difference.mean() < 3


def test_few_points_are_drawn_whole_however_coarse():
    points, opacity = arrange(*cloud(5000)), np.full(3, 0.3)
    np.testing.assert_array_equal(draw(points, RGB, opacity, VIEW), draw(points, RGB, opacity, VIEW, coarse=True))
