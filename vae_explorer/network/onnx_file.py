"""Reading an .onnx file together with the weights that PyTorch writes to a second file beside it."""

import stat
from pathlib import Path
from typing import Any

from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most

MOST_BYTES = 2**30  # limit for a network with its weights
BESIDE = ".data"  # torch.onnx.export appends it to the name of the file for that of the second file
MISSING = "Reading ONNX needs ONNX Runtime: pip install 'vae-explorer[onnx]'."


def read_onnx_file(path: Path) -> bytes:
    """The content of an .onnx file with all its weights.

    Weights are read from no other file than the one beside it with its name and `BESIDE`, since a malicious file could
    name any file. Raises UserError if it cannot be read, is too large or damaged, or has weights in other files.
    """
    content = read_at_most(path, MOST_BYTES, "a network")
    model = parse_onnx(content, path.name)
    from onnx import TensorProto

    outside = [tensor for tensor in model.graph.initializer if tensor.data_location == TensorProto.EXTERNAL]
    if not outside:
        return content
    entries = [{entry.key: entry.value for entry in tensor.external_data} for tensor in outside]
    beside = path.with_name(path.name + BESIDE)
    if any(entry.get("location") != beside.name for entry in entries):
        raise UserError(
            f"{path.name} keeps weights in other files than {beside.name}: export it as one, with external_data=False."
        )
    if not is_plain_file(beside):
        raise UserError(f"{path.name} keeps its weights in {beside.name}: put that file beside it.")
    weights, total = read_at_most(beside, MOST_BYTES, "a network"), 0
    for tensor, entry in zip(outside, entries, strict=True):
        try:
            offset = int(entry.get("offset", "0"))
            length = int(entry.get("length", str(len(weights) - offset)))
        except ValueError:
            offset = length = -1
        total += length
        if min(offset, length) < 0 or max(offset + length, total) > len(weights):
            raise UserError(f"{path.name} is damaged: {beside.name} does not hold the weights that it names.")
        tensor.raw_data = weights[offset : offset + length]
        tensor.ClearField("data_location")
        tensor.ClearField("external_data")
    whole: bytes = model.SerializeToString()
    return whole


def parse_onnx(content: bytes, file: str) -> Any:
    """The content as onnx.ModelProto; nothing in it is run.

    Raises UserError if it is damaged, or onnx is not installed.
    """
    try:
        from google.protobuf.message import DecodeError
        from onnx import ModelProto
    except ImportError as error:
        raise UserError(MISSING) from error
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except (DecodeError, RuntimeError, ValueError, MemoryError) as error:
        raise UserError(f"{file} is no ONNX file, or is damaged.") from error
    return model


def bytes_of(path: Path) -> int:
    """Bytes of the file and the one beside it. Raises UserError if they cannot be read or are too large."""
    beside = path.with_name(path.name + BESIDE)
    try:
        size = path.stat().st_size + (beside.stat().st_size if is_plain_file(beside) else 0)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    if size > MOST_BYTES:
        raise UserError(f"{path.name} has {size / 2**30:.1f} GB; a network may have {MOST_BYTES / 2**30:.0f} GB.")
    return size


def is_plain_file(path: Path) -> bool:
    """Whether the path is a file, and not a link or a folder."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
