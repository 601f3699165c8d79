"""The class label that a conditional decoder takes besides z: which input it is, and how many classes there are.

With a class bound to it, such a decoder is one of z alone.
"""

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from vae_explorer.array_types import Floats, Ints
from vae_explorer.errors import UserError
from vae_explorer.network.codes import code_size
from vae_explorer.network.fitting import Choices, Network
from vae_explorer.network.onnx_network import Tensor
from vae_explorer.run.imported import MOST_CLASSES, ImportedLabel, LabelKind, written_shape

LABEL = re.compile(
    r"label|class|cond|categ|one_?hot|digit|attr|target|(?<![a-z])(y|c|cls)(?![a-z])", re.IGNORECASE
)  # fmt: skip
CODE = re.compile(r"latent|noise|code|sampl|(?<![a-z])(z|lat)(?![a-z])", re.IGNORECASE)


class OfClasses:
    """A network of z and a class label as a `Network` of z alone.

    classes: (M,), M >= 1; row i of z has the class classes[i % M]. None: it has all classes in turn.
    """

    def __init__(self, network: Network, label: ImportedLabel, classes: Ints | None = None) -> None:
        self.kind, self.outputs, self.drawn = network.kind, network.outputs, network.drawn
        self.inputs = [tensor for tensor in network.inputs if tensor.name != label.input]
        rows = label_rows(label)
        self._network, self._label, self._labels = network, label.input, rows if classes is None else rows[classes]

    def __call__(self, values: Floats, wanted: Sequence[str] | None = None) -> list[Floats]:
        labels = self._labels[np.arange(len(values)) % len(self._labels)]
        return self.run({self.inputs[0].name: values, self._label: labels}, wanted)

    def run(self, inputs: Mapping[str, Floats], wanted: Sequence[str] | None = None) -> list[Floats]:
        return self._network.run(inputs, wanted)


def label_rows(label: ImportedLabel) -> Floats:
    """The label of each class as the decoder takes it: (K, K) for a one-hot, (K, 1) for an index, float32."""
    count = label.classes
    return np.eye(count, dtype=np.float32) if label.kind == "one-hot" else np.arange(count, dtype=np.float32)[:, None]


def find_label(network: Network, file: str, choices: Choices, named: int) -> ImportedLabel | None:
    """The label that a decoder takes besides z; None: it has other inputs than z and one label.

    named: how many classes the data set has, 0: it names none, or there is none. Raises UserError if it is not certain
    which input is the label, or how many classes it has.
    """
    if len(network.inputs) != 2 or not all(tensor.shape for tensor in network.inputs):
        if choices.label_input is not None:
            raise UserError(f"The decoder {file} does not take z and one class label: leave --label-input out.")
        return None
    label = _which(network, file, choices, named)
    code = next(tensor for tensor in network.inputs if tensor is not label)
    width = _width(label)
    kind: LabelKind = "index" if width == 1 or (label.whole and width is None) else "one-hot"
    count = choices.classes
    if kind == "one-hot":
        count = width or count or named
    elif count is None:
        count = _count_by_asking(network, code, label) or named
    said = f"The decoder {file} takes the class label {label.name!r} {_sides(label)}"
    if not count:
        raise UserError(f"{said}, which does not show how many classes there are: say it with --classes.")
    if count > MOST_CLASSES:
        raise UserError(f"{said}, which has {count:,} classes: at most {MOST_CLASSES:,} can be chosen from.")
    if kind == "one-hot" and choices.classes not in (None, count):
        raise UserError(f"{said}, which has {count:,} classes, not {choices.classes:,}: leave --classes out.")
    return ImportedLabel(label.name, kind, count)


def _which(network: Network, file: str, choices: Choices, named: int) -> Tensor:
    """The input that takes the label: the one chosen, of whole numbers, so named, or found by asking the network."""
    first, second = network.inputs
    if choices.label_input is not None:
        chosen = [tensor for tensor in network.inputs if tensor.name == choices.label_input]
        if not chosen:
            raise UserError(
                f"The decoder {file} has no input {choices.label_input!r}: give {first.name!r} or {second.name!r} as "
                "--label-input."
            )
        return chosen[0]
    if first.whole != second.whole:
        return first if first.whole else second
    for pattern, is_label in ((LABEL, True), (CODE, False)):
        found = [bool(pattern.search(tensor.name)) for tensor in network.inputs]
        if found[0] != found[1]:
            return first if found[0] == is_label else second
    widths = [_width(tensor) for tensor in network.inputs]
    single = [tensor for tensor, width in zip(network.inputs, widths, strict=True) if width == 1]
    if len(single) == 1 and _takes_whole_numbers(network, single[0]):
        return single[0]
    fitting = [tensor for tensor, width in zip(network.inputs, widths, strict=True) if width == named and named > 1]
    if len(fitting) == 1:
        return fitting[0]
    raise UserError(
        f"The decoder {file} takes {first.name!r} {_sides(first)} and {second.name!r} {_sides(second)}, and it is not "
        "certain which of them is the class label: choose it with --label-input."
    )


def _width(tensor: Tensor) -> int | None:
    """How many numbers an input takes for an image; None: any number, or it is no vector."""
    return 1 if len(tensor.shape) == 1 else code_size(tensor.shape)


def _sides(tensor: Tensor) -> str:
    return written_shape(["batch", *("any" if side is None else side for side in tensor.shape[1:])])


def _takes_whole_numbers(network: Network, label: Tensor) -> bool:
    """Whether an input of one number is an index: fractions change nothing, another whole number does."""
    code = next(tensor for tensor in network.inputs if tensor is not label)
    decode = _decoding(network, code, label)
    images = [decode(number) for number in (0.0, 0.4, 1.0)]
    if any(image is None for image in images):
        return False
    zero, fraction, one = images
    return np.array_equal(zero, fraction) and not np.array_equal(zero, one)  # type: ignore[arg-type]


def _count_by_asking(network: Network, code: Tensor, label: Tensor) -> int:
    """How many labels a decoder knows; 0: it does not show it.

    One that looks the label up in a table fails after the last one. One that turns it into a one-hot has one image for
    all later ones. One that computes with the number itself, or ignores it, has no last one.
    """
    decode = _decoding(network, code, label)
    beyond = decode(MOST_CLASSES)
    if beyond is not None and not np.array_equal(beyond, decode(MOST_CLASSES + 1)):  # type: ignore[arg-type]
        return 0

    def is_known(number: int) -> bool:
        image = decode(number)
        return image is not None and (beyond is None or not np.array_equal(image, beyond))

    known, unknown = -1, MOST_CLASSES
    while unknown - known > 1:
        middle = (known + unknown) // 2
        known, unknown = (middle, unknown) if is_known(middle) else (known, middle)
    return unknown


def _decoding(network: Network, code: Tensor, label: Tensor) -> Callable[[float], Floats | None]:
    """A function that decodes one latent code with the label that it is given; None: the network fails on it."""
    z = np.random.default_rng(0).standard_normal((1, _width(code) or 1), np.float32)

    def decode(number: float) -> Floats | None:
        try:
            outputs = network.run({code.name: z, label.name: np.array([[number]], np.float32)})
        except UserError:
            return None
        return np.concatenate([output.ravel() for output in outputs])

    return decode
