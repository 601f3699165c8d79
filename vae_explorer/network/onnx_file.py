"""An .onnx file as one, with the weights that PyTorch leaves in a second file beside it."""

import stat
from pathlib import Path
from typing import Any

from vae_explorer.errors import UserError
from vae_explorer.files import read_at_most

MOST_BYTES = 2**30  # of a network, with its weights
BESIDE = ".data"  # added to the name, it is that of the second file: so torch.onnx.export calls it
MISSING = "Reading ONNX needs ONNX Runtime: pip install 'vae-explorer[onnx]'."


def read_onnx_file(path: Path) -> bytes:
    """The content of an .onnx file, all weights in it.

    Of other files it takes weights from that of its own name with `BESIDE` alone, and only where it lies beside it: a
    stranger's file could name any. Raises UserError for what cannot be read, is too large or damaged, or is elsewhere.
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
    """The content as onnx.ModelProto, nothing of it run. Raises UserError if it is none, or onnx is not installed."""
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
    """How large the file is, with the one beside it. Raises UserError if it cannot be told, or is too much."""
    beside = path.with_name(path.name + BESIDE)
    try:
        size = path.stat().st_size + (beside.stat().st_size if is_plain_file(beside) else 0)
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}.") from error
    if size > MOST_BYTES:
        raise UserError(f"{path.name} has {size / 2**30:.1f} GB; a network may have {MOST_BYTES / 2**30:.0f} GB.")
    return size


def is_plain_file(path: Path) -> bool:
    """Whether there is such a file, and no link to one that lies elsewhere."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
