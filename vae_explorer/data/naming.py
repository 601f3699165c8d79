"""What the names of arrays and folders say: a part of a divided set, and images or labels.

A name is taken apart into words, whatever joins them: "x_train", "trainX", "XTrain", "train/images" and "seg_train" are
a word for the part, a word for the kind, and other words, in any order.
"""

import re
from dataclasses import dataclass
from typing import Literal

Part = Literal["training", "validation", "held-out"]
Kind = Literal["images", "labels"]

PARTS: dict[Part, tuple[str, ...]] = {
    "training": ("train", "training"),
    "validation": ("val", "valid", "validation", "dev"),
    "held-out": ("test", "testing", "t10k", "heldout", "holdout", "eval", "evaluation"),
}
SHORT: dict[Part, tuple[str, ...]] = {"training": ("tr", "trn"), "held-out": ("te", "tst")}  # of arrays only
KINDS: dict[Kind, tuple[str, ...]] = {
    "images": (
        "x", "xs", "image", "images", "img", "imgs", "data", "picture", "pictures", "pic", "pics", "pixel", "pixels",
        "photo", "photos", "sample", "samples", "feature", "features", "input", "inputs",
    ),
    "labels": (
        "y", "ys", "label", "labels", "target", "targets", "class", "classes", "category", "categories", "gt", "ans",
    ),
}  # fmt: skip
FILLERS = ("set", "sets", "dataset", "split", "arr", "array", "arrays", "folder")  # they say nothing

_PART_OF = {word: part for part, words in PARTS.items() for word in words}
_SHORT_OF = {word: part for part, words in SHORT.items() for word in words}
_KIND_OF = {word: kind for kind, words in KINDS.items() for word in words}
_LEAST = 3  # letters of a word that may be joined to others, except x and y


@dataclass(frozen=True, slots=True)
class Name:
    """What a name says."""

    part: Part | None
    kind: Kind | None  # labels, if it has words for both
    rest: tuple[str, ...]  # the other words in lower case, without numbers


def parse_name(name: str, short: bool = False) -> Name:
    """Take a name apart. short: abbreviations such as "tr" and "te", which as folders may be languages, are known."""
    part_of = _PART_OF | (_SHORT_OF if short else {})
    known = {*part_of, *_KIND_OF, *FILLERS}
    words: list[str] = []
    for word in _words(name):
        words += _apart(word, known) or [word]
    parts = [part_of[word] for word in words if word in part_of]
    kinds = {_KIND_OF[word] for word in words if word in _KIND_OF}
    kind: Kind | None = "labels" if "labels" in kinds else "images" if kinds else None
    rest = tuple(word for word in words if word not in known and not word.isdecimal())
    return Name(parts[0] if parts else None, kind, rest)


def _words(name: str) -> list[str]:
    """The words of a name in lower case: "XTrain-images_2" has x, train, images, 2."""
    whole = re.sub(r"(?i)(held|hold)[\W_]+out", r"\1out", name)
    whole = re.sub(r"(?i)(?<!se)t10k", " heldout ", whole)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", whole)
    return re.findall(r"[^\W\d_]+|\d+", apart.lower())


def _apart(word: str, known: set[str]) -> list[str] | None:
    """A word that is several known words without a gap, such as "xtrain"; None: it is not."""
    if word in known:
        return [word]
    for length in range(len(word) - 1, 0, -1):
        first = word[:length]
        if first in known and (length >= _LEAST or first in ("x", "y", "tr", "te")):
            rest = _apart(word[length:], known)
            if rest is not None:
                return [first, *rest]
    return None
