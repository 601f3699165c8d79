"""Reading a .keras or whole-model .h5 file from another program, without running program code from it.

The order matters. First the file is copied, its weights with `h5_copy`. Then `keras_config` checks the configuration,
and the network is built without weights to measure its size. Only then Keras reads the copy, in safe mode.
"""

import json
import tempfile
import threading
import zipfile
import zlib
from pathlib import Path
from typing import Any

from vae_explorer.errors import UserError
from vae_explorer.network.h5_copy import copy_h5
from vae_explorer.network.keras2 import is_keras2, to_keras3
from vae_explorer.network.keras_config import check_config
from vae_explorer.reading_apart import one_line
from vae_explorer.tensorflow_import import import_keras

KERAS, H5 = (".keras",), (".h5", ".hdf5")
MOST_FILE = 2**30  # bytes
MOST_JSON = 32 * 2**20  # bytes
MOST_PARAMETERS = 250_000_000
MOST_VALUES = 2**24  # in any tensor, per image
MEMBERS = ("config.json", "metadata.json", "model.weights.h5")  # of a .keras archive
CONFIG = "model_config"  # attribute of an .h5 file


def load_keras_file(path: Path, file: str = "", registered: bool = False) -> Any:
    """The Keras model in a .keras or .h5 file. Raises UserError for every other file.

    file: its name in error sentences; "": the name of `path`. registered: also accept custom layers that this process
    has registered with Keras; nothing is imported for them. Takes seconds. May be called in any thread.
    """
    file = file or path.name
    size = _size(path)
    if size > MOST_FILE:
        raise UserError(f"{file} has {size / 2**30:.1f} GB; a network may have {MOST_FILE / 2**30:.0f} GB.")
    with tempfile.TemporaryDirectory(prefix="vae-explorer-") as folder:
        if path.suffix.lower() in KERAS:
            copy, config = Path(folder) / "model.keras", _copy_archive(path, Path(folder), file)
        else:
            copy, config = Path(folder) / "model.h5", _copy_legacy(path, Path(folder), file)
        keras = import_keras()
        samplers = check_config(config, file, keras.saving.get_custom_objects() if registered else ())
        return _load(copy, config, samplers, file)


def _size(path: Path) -> int:
    if path.is_dir():
        if (path / "saved_model.pb").exists():
            raise UserError(
                f"{path.name} is a SavedModel, a program that may read and write files: where it was made, convert it "
                f'into data with model = keras.models.load_model("{path.name}") and '
                f'model.save("{path.name}.keras").'
            )
        raise UserError(f"{path.name} is a folder: give a .keras, .h5 or .onnx file.")
    try:
        return path.stat().st_size
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error


def _copy_archive(path: Path, folder: Path, file: str) -> Any:
    """Copy configuration and weights of a .keras file to folder/model.keras. Returns the configuration."""
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {item.filename: item.file_size for item in archive.infolist()}
            strange = [name for name in sizes if name.startswith(("/", "\\")) or ".." in name or ":" in name]
            if strange or len(sizes) != len(archive.infolist()) or len(sizes) > 1000:
                raise UserError(f"{file} is no model: it holds files with strange names.")
            if not {"config.json", "model.weights.h5"} <= sizes.keys():
                raise UserError(f"{file} is no Keras model: it holds no config.json or no model.weights.h5.")
            if sum(sizes.values()) > MOST_FILE or max(sizes.get(name, 0) for name in MEMBERS[:2]) > MOST_JSON:
                raise UserError(f"{file} unpacks to more than a network may have: it may be malicious.")
            content = {name: _member(archive, name, sizes[name], file) for name in MEMBERS if name in sizes}
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise UserError(f"{file} is no .keras archive, or is damaged: {one_line(error)}.") from error
    except (ValueError, KeyError, IndexError, OverflowError, MemoryError) as error:
        raise UserError(f"{file} is damaged: {one_line(error)}.") from error
    weights, clean = folder / "given.h5", folder / "model.weights.h5"
    weights.write_bytes(content["model.weights.h5"])
    copy_h5(weights, clean, file)
    config, metadata = _parse(content["config.json"], file), _parse(content.get("metadata.json", b"{}"), file)
    _leave_out_training(config)
    if isinstance(metadata, dict) and is_keras2(metadata.get("keras_version", "3")):
        to_keras3(config, file)
    with zipfile.ZipFile(folder / "model.keras", "w") as archive:
        archive.writestr("config.json", json.dumps(config))
        archive.writestr("metadata.json", content.get("metadata.json", b"{}"))
        archive.write(clean, "model.weights.h5")
    return config


def _leave_out_training(config: Any) -> None:
    """Remove optimizers, losses and metrics: they compute nothing here, and Keras would make variables for them."""
    waiting = [config]
    while waiting:
        found = waiting.pop()
        if isinstance(found, dict):
            found.pop("compile_config", None)
            waiting += found.values()
        elif isinstance(found, list):
            waiting += found


def _member(archive: zipfile.ZipFile, name: str, size: int, file: str) -> bytes:
    """Read a member of an archive. Raises UserError unless it has `size` bytes."""
    with archive.open(name) as member:
        content = member.read(size + 1)
    if len(content) != size:
        raise UserError(f"{file} is damaged: {name} is not as long as its header says.")
    return content


def _copy_legacy(path: Path, folder: Path, file: str) -> Any:
    """Copy a whole-model .h5 file to folder/model.h5. Returns its configuration."""
    import h5py

    if path.suffix.lower() not in H5:
        raise UserError(f"{file} is no model that can be imported: give a .keras, .h5 or .onnx file.")
    copy_h5(path, folder / "model.h5", file)
    with h5py.File(folder / "model.h5", "r") as copied:
        config, version = copied.attrs.get(CONFIG), copied.attrs.get("keras_version")
        has_weights = "model_weights" in copied
    if config is None:
        raise UserError(
            f"{file} holds weights alone, without the network that they belong to: save the whole model with "
            'model.save("model.keras").'
        )
    if not has_weights or not isinstance(config, str | bytes):
        raise UserError(f"{file} is damaged: it holds a network without weights.")
    parsed = _parse(config, file)
    if is_keras2(version):
        to_keras3(parsed, file)
        with h5py.File(folder / "model.h5", "r+") as copied:
            copied.attrs[CONFIG] = json.dumps(parsed)
    return parsed


def _parse(text: str | bytes, file: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{file} is damaged: its configuration is not JSON.") from error


def _load(copy: Path, config: Any, samplers: dict[str, str], file: str) -> Any:
    import keras

    from vae_explorer.network.sampling_layer import Sampling

    known = dict.fromkeys([*samplers, *samplers.values()], Sampling)
    try:
        _check_size(config, known, copy.suffix == ".h5", file)
        return keras.saving.load_model(copy, custom_objects=known, compile=False, safe_mode=True)
    except UserError:
        raise
    except Exception as error:  # a wrong configuration makes Keras raise any exception
        reason = one_line(str(error).rpartition("Exception encountered: ")[2].partition(". ")[0], 200)
        raise UserError(f"{file} cannot be read by Keras: {reason}.") from error


def _check_size(config: Any, known: dict[str, Any], legacy: bool, file: str) -> None:
    """Build the network without memory for its weights. Raises UserError if it is too large.

    It is built in a separate thread, since Keras keeps a list per thread of the weights that wait for memory.
    """
    import keras

    from vae_explorer.network.keras_network import largest_tensor

    failed: list[BaseException] = []

    def build() -> None:
        try:
            with keras.StatelessScope(initialize_variables=False):
                if legacy:
                    with keras.saving.custom_object_scope(known):
                        kind = keras.Sequential if config["class_name"] == "Sequential" else keras.Model
                        model = kind.from_config(config["config"])
                else:
                    model = keras.saving.deserialize_keras_object(config, custom_objects=known, safe_mode=True)
                if not isinstance(model, keras.Model):
                    raise UserError(f"{file} holds no model.")
                if model.count_params() > MOST_PARAMETERS or largest_tensor(model) > MOST_VALUES:
                    raise UserError(f"{file} is larger than a network for images of 128 x 128 has to be.")
        except BaseException as error:  # noqa: BLE001 - raised again after the thread has ended
            failed.append(error)

    thread = threading.Thread(target=build, name="measure-network")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
