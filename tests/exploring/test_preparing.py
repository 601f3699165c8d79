"""How drawings were prepared, recognised by their images, and the same for a drawing of one's own."""

import numpy as np
import pytest

from vae_explorer.array_types import Bytes
from vae_explorer.data.dataset import Dataset
from vae_explorer.exploring.preparing import Preparation, ground_of, preparation_of, prepare

MNIST = Preparation(20, by_mass=True, ground=0)


def rectangle(top: int, left: int, height: int, width: int, side: int = 28) -> Bytes:
    image = np.zeros((side, side, 1), np.uint8)
    image[top : top + height, left : left + width] = 255
    return image


def triangles(count: int, shape: tuple[int, int] = (28, 28)) -> Bytes:
    """Triangles of different sizes anywhere, so that mass and box have different centres."""
    random, images = np.random.default_rng(0), np.zeros((count, *shape, 1), np.uint8)
    for image in images:
        size = random.integers(6, 12)
        top, left = random.integers(0, np.array(shape) - size)
        image[top : top + size, left : left + size, 0] = np.tri(size) * 255
    return images


def mass_centre(image: Bytes) -> tuple[float, float]:
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]]
    levels = image[..., 0] / image.sum()
    return float((levels * rows).sum()), float((levels * columns).sum())


def box_of(image: Bytes) -> tuple[int, int]:
    rows, columns, _ = np.nonzero(image)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


@pytest.mark.parametrize("drawn", [rectangle(1, 2, 5, 10), rectangle(0, 0, 28, 12), triangles(1)[0]])
def test_a_drawing_has_its_mass_in_the_middle_and_a_longer_side_of_20(drawn: Bytes) -> None:
    prepared = prepare(drawn, MNIST)
    assert mass_centre(prepared) == pytest.approx((14, 14), abs=0.5)
    assert max(box_of(prepared)) == 20


def test_the_shorter_side_keeps_its_proportion() -> None:
    assert box_of(prepare(rectangle(1, 2, 5, 10), MNIST)) == (10, 20)


def test_a_prepared_digit_is_unchanged(digits: Dataset) -> None:
    for digit in digits.images[:100]:
        np.testing.assert_array_equal(prepare(digit, MNIST), digit)


def test_a_moved_digit_comes_back(digits: Dataset) -> None:
    for digit in [each for each in digits.images[:100] if not each[-2:].any() and not each[:, :3].any()]:
        np.testing.assert_array_equal(prepare(np.roll(digit, (2, -3), (0, 1)), MNIST), digit)


def test_ink_on_white_is_prepared_likewise() -> None:
    drawn = triangles(1)[0]
    on_white = prepare(255 - drawn, Preparation(20, by_mass=True, ground=255))
    np.testing.assert_array_equal(255 - on_white, prepare(drawn, MNIST))


def test_the_noise_of_a_compressed_image_is_no_ink() -> None:
    drawn = rectangle(1, 2, 5, 10)
    drawn[27, 27] = 3
    np.testing.assert_array_equal(prepare(drawn, MNIST), prepare(rectangle(1, 2, 5, 10), MNIST))


def test_ink_stays_inside_the_image() -> None:
    heavy = np.zeros((28, 28, 1), np.uint8)
    heavy[0, :20], heavy[0, :2] = 16, 255
    assert box_of(prepare(heavy, Preparation(26, by_mass=True, ground=0)))[1] == 26


def test_an_empty_image_stays_empty() -> None:
    assert not prepare(np.zeros((28, 28, 1), np.uint8), MNIST).any()


def test_mnist_is_recognised_by_its_digits(digits: Dataset) -> None:
    assert preparation_of(digits.images) == MNIST
    assert str(MNIST) == "centred by mass in a 20x20 box"


def test_mnist_is_recognised_on_white_and_with_a_margin(digits: Dataset) -> None:
    assert preparation_of(255 - digits.images) == Preparation(20, by_mass=True, ground=255)
    assert preparation_of(np.pad(digits.images, ((0, 0), (2, 2), (2, 2), (0, 0)))) == MNIST


def test_drawings_centred_by_their_boxes_are_recognised() -> None:
    rule = Preparation(24, by_mass=False, ground=0)
    images = np.stack([prepare(image, rule) for image in triangles(40)])
    assert preparation_of(images) == rule


@pytest.mark.parametrize(
    "images",
    [
        triangles(40),
        np.random.default_rng(0).integers(0, 256, (40, 28, 28, 1)).astype(np.uint8),
        np.zeros((40, 28, 28, 1), np.uint8),
        np.zeros((0, 28, 28, 1), np.uint8),
        np.zeros((40, 28, 28, 3), np.uint8),
    ],
    ids=["anywhere", "noise", "empty", "none", "colour"],
)
def test_other_images_are_not_prepared(images: Bytes) -> None:
    assert preparation_of(images) is None


def test_the_ground_is_what_lies_at_the_edges(digits: Dataset) -> None:
    assert ground_of(digits.images) == 0
    assert ground_of(255 - digits.images) == 255
    assert ground_of(digits.images[:0]) == 0
