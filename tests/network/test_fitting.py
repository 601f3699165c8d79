"""network/fitting.py: how tensors of imported decoders and encoders are read, with real ONNX networks."""

import numpy as np
import pytest

from tests.imported_files import onnx_decoder, onnx_encoder
from vae_explorer.errors import UserError
from vae_explorer.network.fitting import (
    NO_VARIANCE,
    Choices,
    detect_decoder,
    detect_encoder,
    from_images,
    parse_shape,
    to_images,
    to_posterior,
)
from vae_explorer.network.onnx_network import OnnxNetwork

pytest.importorskip("onnxruntime")


def detect(choices=Choices(), data_shape=None, **network):  # noqa: B008 - frozen
    return detect_decoder(OnnxNetwork(onnx_decoder(**network), "d.onnx"), "d.onnx", choices, None, data_shape)


@pytest.mark.parametrize(
    ("shape", "layout", "image_shape"),
    [
        ((1, 16, 16), "first", (16, 16, 1)),
        ((3, 16, 20), "first", (16, 20, 3)),
        ((16, 20, 3), "last", (16, 20, 3)),
        ((16, 20), "plain", (16, 20, 1)),
        ((784,), "flat", (28, 28, 1)),
    ],
)
def test_the_axis_of_channels_follows_from_the_shape(shape, layout, image_shape):
    decoder, latent_dim, found = detect(shape=shape, latent_dim=5)
    assert (decoder.layout, latent_dim, found) == (layout, 5, image_shape)


@pytest.mark.parametrize(
    ("last", "scale", "ending"),
    [("Sigmoid", 1, "sigmoid"), ("Tanh", 2, "tanh"), ("Identity", 3, "logits"), ("Relu", 20, "0..255")],
)
def test_the_ending_follows_from_the_values(last, scale, ending):
    assert detect(last=last, scale=scale)[0].ending == ending


@pytest.mark.parametrize(
    ("network", "match"),
    [
        ({"last": "Identity", "scale": 0.1}, r"'image' of shape \(batch, 1, 16, 16\).*--output"),
        ({"shape": (3 * 16 * 16,)}, r"\(batch, 768\).*--channels"),
        ({"shape": (700,)}, r"\(batch, 700\).*--shape"),
        ({"shape": (5, 16, 16)}, r"\(batch, 5, 16, 16\)"),
        ({"shape": (1, 160, 16)}, "16 to 128 pixels"),
        ({"latent_dim": 513}, r"'z' of shape \(batch, 513\)"),
    ],
)
def test_what_is_unclear_names_the_tensor_and_its_shape(network, match):
    with pytest.raises(UserError, match=match):
        detect(**network)


def test_choices_decide_what_is_unclear():
    decoder, _, shape = detect(Choices(channels="first"), shape=(3 * 16 * 16,))
    assert (decoder.layout, shape) == ("flat-first", (16, 16, 3))
    assert detect(Choices(image_shape=(20, 35, 1)), shape=(700,))[2] == (20, 35, 1)
    assert detect(data_shape=(20, 35, 1), shape=(700,))[2] == (20, 35, 1)
    assert detect(Choices(ending="sigmoid"), last="Identity", scale=0.1)[0].ending == "sigmoid"


@pytest.mark.parametrize("channels", ["first", "last"])
@pytest.mark.parametrize("shape", [(3, 16, 16), (16, 16, 3), (768,)])
def test_images_are_put_in_order(shape, channels):
    if len(shape) == 3 and (shape[0] == 3) != (channels == "first"):
        return
    decoder, _, image_shape = detect(Choices(channels=channels), shape=shape)
    images = np.random.default_rng(0).random((4, *image_shape), np.float32)
    given = from_images(images, decoder.layout, "0..1")
    assert given.shape[1:] == shape
    np.testing.assert_array_equal(to_images(given, decoder, image_shape), images)


def test_tanh_and_logits_become_pixels():
    decoder, _, shape = detect(last="Tanh", scale=2)
    assert to_images(np.full((1, 1, 16, 16), -1, np.float32), decoder, shape).max() == 0
    decoder, _, shape = detect(last="Identity", scale=3)
    assert to_images(np.zeros((1, 1, 16, 16), np.float32), decoder, shape)[0, 0, 0, 0] == 0.5


def test_pixels_to_255_become_pixels_to_1():
    decoder, _, shape = detect(last="Relu", scale=20)
    images = to_images(np.full((1, 1, 16, 16), 51, np.float32), decoder, shape)
    np.testing.assert_allclose(images, 0.2, rtol=1e-6)
    given = from_images(images, decoder.layout, "0..255")
    np.testing.assert_allclose(given, 51, rtol=1e-6)


def encoder_of(names, width=None, latent_dim=3, **choices):
    decoder, _, shape = detect(latent_dim=latent_dim)
    network = OnnxNetwork(onnx_encoder(latent_dim, names=names, width=width), "e.onnx")
    return network, detect_encoder(network, "e.onnx", decoder, latent_dim, shape, Choices(**choices))[0]


@pytest.mark.parametrize(
    ("names", "width", "posterior", "z_mean", "z_log_var"),
    [
        (("a", "b"), None, "mean and log-variance", "a", "b"),
        (("logvar", "mu"), None, "mean and log-variance", "mu", "logvar"),
        (("z_mean", "z_log_var", "z"), None, "mean and log-variance", "z_mean", "z_log_var"),
        (("code",), None, "mean alone", "code", ""),
        (("both",), 6, "concatenated", "both", "both"),
    ],
)
def test_mean_and_log_variance_are_found(names, width, posterior, z_mean, z_log_var):
    _, found = encoder_of(names, width)
    assert (found.posterior, found.z_mean, found.z_log_var) == (posterior, z_mean, z_log_var)


@pytest.mark.parametrize(
    ("names", "width", "match"),
    [
        (("z_mean", "z_sigma"), None, "standard deviation"),
        (("a", "b", "c", "d"), None, r"'d' \(batch, 3\)"),
        (("a",), 4, r"'a' \(batch, 4\).*3 dimensions"),
    ],
)
def test_outputs_that_give_no_posterior_are_refused(names, width, match):
    with pytest.raises(UserError, match=match):
        encoder_of(names, width)


def test_the_posterior_is_split():
    network, found = encoder_of(("both",), 6)
    images = np.random.default_rng(0).random((2, 16, 16, 1), np.float32)
    z_mean, z_log_var = to_posterior(network, found, images)
    np.testing.assert_array_equal(np.concatenate([z_mean, z_log_var], axis=1), network(images.transpose(0, 3, 1, 2))[0])


def test_a_mean_alone_has_next_to_no_variance():
    network, found = encoder_of(("code",))
    _, z_log_var = to_posterior(network, found, np.zeros((2, 16, 16, 1), np.float32))
    assert (z_log_var == NO_VARIANCE).all()


def test_the_range_of_pixels_is_that_of_the_choice():
    assert encoder_of(("a", "b"))[1].input_range == "0..1"
    assert encoder_of(("a", "b"), input_range="-1..1")[1].input_range == "-1..1"
    assert encoder_of(("a", "b"), input_range="0..255")[1].input_range == "0..255"


@pytest.mark.parametrize("word", ["28", "28x28x2", "axb", "28x-28", ""])
def test_no_shape(word):
    with pytest.raises(UserError, match="no size of images"):
        parse_shape(word)


def test_shapes_are_read():
    assert parse_shape("28x30") == (30, 28, 1)
    assert parse_shape("32 x 24 x 3") == (24, 32, 3)
