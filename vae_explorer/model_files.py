"""The networks of a run on disk: as Keras saves them, converted for LiteRT, and lowered for the HTML page."""

import logging
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vae_explorer.lowered import pack
from vae_explorer.lowering import UnsupportedError, lower

log = logging.getLogger(__name__)


def write_models(
    folder: Path, networks: dict[str, Any], warned: Callable[[str], None], progressed: Callable[[float], None]
) -> None:
    """Write the networks to folder/model, each as .keras and, where LiteRT can convert it, as .tflite.

    networks: Keras models by the names "encoder" and "decoder"; the decoder's images are in [0, 1], and it is lowered
    to decoder.npz where it can be. warned: told in a sentence of each file that could not be made. progressed: told
    from 0 to 1 how much is done. Raises OSError if the disk will not take them.
    """
    (folder / "model").mkdir(exist_ok=True)  # there already if it was cut off here before
    for done, (name, network) in enumerate(networks.items()):
        # Keras has to have called a model once before it can export it.
        network(np.zeros((1, *network.input_shape[1:]), np.float32))
        network.save(folder / f"model/{name}.keras")
        _compress(folder / f"model/{name}.keras")
        _export(network, folder / f"model/{name}.tflite", warned)
        progressed((done + 1) / (len(networks) + 1))
    try:
        lowered = lower(networks["decoder"])
    except UnsupportedError as error:
        warned(f"An HTML page cannot compute {error}: it will interpolate.")
    else:
        (folder / "model/decoder.npz").write_bytes(pack(lowered))
    progressed(1.0)


def _export(network: Any, path: Path, warned: Callable[[str], None]) -> None:
    import tensorflow as tf

    # Left to itself, Keras also exports what LiteRT cannot run without TensorFlow.
    target = {"supported_ops": [tf.lite.OpsSet.TFLITE_BUILTINS]}
    try:
        network.export(path, format="litert", verbose=False, target_spec=target)
    except OSError:
        raise
    except Exception:  # the converter fails in many ways, none of which is to lose the model
        log.info("LiteRT cannot convert the %s", path.stem, exc_info=True)
        path.unlink(missing_ok=True)
        instead = ": exploring this run loads TensorFlow, which takes seconds" if path.stem == "decoder" else ""
        warned(f"LiteRT cannot convert the {path.stem}{instead}.")


def _compress(archive: Path) -> None:
    """Deflate a .keras file, which Keras writes plain and reads either way: a twelfth smaller."""
    with zipfile.ZipFile(archive) as plain:
        members = {name: plain.read(name) for name in plain.namelist()}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as smaller:
        for name, content in members.items():
            smaller.writestr(name, content)
