"""A classifier of a run's images from a file of another program, read as data and understood by trying it."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from vae_explorer.array_types import Floats, ImageShape, Ints
from vae_explorer.errors import UserError
from vae_explorer.network.fitting import from_images, layouts_fitting
from vae_explorer.network.layer_ranges import keras_input_range, onnx_input_range
from vae_explorer.network.onnx_network import Tensor
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.imported import InputRange, Layout
from vae_explorer.sizes import shape_text

Head = Literal["probabilities", "logits", "sigmoid", "one logit", "shares"]  # what its outputs are

RANGES: tuple[InputRange, ...] = ("0..1", "-1..1", "0..255")  # of pixels, in the order in which they are tried
RANGE_TEXTS: dict[InputRange, str] = {"0..1": "0 to 1", "0..255": "0 to 255", "-1..1": "−1 to 1"}
HEAD_TEXTS: dict[Head, str] = {
    "probabilities": "Its outputs are probabilities.",
    "logits": "Its outputs are logits, of which the softmax is taken.",
    "sigmoid": "Its one output is the probability of the second of two classes.",
    "one logit": "Its one output is a logit of the second of two classes.",
    "shares": "Its outputs are a probability for each class alone, which are divided by their sum.",
}
CHUNK, THREADS = 32, 4  # images that a thread classifies at a time, and threads
MOST_CLASSES = 1000
LOW = 0.5  # share of the labels below which a classifier is not trusted to have the run's classes in their order

Run = Callable[[Floats], Floats]  # values (N, ...) in the network's own form -> outputs (N, outputs)


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Images (N, H, W, C) float32 in [0, 1] -> probabilities (N, classes) float32, each row of sum 1. For any thread.

    A call raises UserError if the network fails.
    """

    file: str
    image_shape: ImageShape
    classes: int
    layout: Layout
    input_range: InputRange
    head: Head
    notes: tuple[str, ...]  # sentences on what was found out
    run: Run

    def __call__(self, images: Floats) -> Floats:
        if len(images) <= CHUNK:
            return self._classify(images)
        with ThreadPoolExecutor(THREADS) as pool:
            return np.concatenate(list(pool.map(self._classify, np.split(images, range(CHUNK, len(images), CHUNK)))))

    def _classify(self, images: Floats) -> Floats:
        return _probabilities(self.run(from_images(images, self.layout, self.input_range)), self.head)


def read_classifier(
    path: Path,
    images: Floats,
    labels: Ints,
    class_count: int,
    input_range: InputRange | None = None,
    progress: Progress = no_progress,
) -> Classifier:
    """Read a .keras, .h5 or .onnx file, and find out on the run's images how its input and its outputs are meant.

    images: (N, H, W, C) float32 in [0, 1], at least one. labels: (N,), -1: none. class_count: the run's classes.
    input_range: the range of the pixels that it takes; None: its layers or the images decide. Raises UserError if the
    file cannot be read, is not data alone, or does not fit the images.
    """
    progress("Reading the classifier", 0.0)
    network, known = _read(path)
    _, height, width, channels = images.shape
    shape = height, width, channels
    layouts = _layouts(network.inputs, shape, path.name)
    output = _output(network.outputs, path.name)
    ranges = (input_range or known,) if input_range or known else RANGES
    progress("Trying the classifier", 0.3)
    tried: list[tuple[Layout, InputRange, Floats]] = []
    whole = network.inputs[0].whole
    for layout in layouts:
        for each in ("0..255",) if whole and input_range is None else ranges:
            assert each is not None
            values = network(from_images(images, layout, each), [output])[0]
            if np.isfinite(values).all():
                tried.append((layout, each, values.reshape(len(values), -1)))
    if not tried:
        raise UserError(f"The classifier {path.name} gives values that are no numbers for the run's images.")
    outputs = np.concatenate([values for *_, values in tried])
    head = _head(outputs)
    classes = 2 if outputs.shape[1] == 1 else outputs.shape[1]
    if classes > MOST_CLASSES:
        raise UserError(f"{path.name} gives {classes:,} values for an image; a classifier has up to {MOST_CLASSES:,}.")
    known_labels = labels >= 0
    labelled = classes == class_count and bool(known_labels.any())

    def score(values: Floats) -> tuple[float, float]:
        probabilities = _probabilities(values, head)
        if labelled:  # where several ranges agree equally often, the labels' probabilities decide unless all are sure
            own = np.take_along_axis(probabilities[known_labels], labels[known_labels, None], axis=1)
            agreeing = probabilities[known_labels].argmax(1) == labels[known_labels]
            return float(agreeing.mean()), float(np.log(np.clip(own, 0.01, 0.99)).mean())
        return 0.0, float(_entropy(probabilities.mean(0)) - _entropy(probabilities).mean())  # bits told on an image

    scored = [(score(values), layout, each, values) for layout, each, values in tried]
    (agreeing, _), layout, chosen, values = max(scored, key=lambda found: found[0])
    notes = [HEAD_TEXTS[head]]
    if len(scored) > 1:
        by = "with it, it agrees best with the labels" if labelled else "with it, it tells the images apart best"
        notes.append(f"It takes pixels in {RANGE_TEXTS[chosen]}, as was found by trying: {by}.")
    else:
        why = "as was chosen" if input_range else "as its input says" if known or whole else "as was found"
        notes.append(f"It takes pixels in {RANGE_TEXTS[chosen]}, {why}.")
    if labelled:
        notes.append(_agreement(_probabilities(values, head).argmax(1)[known_labels], labels[known_labels], agreeing))
    elif class_count and classes != class_count:
        notes.append(f"It knows {classes} classes, the run has {class_count}: its classes are named by their numbers.")
    progress("Preparing the classifier", 0.6)
    run, note = _runner(network, output, from_images(images[:1], layout, chosen).shape[1:], path.name)
    found = tuple(filter(None, (*notes, note)))
    return Classifier(path.name, shape, classes, layout, chosen, head, found, run)


def _read(path: Path) -> tuple[Any, InputRange | None]:
    if path.suffix.lower() == ".onnx":
        from vae_explorer.network.onnx_file import parse_onnx
        from vae_explorer.network.onnx_network import load_onnx_file

        network, content, _ = load_onnx_file(path)
        return network, onnx_input_range(parse_onnx(content, path.name).graph)
    from vae_explorer.network.keras_file import load_keras_file
    from vae_explorer.network.keras_network import KerasNetwork

    model = load_keras_file(path)
    return KerasNetwork(model, path.name), keras_input_range(model)


def _layouts(inputs: list[Tensor], shape: ImageShape, file: str) -> list[Layout]:
    if len(inputs) != 1:
        raise UserError(f"The classifier {file} takes {len(inputs)} inputs: one with an input for images is needed.")
    sides, flat = inputs[0].shape[1:], int(np.prod(shape))
    layouts = layouts_fitting(sides, shape)
    if sides in ((flat,), (None,)):
        layouts = ["flat", "flat-first"] if shape[2] > 1 else ["flat"]
    if not layouts:
        taken = ", ".join("any" if side is None else str(side) for side in sides)
        raise UserError(
            f"The classifier {file} takes an input of shape ({taken}), which does not fit this run's images of "
            f"{shape_text(shape)}."
        )
    if shape[2] == 1 and set(layouts) == {"last", "first"}:
        return layouts[:1]  # sides that are not fixed: both are the same numbers in the same order only by chance
    return layouts


def _output(outputs: list[Tensor], file: str) -> str:
    if len(outputs) != 1 or not outputs[0].shape:
        raise UserError(f"{file} gives {len(outputs)} outputs: a classifier gives one, a number for each class.")
    sides = [side for side in outputs[0].shape[1:] if side != 1]
    if len(sides) > 1:
        raise UserError(f"{file} gives no number for each class, but an array of {len(outputs[0].shape) - 1} axes.")
    return outputs[0].name


def _head(values: Floats) -> Head:
    """What outputs (N, outputs) are."""
    shares = bool(values.min() >= -1e-4 and values.max() <= 1 + 1e-4)
    if values.shape[1] == 1:
        return "sigmoid" if shares else "one logit"
    if shares and np.allclose(values.sum(1), 1, atol=1e-2):
        return "probabilities"
    return "shares" if shares else "logits"


def _probabilities(values: Floats, head: Head) -> Floats:
    values = values.reshape(len(values), -1).astype(np.float64)
    if head in ("sigmoid", "one logit"):
        second = (1 + np.tanh(values / 2)) / 2 if head == "one logit" else np.clip(values, 0, 1)
        return np.concatenate([1 - second, second], axis=1).astype(np.float32)
    if head == "logits":
        values = np.exp(values - values.max(axis=1, keepdims=True))
    values = np.maximum(values, 1e-30)
    shares: Floats = (values / values.sum(axis=1, keepdims=True)).astype(np.float32)
    return shares


def _entropy(probabilities: Floats) -> Any:
    return -(probabilities * np.log2(np.maximum(probabilities, 1e-30))).sum(axis=-1)


def _agreement(predicted: Ints, labels: Ints, share: float) -> str:
    said = f"It agrees with the labels of {100 * share:.0f} % of {len(labels):,} images"
    if share >= LOW:
        return f"{said}."
    from scipy.optimize import linear_sum_assignment

    counts = np.zeros((max(predicted.max(), labels.max()) + 1,) * 2)
    np.add.at(counts, (predicted, labels), 1)
    possible = counts[linear_sum_assignment(-counts)].sum() / len(labels)
    better = f" (in the best one it would agree with {100 * possible:.0f} %)" if possible > share + 0.1 else ""
    return f"{said}: its class order may be another one{better}, or it was trained on other images."


def _runner(network: Any, output: str, sides: tuple[int, ...], file: str) -> tuple[Run, str]:
    """Runs the network for values (N, *sides), without TensorFlow where possible, and a sentence where it is not."""
    if network.kind == "onnx":
        return lambda values: network(values, [output])[0], ""
    from vae_explorer.model.files import litert_content

    try:
        return _LiteRT(litert_content(network.model, sides), sides, file), ""
    except Exception:  # noqa: BLE001  the converter fails in many ways; Keras can run the network, too
        return lambda values: network(values, [output])[0], "LiteRT cannot convert it: it is run by TensorFlow, slowly."


class _LiteRT:
    """A network that LiteRT runs, by one interpreter in each thread."""

    def __init__(self, content: bytes, sides: tuple[int, ...], file: str) -> None:
        self._content, self._file, self._here = content, file, threading.local()
        self(np.zeros((1, *sides), np.float32))

    def __call__(self, values: Floats) -> Floats:
        from ai_edge_litert.interpreter import Interpreter

        here = self._here
        try:
            if not hasattr(here, "interpreter"):
                here.interpreter, here.count = Interpreter(model_content=self._content, num_threads=1), 0
            entry = here.interpreter.get_input_details()[0]["index"]
            if len(values) != here.count:
                here.interpreter.resize_tensor_input(entry, values.shape)
                here.interpreter.allocate_tensors()
                here.count = len(values)
            here.interpreter.set_tensor(entry, values)
            here.interpreter.invoke()
            found: Floats = here.interpreter.get_tensor(here.interpreter.get_output_details()[0]["index"])
        except (ValueError, RuntimeError) as error:
            raise UserError(f"The classifier {self._file} fails on images of this run.") from error
        return found
