"""Reads damaged model files of one format; run as a process of its own.

    python -m tests.damaged_models FORMAT COUNT FOLDER

What the program reads in a process apart, which a damaged file may end or hold up, is read apart here, too: in one
process for all inputs, since to start one for each would take hours, and started anew only after one that ended or that
took too long. As a good file of this size takes some milliseconds, too long is much sooner here than in the program.
Prints figures as JSON. FOLDER/at holds the number of the input that is being read.
"""

import json
import os
import random
import resource
import select
import signal
import subprocess
import sys
import time
import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from tests.imported_files import onnx_decoder
from tests.process_memory import most_memory
from vae_explorer.errors import UserError
from vae_explorer.network import keras_file as keras_files
from vae_explorer.network.h5_copy import write_copy
from vae_explorer.network.onnx_network import OnnxNetwork, try_onnx
from vae_explorer.reading_apart import MOST_MEMORY

FORMATS = ("keras", "h5", "onnx")
SECONDS = 10  # that one input may take apart from what is read apart
SECONDS_APART = 1


def good_file(kind: str, folder: Path) -> bytes:
    """A small one, so that damage falls on what describes the network more often than on its weights."""
    if kind == "onnx":
        return onnx_decoder(shape=(1, 4, 4))
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(4, "sigmoid"), keras.layers.Reshape((2, 2, 1))])
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


class Apart:
    """The process that reads what may end it."""

    def __init__(self) -> None:
        self.crashes = self.hangs = self.most = 0
        self._start()

    def _start(self) -> None:
        words = [sys.executable, "-m", "tests.damaged_models", "apart"]
        self._process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        self._process.stdout.readline()  # it has imported what it needs

    def read(self, *words: str) -> None:
        """Raises UserError as `read_apart` does."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(words).encode() + b"\n")
        process.stdin.flush()
        hangs = not select.select([process.stdout], [], [], SECONDS_APART)[0]
        if hangs:
            process.kill()
        answer = b"" if hangs else process.stdout.readline()
        if not answer:
            process.communicate()
            assert process.returncode < 0, "an exception that is no UserError"
            self.crashes, self.hangs = self.crashes + (not hangs), self.hangs + hangs
            self._start()
            raise UserError("damaged: the library that reads it fails, or takes too long")
        sentence, most = json.loads(answer)
        self.most = max(self.most, most)
        if sentence:
            raise UserError(sentence)

    def end(self) -> None:
        self._process.communicate()


def read_apart() -> None:
    """What that process does: for each line of words one with the refusal's sentence, or none, and the memory."""
    import h5py  # noqa: F401 - imported before the first input, not while it is timed
    import onnxruntime  # noqa: F401

    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # a library may print
    print(file=answers, flush=True)
    for line in sys.stdin:
        source, target, file = json.loads(line)
        sentence = ""
        try:
            if target:
                write_copy(Path(source), Path(target), file)
            else:
                try_onnx(Path(source).read_bytes(), file)
        except UserError as error:
            sentence = str(error)
        print(json.dumps((sentence, most_memory())), file=answers, flush=True)


def read(kind: str, content: bytes, path: Path, apart: Apart) -> None:
    path.write_bytes(content)
    if kind != "onnx":
        keras_files.load_keras_file(path)
        return
    apart.read(str(path), "", path.name)
    network = OnnxNetwork(content, path.name)
    if len(network.inputs) == 1 and len(network.inputs[0].shape) == 2 and (network.inputs[0].shape[1] or 99) <= 64:
        network(np.zeros((16, network.inputs[0].shape[1]), np.float32))


def main() -> None:
    kind, count, folder = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    warnings.simplefilter("ignore")
    content, apart, path = good_file(kind, folder), Apart(), folder / f"damaged.{kind}"
    keras_files.copy_h5 = lambda source, target, file: apart.read(str(source), str(target), file)
    read(kind, content, path, apart)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    before = most_memory()
    accepted, longest = 0, 0.0
    for number in range(count):
        (folder / "at").write_text(str(number))
        began = time.perf_counter()
        signal.alarm(SECONDS)  # ends this process
        sentence = "read"
        try:
            read(kind, damaged_input(kind, content, random.Random(number)), path, apart)
            accepted += 1
        except UserError as error:
            sentence = str(error)
        signal.alarm(0)
        assert sentence
        assert sentence.isprintable(), repr(sentence)
        longest = max(longest, time.perf_counter() - began)
    apart.end()
    figures = {"read": accepted, "refused": count - accepted, "crashes": apart.crashes, "hangs": apart.hangs}
    memory = {"MB": most_memory() - before, "MB apart": apart.most}
    print(json.dumps(figures | {"longest": longest} | memory))


if __name__ == "__main__":
    read_apart() if sys.argv[1] == "apart" else main()
