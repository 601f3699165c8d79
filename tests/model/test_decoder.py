"""model/decoder.py: every decoder draws the same images from the same latent codes."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.model.decoder import as_pixels, live_decoder, run_decoder
from vae_explorer.model.keras_decoder import TracedDecoder, load_keras_decoder, load_keras_encoder
from vae_explorer.model.litert import CHUNK, LiteRTDecoder, LiveDecoder
from vae_explorer.model.networks import build_decoder, build_encoder, with_sigmoid
from vae_explorer.run.config import PRESETS, training_config
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Networks, Run
from vae_explorer.run.storage import InFolder

SHAPE = (28, 28, 1)


def codes(count: int, latent_dim: int = 2, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 2, (count, latent_dim)).astype(np.float32)


@pytest.fixture(scope="module")
def decoder(tiny_run: Run) -> LiteRTDecoder:
    return LiteRTDecoder(tiny_run.networks.decoder, 2, SHAPE)


@pytest.fixture(scope="module")
def keras_decoder(tiny_run: Run) -> keras.Model:
    return keras.saving.load_model(tiny_run.folder / "model/decoder.keras", compile=False, safe_mode=True)


@pytest.mark.parametrize("count", [1, 7, CHUNK, CHUNK + 1, 600])
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


def test_images_do_not_change_when_more_are_decoded(decoder: LiteRTDecoder):
    first = decoder(codes(1, seed=1))
    kept = first.copy()
    decoder(codes(1, seed=2))
    np.testing.assert_array_equal(first, kept)


def test_codes_of_another_dtype_and_memory_order_are_accepted(decoder: LiteRTDecoder):
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


def test_a_code_is_decoded_while_many_are(decoder: LiteRTDecoder):
    many = codes(20_000)
    with ThreadPoolExecutor(1) as pool:
        decoding = pool.submit(decoder, many)
        meanwhile = 0
        while not decoding.done():
            decoder(codes(1))
            meanwhile += 1
        assert len(decoding.result()) == 20_000
    assert meanwhile > 5


@pytest.mark.parametrize(
    "content", [b"", b"\0" * 10, b"this is no decoder " * 100], ids=["empty", "zeros", "something else"]
)
def test_bytes_that_are_no_decoder_are_refused(content: bytes):
    with pytest.raises(UserError, match="cannot be read by LiteRT"):
        LiteRTDecoder(content, 2, SHAPE)


def test_a_decoder_cut_off_early_is_refused(tiny_run: Run):
    with pytest.raises(UserError, match="cannot be read by LiteRT"):
        LiteRTDecoder(tiny_run.networks.decoder[:1000], 2, SHAPE)


def test_a_decoder_with_damaged_identity_is_refused(tiny_run: Run):
    with pytest.raises(UserError, match="cannot be read by LiteRT"):
        LiteRTDecoder(tiny_run.networks.decoder[:4] + b"XXXX" + tiny_run.networks.decoder[8:], 2, SHAPE)


@pytest.mark.parametrize(("latent_dim", "shape"), [(3, SHAPE), (1, SHAPE), (2, (28, 28, 3)), (2, (784, 1, 1))])
def test_a_decoder_with_other_shapes_than_run_toml_is_refused(
    tiny_run: Run, latent_dim: int, shape: tuple[int, int, int]
):
    with pytest.raises(UserError, match="does not fit the shapes"):
        LiteRTDecoder(tiny_run.networks.decoder, latent_dim, shape)


def test_an_encoder_instead_of_the_decoder_is_refused(tiny_run: Run):
    with pytest.raises(UserError, match="does not fit the shapes"):
        LiteRTDecoder(tiny_run.networks.encoder, 2, SHAPE)


# Without LiteRT


@keras.saving.register_keras_serializable("tests")
class Fourier(keras.layers.Layer):
    """The real part of the Fourier transform of z: LiteRT knows no complex numbers."""

    def call(self, z: Any) -> Any:
        return keras.ops.fft((z, keras.ops.zeros_like(z)))[0]


def by_keras_alone(run: Run) -> Run:
    return replace(run, networks=Networks())


def test_a_run_is_decoded_by_litert(tiny_run: Run):
    assert run_decoder(tiny_run).engine == "LiteRT"


@pytest.mark.parametrize(
    ("missing", "engine"),
    [
        ({"decoder": None}, "numpy"),
        ({"decoder": None, "lowered": None}, "TensorFlow (LiteRT cannot convert this decoder)"),
    ],
)
def test_a_run_without_a_file_for_litert_is_decoded_alike_by_another_engine(
    tiny_run: Run, decoder: LiteRTDecoder, missing: dict[str, None], engine: str
):
    other = run_decoder(replace(tiny_run, networks=replace(tiny_run.networks, **missing)))
    assert other.engine == engine
    assert other.latent_dim == 2
    for count in (0, 1, 70):
        np.testing.assert_allclose(other(codes(count)), decoder(codes(count)), atol=1e-5)


@pytest.mark.parametrize("missing", [{"decoder": None}, {"decoder": None, "lowered": None}])
@pytest.mark.parametrize("change", [{"latent_dim": 3}, {"image_shape": (28, 28, 3)}])
def test_a_decoder_with_other_shapes_is_refused_without_litert_too(
    tiny_run: Run, change: dict[str, Any], missing: dict[str, None]
):
    info = tiny_run.info
    config, dataset = ({name: value for name, value in change.items() if hasattr(settings, name)}
                       for settings in (info.origin, info.dataset))  # fmt: skip
    info = replace(info, origin=replace(info.origin, **config), dataset=replace(info.dataset, **dataset))
    with pytest.raises(UserError, match="does not fit the shapes"):
        run_decoder(replace(tiny_run, info=info, networks=replace(tiny_run.networks, **missing)))


def test_a_keras_decoder_of_unknown_layers_is_refused_in_one_sentence(tiny_run: Run, tmp_path: Path):
    @keras.saving.register_keras_serializable("tests")
    class Unknown(keras.layers.Layer):
        def call(self, z: Any) -> Any:
            return z

    z = keras.Input((2,))
    (tmp_path / "model").mkdir()
    keras.Model(z, Unknown()(z)).save(tmp_path / "model/decoder.keras")
    del keras.saving.get_custom_objects()["tests>Unknown"]
    with pytest.raises(
        UserError, match=r"^The decoder of the run .* has a layer of the class 'Unknown', which is not known here"
    ):
        run_decoder(by_keras_alone(replace(tiny_run, storage=InFolder(tmp_path))))


@pytest.mark.parametrize(
    ("preset", "shape"), [("dense", (17, 24, 3)), ("conv", (30, 18, 3)), ("keras-io", (28, 28, 1)), ("blog", SHAPE)]
)
def test_the_networks_of_every_preset_can_be_read_in_safe_mode(
    tiny_run: Run, tmp_path: Path, preset: str, shape: tuple[int, int, int]
):
    config = training_config(preset, latent_dim=3)
    (tmp_path / "model").mkdir()
    encoder, decoder = build_encoder(config, shape), with_sigmoid(build_decoder(config, shape))
    encoder.save(tmp_path / "model/encoder.keras")
    decoder.save(tmp_path / "model/decoder.keras")
    info = replace(tiny_run.info, origin=config, dataset=replace(tiny_run.info.dataset, image_shape=shape))
    run = replace(tiny_run, storage=InFolder(tmp_path), info=info)
    for kept, read in ((encoder, load_keras_encoder(run)), (decoder, load_keras_decoder(run))):
        for ours, theirs in zip(kept.get_weights(), read.get_weights(), strict=True):
            np.testing.assert_array_equal(ours, theirs)


def test_the_networks_of_the_shipped_run_can_be_read():
    run = open_run(find_run(BUILTIN))
    assert load_keras_encoder(run).count_params() == run.info.encoder_parameters
    assert load_keras_decoder(run).count_params() == run.info.decoder_parameters


# During a training


def network(latent_dim: int, seed: int = 0) -> keras.Model:
    config = training_config("dense", latent_dim=latent_dim, seed=seed)
    return with_sigmoid(build_decoder(config, (16, 20, 3)))


@pytest.mark.parametrize("preset", PRESETS)
def test_litert_follows_the_training_of_every_preset(preset: str):
    follower = live_decoder(with_sigmoid(build_decoder(training_config(preset), (28, 28, 1))))
    assert follower.engine == "LiteRT, live"


def test_a_model_that_litert_cannot_convert_is_followed_by_tensorflow():
    z = keras.Input((5,))
    odd = keras.Model(z, network(5)(Fourier()(z)))
    follower = live_decoder(odd)
    assert follower.engine == "TensorFlow (LiteRT cannot convert this decoder)"
    np.testing.assert_allclose(follower(codes(7, 5)), odd(codes(7, 5)).numpy(), atol=1e-6)


def test_weights_that_are_not_trained_are_followed_too():
    z = keras.Input((3,))
    inner = keras.layers.BatchNormalization()(keras.layers.Dense(16)(z))
    normed = keras.Model(z, keras.layers.Reshape((4, 4, 1))(keras.layers.Dense(16, "sigmoid")(inner)))
    live = LiveDecoder(normed)
    rng = np.random.default_rng(0)
    normed.set_weights([rng.uniform(0.5, 2, weight.shape) for weight in normed.get_weights()])
    live.assign(normed.get_weights())
    np.testing.assert_allclose(live(codes(7, 3)), normed(codes(7, 3)).numpy(), atol=1e-6)


FOLLOWERS = pytest.mark.parametrize("follow", [LiveDecoder, TracedDecoder])
Follow = Callable[[keras.Model], LiveDecoder | TracedDecoder]


@FOLLOWERS
def test_the_live_decoder_decodes_as_its_model(follow: Follow):
    theirs = network(5)
    live = follow(theirs)
    assert live.latent_dim == 5
    for count in (0, 1, 7, CHUNK + 1):
        np.testing.assert_allclose(live(codes(count, 5)), theirs(codes(count, 5)).numpy(), atol=1e-6)


@FOLLOWERS
@pytest.mark.parametrize("count", [1, 4])
def test_the_live_decoder_takes_over_all_weights_at_once(follow: Follow, count: int):
    live, other = follow(network(2)), network(2, seed=9)
    before = live(codes(count))
    live.assign(other.get_weights())
    np.testing.assert_allclose(live(codes(count)), other(codes(count)).numpy(), atol=1e-6)
    assert np.abs(live(codes(count)) - before).max() > 0.001


@FOLLOWERS
def test_the_live_decoder_keeps_the_weights_and_not_the_arrays_it_was_given(follow: Follow):
    live = follow(network(2))
    weights = [weight.copy() for weight in network(2, seed=9).get_weights()]
    live.assign(weights)
    expected = live(codes(4))
    for weight in weights:
        weight[:] = 0
    np.testing.assert_array_equal(live(codes(4)), expected)


@FOLLOWERS
def test_no_live_image_is_decoded_from_a_mixture_of_weights(follow: Follow):
    live = follow(network(2))
    sets = [[weight * factor for weight in network(2).get_weights()] for factor in (1.0, -2.0)]
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


def test_every_level_survives_conversion_to_float_and_back():
    levels = np.arange(256, dtype=np.uint8)
    np.testing.assert_array_equal(as_pixels(levels.astype(np.float32) / 255), levels)
