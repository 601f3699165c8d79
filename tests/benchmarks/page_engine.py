"""The page's engine in Chromium: time of decoding one code, and its difference from Keras, by decoder and engine.

python -m tests.benchmarks.page_engine
"""

import sys
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from tests.benchmarks.results import finish, percentiles
from tests.browser import chromium, launched
from tests.lowering_cases import shaken
from tests.page_engine import decoded, engine_page, packed
from vae_explorer.run.config import PRESETS, training_config
from vae_explorer.tensorflow_import import import_keras

TIMES = 2000
WARMING = 200
# Codes come one by one, and now and then the browser gets to its own work, as while a probe is dragged.
MEASURE = """async ([description, weights, wasm, warming, times]) => {
  const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const decoder = await createDecoder(description, weights.map(floats), { wasm });
  const took = [];
  for (let i = 0; i < warming + times; i++) {
    const code = Float32Array.from({ length: decoder.latentDim }, () => 6 * Math.random() - 3);
    const began = performance.now();
    decoder.decode(code, 1);
    took.push(performance.now() - began);
    if (i % 20 === 0) await new Promise((done) => setTimeout(done));
  }
  return took.slice(warming);
}"""


def colour_decoder() -> Any:
    """z -> (64, 64, 3) by about 30 million multiply-adds, three in five of them in the second of the convolutions."""
    keras = import_keras()
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((2,)),
            layers.Dense(16 * 16 * 64, "relu"),
            layers.Reshape((16, 16, 64)),
            layers.Conv2DTranspose(64, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2DTranspose(32, 3, strides=2, padding="same", activation="relu"),
            layers.Conv2D(3, 3, padding="same", activation="sigmoid"),
        ]
    )


def decoders() -> dict[str, Any]:
    """The presets' decoders and that one, of random weights."""
    from vae_explorer.model.networks import build_decoder, with_sigmoid

    presets = {name: with_sigmoid(build_decoder(training_config(name), (28, 28, 1))) for name in PRESETS}
    return {name: shaken(decoder, 0.1) for name, decoder in (presets | {"64x64x3": colour_decoder()}).items()}


def main() -> None:
    from vae_explorer.model.lowering import lower

    path = chromium()
    if path is None:
        sys.exit("No Chromium was found.")
    z = np.random.default_rng(0).uniform(-3, 3, (200, 2)).astype(np.float32)
    result: dict[str, dict[str, dict[str, float]]] = {}
    with sync_playwright() as playwright:
        browser = launched(playwright, path)
        for name, decoder in decoders().items():
            lowered, expected = lower(decoder), np.asarray(decoder(z))
            weights = [packed(weight) for weight in lowered.weights]
            for wasm in (True, False):
                page = engine_page(browser)
                engine, images = decoded(page, lowered, z, wasm)
                took = page.evaluate(MEASURE, [lowered.described(), weights, wasm, WARMING, TIMES])
                difference = {"difference": float(np.abs(images - expected).max())}
                result.setdefault(name, {})[engine] = percentiles(took) | difference
                page.close()
        browser.close()
    finish(result)


if __name__ == "__main__":
    main()
