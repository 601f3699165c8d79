"""Decoding in numpy: what test_lowering.py, which compares it with Keras layer by layer, does not cover."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tests.lowering_cases import lowered_case, random_codes
from vae_explorer.model import lowered_decoder as module
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.run.lowered import Lowered, Operation


@pytest.fixture(scope="module")
def decoder() -> LoweredDecoder:
    return LoweredDecoder(lowered_case("branches")[0])


def test_it_is_a_decoder(decoder: LoweredDecoder) -> None:
    images = decoder(random_codes(3, 4))
    assert (decoder.latent_dim, decoder.engine) == (4, "numpy")
    assert (images.shape, images.dtype) == ((3, 6, 8, 5), np.float32)


def test_no_codes_give_no_images(decoder: LoweredDecoder) -> None:
    assert decoder(np.zeros((0, 4), np.float32)).shape == (0, 6, 8, 5)


def test_many_codes_are_decoded_in_chunks_as_each_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    lowered = lowered_case("branches")[0]
    whole = LoweredDecoder(lowered)(random_codes(23, 4))
    monkeypatch.setattr(module, "CHUNK_NUMBERS", 10_000)
    assert np.allclose(LoweredDecoder(lowered)(random_codes(23, 4)), whole, atol=1e-6)


def test_threads_do_not_disturb_each_other(decoder: LoweredDecoder) -> None:
    codes = [random_codes(count, 4) for count in range(1, 40)]
    alone = [decoder(z) for z in codes]
    with ThreadPoolExecutor(4) as pool:
        assert all(map(np.array_equal, pool.map(decoder, codes), alone))


def test_images_stay_between_0_and_1_when_numbers_overflow() -> None:
    weights = np.full((1, 4), 3e38, np.float32), np.zeros(4, np.float32)
    operations = Operation("dense", (0,), (4,), (0, 1)), Operation("reshape", (1,), (2, 2, 1))
    images = np.zeros((1, 2, 2, 1), np.float32)
    decoder = LoweredDecoder(Lowered(operations, weights, np.zeros((1, 1), np.float32), images))
    assert decoder(np.array([[9], [-9], [0.0]], np.float32)).reshape(3, 4)[:, 0].tolist() == [1, 0, 0]
