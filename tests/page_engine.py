"""The JavaScript engine by itself in a page of a real browser, under the policy of the standalone page."""

import base64
import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page

from vae_explorer.assets import asset
from vae_explorer.run.lowered import Lowered

SCRIPTS = "page/product.js", "page/engine.js"
POLICY = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'"
DECODE = """async ([description, weights, codes, wasm]) => {
  const floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
  const decoder = await createDecoder(description, weights.map(floats), { wasm });
  const z = floats(codes);
  const texts = [];
  for (let start = 0; start < z.length / decoder.latentDim; start += decoder.maxBatch) {
    const some = z.subarray(start * decoder.latentDim, (start + decoder.maxBatch) * decoder.latentDim);
    const images = decoder.decode(some, some.length / decoder.latentDim);
    let text = "";
    for (const byte of new Uint8Array(images.slice().buffer)) text += String.fromCharCode(byte);
    texts.push(btoa(text));
  }
  return [decoder.engine, decoder.imageShape, texts];
}"""


def engine_page(browser: Browser, policy: str = POLICY) -> Page:
    """A page with nothing but the engine in it."""
    scripts = "".join(f"<script>{asset(name).read_text(encoding='utf-8')}</script>" for name in SCRIPTS)
    page = browser.new_page()
    page.set_content(f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">{scripts}')
    return page


def packed(numbers: NDArray[Any]) -> str:
    return base64.b64encode(np.ascontiguousarray(numbers, "<f4").tobytes()).decode("ascii")


def decoded(page: Page, lowered: Lowered, z: NDArray[np.float32], wasm: bool) -> tuple[str, NDArray[np.float32]]:
    """What the engine calls itself, and the images (N, H, W, C) of codes z (N, latent_dim)."""
    weights = [packed(weight) for weight in lowered.weights]
    description = json.loads(json.dumps(lowered.described()))
    engine, shape, texts = page.evaluate(DECODE, [description, weights, packed(z), wasm])
    numbers = np.frombuffer(b"".join(map(base64.b64decode, texts)), "<f4")
    return engine, numbers.reshape(-1, *shape)
