"""Decoding 1, 64 and 900 latent codes with each preset's network by each engine, in one quiet process.

python -m tests.benchmarks.decode
"""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

import numpy as np

from tests.benchmarks.results import finish
from vae_explorer.model.keras_decoder import TracedDecoder
from vae_explorer.model.litert import LiteRTDecoder, LiveDecoder
from vae_explorer.run.config import PRESETS, training_config
from vae_explorer.tensorflow_import import import_keras

COUNTS = {1: 400, 64: 30, 900: 7}  # codes, and how often they are decoded


def engines(preset: str) -> dict[str, Callable[[np.ndarray], Any]]:
    import tempfile
    from pathlib import Path

    from vae_explorer.model.networks import build_decoder, with_sigmoid

    shape = (28, 28, 1)
    decoder = with_sigmoid(build_decoder(training_config(preset), shape))
    decoder(np.zeros((1, 2), np.float32))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "decoder.tflite"
        decoder.export(path, format="litert", verbose=False)
        content = path.read_bytes()
    return {
        "LiteRT": LiteRTDecoder(content, 2, shape),
        "LiteRT, live": LiveDecoder(decoder),
        "traced function": TracedDecoder(decoder),
        "predict": lambda z: decoder.predict(z, verbose=0, batch_size=256),
    }


def main() -> None:
    import_keras()
    presets = {preset: engines(preset) for preset in PRESETS}
    random = np.random.default_rng(0)
    result: dict[str, dict[str, dict[str, float]]] = {}
    for count, times in COUNTS.items():
        z = random.normal(size=(count, 2)).astype(np.float32)
        for preset, decoders in presets.items():
            for engine, decode in decoders.items():
                decode(z)
                took = []
                for _ in range(times if engine != "predict" else max(3, times // 10)):
                    began = time.perf_counter()
                    decode(z)
                    took.append((time.perf_counter() - began) * 1000)
                result.setdefault(preset, {}).setdefault(engine, {})[str(count)] = median(took)
    finish(result)


if __name__ == "__main__":
    main()
