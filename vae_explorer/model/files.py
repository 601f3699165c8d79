"""Writes the networks of a run: as Keras saves them, converted for LiteRT, and lowered for the HTML page."""

import logging
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vae_explorer.model.lowering import UnsupportedError, lower
from vae_explorer.progress import Progress
from vae_explorer.run.lowered import pack

log = logging.getLogger(__name__)


def write_models(folder: Path, networks: dict[str, Any], warned: Callable[[str], None], progress: Progress) -> None:
    """Write the networks to folder/model: each as .keras, as .tflite if LiteRT can convert it, the decoder as .npz.

    networks: Keras models by the names "encoder" and "decoder"; the decoder's images are in [0, 1]. warned: called
    with one sentence for each file that could not be made. progress: called with the task and its share done, 0 to 1.
    Raises OSError if the files cannot be written.
    """
    (folder / "model").mkdir(exist_ok=True)  # it exists if an earlier attempt was interrupted
    for done, (name, network) in enumerate(networks.items()):
        network.save(folder / f"model/{name}.keras")
        _compress(folder / f"model/{name}.keras")
        _convert(network, folder / f"model/{name}.tflite", warned)
        progress("Converting the model", (done + 1) / (len(networks) + 1))
    try:
        lowered = lower(networks["decoder"])
    except UnsupportedError as error:
        warned(f"An HTML page cannot compute {error}: it will interpolate.")
    else:
        (folder / "model/decoder.npz").write_bytes(pack(lowered))
    progress("Converting the model", 1.0)


def litert_content(network: Any, sides: tuple[int | None, ...]) -> bytes:
    """A Keras network of one input (batch, *sides) float32, converted for LiteRT. Raises the converter's exceptions."""
    import tensorflow as tf

    # Keras's own export writes a SavedModel of the whole model first, which takes four times as long.
    variables = tf.Module()
    variables.all = [variable.value for variable in network.variables]
    signature = [tf.TensorSpec((None, *sides), tf.float32, network.inputs[0].name)]
    function = tf.function(lambda values: network(values, training=False), input_signature=signature)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], variables)
    content: bytes = converter.convert()
    return content


def _convert(network: Any, path: Path, warned: Callable[[str], None]) -> None:
    try:
        content = litert_content(network, network.input_shape[1:])
    except Exception:  # the converter fails in many ways, and none may lose the model
        log.info("LiteRT cannot convert the %s", path.stem, exc_info=True)
        instead = ": exploring this run loads TensorFlow, which takes seconds" if path.stem == "decoder" else ""
        warned(f"LiteRT cannot convert the {path.stem}{instead}.")
    else:
        path.write_bytes(content)


def _compress(archive: Path) -> None:
    """Compress a .keras file, which saves a twelfth. Keras writes it uncompressed but reads both."""
    with zipfile.ZipFile(archive) as plain:
        members = {name: plain.read(name) for name in plain.namelist()}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as smaller:
        for name, content in members.items():
            smaller.writestr(name, content)
