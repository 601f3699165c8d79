"""Reads damaged model files of one format; run as a process of its own, which one of them may end.

    python -m tests.damaged_models FORMAT FIRST COUNT FOLDER

What the program reads apart from itself is read in this process here, since starting one for each input would take
hours. Before each input, its number and where it is read are written to FOLDER/at: "apart", where the program survives
the end of the process, or "within". At the end, the figures go to FOLDER/done.
"""

import json
import random
import resource
import signal
import sys
import time
import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from tests.imported_files import onnx_decoder
from vae_explorer import keras_files
from vae_explorer.errors import UserError
from vae_explorer.h5_copy import write_copy
from vae_explorer.onnx_network import OnnxNetwork, try_onnx

FORMATS = ("keras", "h5", "onnx")
SECONDS = 10  # that one input may take
MOST_MEMORY = 6 * 2**30  # addresses, most of them TensorFlow's libraries


def good_file(kind: str, folder: Path) -> bytes:
    if kind == "onnx":
        return onnx_decoder()
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(256, "sigmoid"), keras.layers.Reshape((16, 16, 1))])
    model.save(folder / f"good.{kind}")
    return (folder / f"good.{kind}").read_bytes()


def damaged(content: bytes, rng: random.Random) -> bytes:
    """Some bytes changed, cut out or put in."""
    changed = bytearray(content)
    for _ in range(rng.choice((1, 1, 2, 5, 20))):
        at = rng.randrange(len(changed) or 1)
        what = rng.random()
        if what < 0.6 and changed:
            changed[at] = rng.choice((0, 255, 127, 128, rng.randrange(256), changed[at] ^ (1 << rng.randrange(8))))
        elif what < 0.8:
            del changed[at : at + rng.choice((1, 4, 100))]
        else:
            changed[at:at] = rng.randbytes(rng.choice((1, 4, 16)))
    return bytes(changed)


def damaged_input(kind: str, content: bytes, rng: random.Random) -> bytes:
    if kind != "keras" or rng.random() < 0.2:
        return damaged(content, rng)
    with zipfile.ZipFile(BytesIO(content)) as good:
        members = {name: good.read(name) for name in good.namelist()}
    name = rng.choice(["config.json", "config.json", "model.weights.h5"])
    members[name] = damaged(members[name], rng)
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for member, text in members.items():
            archive.writestr(member, text)
    return packed.getvalue()


def read(kind: str, content: bytes, folder: Path, within) -> None:
    path = folder / f"damaged.{kind}"
    path.write_bytes(content)
    if kind != "onnx":
        keras_files.load_keras_file(path)
        return
    try_onnx(content, path.name)
    within()
    network = OnnxNetwork(content, path.name)
    if len(network.inputs) == 1 and len(network.inputs[0].shape) == 2 and (network.inputs[0].shape[1] or 99) <= 64:
        network(np.zeros((16, network.inputs[0].shape[1]), np.float32))


def main() -> None:
    kind, first, count, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])
    warnings.simplefilter("ignore")
    content, number = good_file(kind, folder), 0
    read(kind, content, folder, lambda: None)

    def tell(place: str) -> None:
        (folder / "at").write_text(f"{number} {place}")

    def copy(source: Path, target: Path, file: str) -> None:
        tell("apart")
        write_copy(source, target, file)
        tell("within")

    keras_files.copy_h5 = copy
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    accepted, longest = 0, 0.0
    for number in range(first, count):
        tell("apart" if kind == "onnx" else "within")
        began = time.perf_counter()
        signal.alarm(SECONDS)
        sentence = "read"
        try:
            read(kind, damaged_input(kind, content, random.Random(number)), folder, lambda: tell("within"))
            accepted += 1
        except UserError as error:
            sentence = str(error)
        signal.alarm(0)
        assert sentence
        assert sentence.isprintable(), repr(sentence)
        longest = max(longest, time.perf_counter() - began)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000
    (folder / "done").write_text(json.dumps({"read": accepted, "longest": longest, "MB": grown}))


if __name__ == "__main__":
    main()
