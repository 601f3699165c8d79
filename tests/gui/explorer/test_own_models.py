"""Own images with models of other kinds: in colour, larger, of more than two dimensions, and with means alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.gui.explorer.test_own_images import stroke
from vae_explorer.array_types import ImageShape
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.draw_pad import DrawPad
from vae_explorer.gui.explorer.own_images import OwnImages
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.decoded_image import to_qimage
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.latent.plane import FIRST_TWO, axes_plane, to_plane
from vae_explorer.run.arrays import Sample

SHAPES = ((32, 32, 3), 2), ((64, 64, 1), 2), ((64, 64, 3), 5), ((16, 16, 1), 1)  # of images, and dimensions of z

Modelled = Callable[[ImageShape, int], Subject]


class Blocks:
    """An untrained decoder and encoder of images (H, W, C): values of 8 x 8 blocks, made larger, as convolutions do."""

    engine = "test"

    def __init__(self, shape: ImageShape, latent_dim: int) -> None:
        self.shape, self.latent_dim = shape, latent_dim
        self.weights = np.random.default_rng(0).normal(size=(latent_dim, 64 * shape[2])).astype(np.float32)

    def __call__(self, z: np.ndarray) -> np.ndarray:
        height, width, channels = self.shape
        blocks = 1 / (1 + np.exp(-(z @ self.weights))).reshape(-1, 8, 8, channels)
        return blocks.repeat(height // 8, axis=1).repeat(width // 8, axis=2).astype(np.float32)

    def encode(self, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        height, width, channels = self.shape
        blocks = images.reshape(-1, 8, height // 8, 8, width // 8, channels).mean(axis=(2, 4))
        z_mean = (blocks.reshape(len(images), -1) - 0.5) @ self.weights.T / 8
        return z_mean.astype(np.float32), np.full_like(z_mean, -2, np.float32)


@pytest.fixture
def modelled(subject: Subject) -> Modelled:
    """The small run as if its images and its model were of this shape and of so many latent dimensions."""

    def make(shape: ImageShape, latent_dim: int) -> Subject:
        assert subject.run is not None
        random, count = np.random.default_rng(1), len(subject.z_mean)
        codes, model = random.normal(size=(count, latent_dim)).astype(np.float32), Blocks(shape, latent_dim)
        log_var = np.full_like(codes, -2)
        images = random.integers(0, 60, (40, *shape), np.uint8)
        info = subject.run.info
        dataset = replace(info.dataset, image_shape=shape)
        run = replace(
            subject.run,
            info=replace(info, dataset=dataset, origin=replace(info.origin, latent_dim=latent_dim)),
            sample=Sample(images, np.arange(40)),
        )
        near = Neighbours(codes)
        return replace(
            subject, run=run, decoder=model, encoder=model.encode, image_shape=shape, z_mean=codes, z_log_var=log_var,
            plane=to_plane(codes), drawn_in=axes_plane(FIRST_TWO, latent_dim), images=images, nearby=near,
            image_of=np.where(np.arange(count) < 40, np.arange(count), -1), with_image=near, images_key=shape,
            dimensions=measure_dimensions(codes, log_var), on_map=Neighbours(to_plane(codes)),
        )  # fmt: skip

    return make


@pytest.fixture
def own(tab: ExplorerTab) -> Iterator[OwnImages]:
    found = OwnImages(tab)
    yield found
    found.end()


def opened(own: OwnImages, tab: ExplorerTab, subject: Subject) -> DrawPad:
    tab.show_subject(subject)
    pad = own.draw()
    assert pad is not None
    return pad


@pytest.mark.parametrize(
    ("shape", "latent_dim"), [((32, 32, 3), 2), ((64, 64, 1), 2), ((64, 64, 3), 5), ((16, 16, 1), 1)]
)
def test_a_drawing_is_encoded_and_decoded(
    qtbot: QtBot, tab: ExplorerTab, own: OwnImages, modelled: Modelled, shape: ImageShape, latent_dim: int
) -> None:
    subject = modelled(shape, latent_dim)
    pad = opened(own, tab, subject)
    assert pad.colour.isVisible() == (shape[2] == 3)
    assert pad.level.isVisible() == (shape[2] == 1)
    assert not pad.prepare.isVisible()
    pad._set_colour(QColor(255, 64, 0))
    stroke(pad)
    qtbot.waitUntil(lambda: own.layer.ellipse is not None, timeout=10_000)
    assert own._own is not None
    pixels = own._own.pixels
    assert pixels.shape == shape
    if shape[2] == 3:
        assert (pixels == (255, 64, 0)).all(axis=-1).any()
    expected = subject.encoder(pixels[None].astype(np.float32) / 255)[0][0]
    np.testing.assert_allclose(own._own.z_mean, expected, atol=1e-5)
    assert pad.reconstruction.pixels().shape == shape
    pad.go.click()
    np.testing.assert_allclose(tab.code, expected, atol=1e-5)


def test_an_image_in_colour_is_pasted_with_its_colours(
    qtbot: QtBot, tab: ExplorerTab, own: OwnImages, modelled: Modelled
) -> None:
    subject = modelled((32, 32, 3), 2)
    opened(own, tab, subject)
    image = subject.images[7]
    QApplication.clipboard().setImage(to_qimage(image))
    own.paste()
    qtbot.waitUntil(lambda: own._own is not None and bool((own._own.pixels == image).all()), timeout=10_000)


def test_the_pad_is_of_the_run_that_is_shown(
    qtbot: QtBot, tab: ExplorerTab, own: OwnImages, modelled: Modelled, subject: Subject
) -> None:
    pad = opened(own, tab, subject)
    assert pad.prepare.isVisible()  # its digits are prepared as those of MNIST
    stroke(pad)
    tab.show_subject(modelled((64, 64, 3), 5))
    assert pad.canvas.shape == (64, 64, 3)
    assert pad.canvas.empty
    assert own.layer.ellipse is None
    assert not pad.prepare.isVisible()


def test_another_run_of_images_of_the_same_size_is_prepared_as_its_own(
    tab: ExplorerTab, own: OwnImages, subject: Subject
) -> None:
    pad = opened(own, tab, subject)
    stroke(pad)
    assert subject.run is not None
    images = np.random.default_rng(0).integers(0, 60, (40, 28, 28, 1), np.uint8)  # as photographs are
    run = replace(subject.run, sample=Sample(images, np.arange(40)))
    tab.show_subject(replace(subject, run=run))
    assert not pad.prepare.isVisible()
    np.testing.assert_array_equal(pad.pixels(), pad.canvas.pixels())
    assert not pad.canvas.empty


def test_its_keys_do_what_is_said_of_them(qtbot: QtBot, tab: ExplorerTab, own: OwnImages, modelled: Modelled) -> None:
    pad = opened(own, tab, modelled((32, 32, 3), 2))
    qtbot.waitUntil(pad.isActiveWindow, timeout=5000)
    size = pad.brush.value()
    QTest.keyClick(pad, Qt.Key.Key_BracketRight)
    assert pad.brush.value() == size + 1
    QTest.keyClick(pad, Qt.Key.Key_BracketLeft)
    assert pad.brush.value() == size
    stroke(pad)
    for key, modifier, empty in (
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, True),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, False),
        (Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier, True),
    ):
        QTest.keyClick(pad, key, modifier)
        qtbot.waitUntil(lambda empty=empty: pad.canvas.empty == empty, timeout=5000)  # type: ignore[misc]
    QTest.keyClick(pad, Qt.Key.Key_E)
    qtbot.waitUntil(pad.eraser.isChecked, timeout=5000)
