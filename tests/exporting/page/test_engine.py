"""engine.js in a real browser: every kind of operation and every preset, compared with Keras."""

import numpy as np
import pytest
from playwright.sync_api import Browser, Error, Page

from tests.lowering_cases import CASES, lowered_case, random_codes, shaken
from tests.page_engine import decoded, engine_page
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.model.lowering import lower
from vae_explorer.run.config import PRESETS, training_config
from vae_explorer.run.lowered import KINDS

ENGINES = {"WebAssembly": True, "JavaScript": False}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    return engine_page(browser)


@pytest.mark.parametrize("engine", ["WebAssembly", pytest.param("JavaScript", marks=pytest.mark.long)])
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.long] * (place % 4 > 0)) for place, name in enumerate(CASES)]
)
def test_it_decodes_as_keras_does(page: Page, name: str, engine: str) -> None:
    lowered, z, images = lowered_case(name)
    used, ours = decoded(page, lowered, z, ENGINES[engine])
    assert used == engine
    assert np.abs(ours - images).max() <= 2e-6


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "preset",
    [pytest.param(name, marks=[pytest.mark.long] * (name in ("blog", "conv", "keras-io"))) for name in PRESETS],
)
def test_it_decodes_the_presets_as_keras_does(page: Page, preset: str, engine: str) -> None:
    from vae_explorer.model.networks import build_decoder, with_sigmoid

    model = shaken(with_sigmoid(build_decoder(training_config(preset), (28, 28, 1))), spread=0.1)
    z = random_codes(200, 2)
    _, ours = decoded(page, lower(model), z, ENGINES[engine])
    assert np.abs(ours - np.asarray(model(z))).max() <= 1e-5


def test_the_cases_have_operations_of_every_kind() -> None:
    assert {operation.kind for name in CASES for operation in lowered_case(name)[0].operations} == set(KINDS)


def test_the_engine_works_without_webassembly(browser: Browser) -> None:
    lowered, z, _ = lowered_case("nested models")
    page = engine_page(browser, "script-src 'unsafe-inline'")
    assert decoded(page, lowered, z, wasm=True)[0] == "JavaScript"
    page.close()


def test_more_codes_than_a_batch_are_refused(page: Page) -> None:
    with pytest.raises(Error, match="At most 64 codes"):
        page.evaluate("""async () => {
          const operations = [{ kind: "sigmoid", inputs: [0], shape: [1], weights: [], settings: {} }];
          const decoder = await createDecoder({ latent_dim: 1, weights: [], operations }, []);
          decoder.decode(new Float32Array(65), 65);
        }""")


@pytest.mark.parametrize("count", [1, 7, 64, 65, 400])
def test_any_number_of_codes_is_decoded_batch_by_batch(page: Page, count: int) -> None:
    lowered, _, _ = lowered_case("branches")
    z = random_codes(count, 4)
    _, ours = decoded(page, lowered, z, wasm=True)
    assert np.abs(ours - LoweredDecoder(lowered)(z)).max() <= 1e-5


def test_the_scripts_leave_two_names_behind(browser: Browser) -> None:
    own = "Object.getOwnPropertyNames(window)"
    bare = browser.new_page()
    page = engine_page(browser)
    assert set(page.evaluate(own)) == set(bare.evaluate(own))  # constants are not properties of the window
    assert page.evaluate("[typeof createDecoder, typeof matrixProduct]") == ["function", "object"]
    page.close()
    bare.close()
