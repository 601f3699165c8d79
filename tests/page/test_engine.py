"""The JavaScript engine in a real browser: every kind of operation and the presets, held against Keras."""

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from tests.lowering_cases import CASES, lowered_case, random_codes, shaken
from tests.page_engine import decoded, engine_page
from vae_explorer.config import PRESETS, training_config
from vae_explorer.lowered import KINDS
from vae_explorer.lowering import lower

ENGINES = {"WebAssembly": True, "JavaScript": False}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return engine_page(browser)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", CASES)
def test_it_decodes_as_keras_does(page: Page, name: str, engine: str) -> None:
    lowered, z, images = lowered_case(name)
    used, ours = decoded(page, lowered, z, ENGINES[engine])
    assert used == engine
    assert np.abs(ours - images).max() <= 1e-6


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("preset", PRESETS)
def test_it_decodes_the_presets_as_keras_does(page: Page, preset: str, engine: str) -> None:
    from vae_explorer.model import build_decoder, with_sigmoid

    model = shaken(with_sigmoid(build_decoder(training_config(preset), (28, 28, 1))), spread=0.1)
    z = random_codes(200, 2)
    _, ours = decoded(page, lower(model), z, ENGINES[engine])
    assert np.abs(ours - np.asarray(model(z))).max() <= 1e-5


def test_the_cases_have_operations_of_every_kind() -> None:
    met = {operation.kind for name in CASES for operation in lowered_case(name)[0].operations}
    unmet_in_keras_layers = {"gelu_tanh", "threshold"}
    assert set(KINDS) - met == unmet_in_keras_layers
