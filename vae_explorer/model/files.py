"""The networks of a run on disk: as Keras saves them, converted for LiteRT, and lowered for the HTML page."""

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
    """Write the networks to folder/model, each as .keras and, where LiteRT can convert it, as .tflite.

    networks: Keras models by the names "encoder" and "decoder"; the decoder's images are in [0, 1], and it is lowered
    to decoder.npz where it can be. warned: told in a sentence of each file that could not be made. progress: told
    from 0 to 1 how much is done. Raises OSError if the disk will not take them.
    """
    (folder / "model").mkdir(exist_ok=True)  # there already if it was cut off here before
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


def _convert(network: Any, path: Path, warned: Callable[[str], None]) -> None:
    import tensorflow as tf

    # Keras's own export goes through a SavedModel of all that a model is, and takes four times as long.
    variables = tf.Module()
    variables.all = [variable.value for variable in network.variables]
    signature = [tf.TensorSpec((None, *network.input_shape[1:]), tf.float32, network.inputs[0].name)]
    try:
        function = tf.function(lambda values: network(values, training=False), input_signature=signature)
        converter = tf.lite.TFLiteConverter.from_concrete_functions([function.get_concrete_function()], variables)
        content = converter.convert()
    except Exception:  # the converter fails in many ways, none of which is to lose the model
        log.info("LiteRT cannot convert the %s", path.stem, exc_info=True)
        instead = ": exploring this run loads TensorFlow, which takes seconds" if path.stem == "decoder" else ""
        warned(f"LiteRT cannot convert the {path.stem}{instead}.")
    else:
        path.write_bytes(content)


def _compress(archive: Path) -> None:
    """Deflate a .keras file, which Keras writes plain and reads either way: a twelfth smaller."""
    with zipfile.ZipFile(archive) as plain:
        members = {name: plain.read(name) for name in plain.namelist()}
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as smaller:
        for name, content in members.items():
            smaller.writestr(name, content)
