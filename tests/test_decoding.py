"""decoding.py: codes to images, the same whoever decodes."""

import threading
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
import pytest

from vae_explorer import model
from vae_explorer.config import training_config
from vae_explorer.decoding import BATCH, LiteRTDecoder, LiveDecoder, as_pixels
from vae_explorer.errors import UserError
from vae_explorer.run import Run

SHAPE = (28, 28, 1)


def codes(count: int, latent_dim: int = 2, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 2, (count, latent_dim)).astype(np.float32)


@pytest.fixture(scope="module")
def decoder(tiny_run: Run) -> LiteRTDecoder:
    return LiteRTDecoder(tiny_run.decoder, 2, SHAPE)


@pytest.fixture(scope="module")
def keras_decoder(tiny_run: Run) -> keras.Model:
    return keras.saving.load_model(tiny_run.folder / "model/decoder.keras", compile=False, safe_mode=True)


@pytest.mark.parametrize("count", [1, 7, BATCH, 600])
def test_litert_decodes_as_keras_does(decoder: LiteRTDecoder, keras_decoder: keras.Model, count: int):
    images = decoder(codes(count))
    assert images.shape == (count, *SHAPE)
    assert images.dtype == np.float32
    np.testing.assert_allclose(images, keras_decoder(codes(count)).numpy(), atol=1e-5)


def test_the_images_differ_and_lie_between_0_and_1(decoder: LiteRTDecoder):
    images = decoder(codes(600))
    assert images.min() >= 0
    assert images.max() <= 1
    assert np.ptp(images, axis=0).max() > 0.1


def test_an_image_does_not_depend_on_those_decoded_with_it(decoder: LiteRTDecoder):
    together = decoder(codes(600))
    for index in (0, 255, 256, 599):
        np.testing.assert_allclose(decoder(codes(600)[index : index + 1])[0], together[index], atol=1e-6)


def test_an_answer_stays_what_it_was_when_more_is_asked(decoder: LiteRTDecoder):
    first = decoder(codes(1, seed=1))
    kept = first.copy()
    decoder(codes(1, seed=2))
    np.testing.assert_array_equal(first, kept)


def test_codes_of_another_kind_of_number_and_memory_are_taken(decoder: LiteRTDecoder):
    wide = codes(6, latent_dim=4)[:, 1:3].astype(np.float64)
    np.testing.assert_array_equal(decoder(wide), decoder(np.ascontiguousarray(wide, np.float32)))


def test_no_codes_give_no_images(decoder: LiteRTDecoder):
    assert decoder(codes(0)).shape == (0, *SHAPE)
    assert decoder(codes(1)).shape == (1, *SHAPE)


def test_four_threads_get_each_their_own_images(decoder: LiteRTDecoder):
    requests = [codes(1 + seed % 5, seed=seed) for seed in range(200)]
    expected = [decoder(request) for request in requests]
    barrier = threading.Barrier(4)

    def decode(start: int) -> list[np.ndarray]:
        barrier.wait()
        return [decoder(request) for request in requests[start::4]]

    with ThreadPoolExecutor(4) as pool:
        for start, images in enumerate(pool.map(decode, range(4))):
            for mine, right in zip(images, expected[start::4], strict=True):
                np.testing.assert_allclose(mine, right, atol=1e-6)


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 10, b"this is no decoder " * 100], ids=["empty", "zeros", "something else"]
)
def test_bytes_that_are_no_decoder_are_refused(content: bytes):
    with pytest.raises(UserError, match="cannot be read by LiteRT"):
        LiteRTDecoder(content, 2, SHAPE)


def test_a_decoder_cut_off_early_is_refused(tiny_run: Run):
    with pytest.raises(UserError, match="cannot be read by LiteRT"):
        LiteRTDecoder(tiny_run.decoder[:1000], 2, SHAPE)


def test_a_decoder_with_damaged_identity_is_refused(tiny_run: Run):
    with pytest.raises(UserError, match="cannot be read by LiteRT"):
        LiteRTDecoder(tiny_run.decoder[:4] + b"XXXX" + tiny_run.decoder[8:], 2, SHAPE)


@pytest.mark.parametrize(("latent_dim", "shape"), [(3, SHAPE), (1, SHAPE), (2, (28, 28, 3)), (2, (784, 1, 1))])
def test_a_decoder_of_other_shapes_than_the_run_names_is_refused(
    tiny_run: Run, latent_dim: int, shape: tuple[int, int, int]
):
    with pytest.raises(UserError, match="does not fit the shapes"):
        LiteRTDecoder(tiny_run.decoder, latent_dim, shape)


def test_an_encoder_in_place_of_the_decoder_is_refused(tiny_run: Run):
    with pytest.raises(UserError, match="does not fit the shapes"):
        LiteRTDecoder(tiny_run.encoder, 2, SHAPE)


def live_decoder(latent_dim: int, seed: int = 0) -> tuple[LiveDecoder, keras.Model]:
    config = training_config("dense", latent_dim=latent_dim, seed=seed)
    network = model.with_sigmoid(model.build_decoder(config, (16, 20, 3)))
    return LiveDecoder(network), network


def test_the_live_decoder_decodes_as_its_model():
    live, network = live_decoder(5)
    assert live.latent_dim == 5
    np.testing.assert_allclose(live(codes(7, 5)), network(codes(7, 5)).numpy(), atol=1e-6)


def test_the_live_decoder_takes_over_all_weights_at_once():
    live, _ = live_decoder(2)
    other, _ = live_decoder(2, seed=9)
    before = live(codes(4))
    live.assign(other._model.get_weights())
    np.testing.assert_array_equal(live(codes(4)), other(codes(4)))
    assert np.abs(live(codes(4)) - before).max() > 0.01


def test_the_live_decoder_keeps_the_weights_and_not_the_arrays_it_was_given():
    live, network = live_decoder(2)
    weights = [weight.copy() for weight in network.get_weights()]
    live.assign(weights)
    expected = live(codes(4))
    for weight in weights:
        weight[:] = 0
    np.testing.assert_array_equal(live(codes(4)), expected)


def test_no_live_image_is_decoded_from_a_mixture_of_weights():
    live, network = live_decoder(2)
    sets = [[weight * factor for weight in network.get_weights()] for factor in (1.0, -2.0)]
    z = codes(1)
    right = []
    for weights in sets:
        live.assign(weights)
        right.append(live(z))
    stop = threading.Event()

    def assign() -> None:
        while not stop.is_set():
            for weights in sets:
                live.assign(weights)

    with ThreadPoolExecutor(1) as pool:
        assigning = pool.submit(assign)
        try:
            images = [live(z) for _ in range(60)]
        finally:
            stop.set()
        assigning.result()
    assert all(any(np.array_equal(image, whole) for whole in right) for image in images)


def test_images_become_the_levels_that_are_shown():
    images = np.array([[-0.1, 0.0, 0.4 / 255, 0.6 / 255], [0.5, 254.4 / 255, 1.0, 1.7]], np.float32)
    pixels = as_pixels(images)
    assert pixels.dtype == np.uint8
    np.testing.assert_array_equal(pixels, [[0, 0, 0, 1], [128, 254, 255, 255]])


def test_every_level_survives_the_way_there_and_back():
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(as_pixels(levels.astype(np.float32) / 255), levels)
