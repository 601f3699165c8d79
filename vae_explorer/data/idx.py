"""Images in IDX files, as MNIST, Fashion-MNIST, EMNIST, KMNIST and QMNIST are published."""

import re
from pathlib import Path

import numpy as np

from vae_explorer.data.arrays import labels_from, read_labels, stamp_of
from vae_explorer.data.columns import Columns, joined, no_columns
from vae_explorer.data.names import printable
from vae_explorer.data.stacked import Stack, StackedImages, check_stacks
from vae_explorer.data.stored_array import open_idx
from vae_explorer.errors import UserError

# emnist-letters-train-images-idx3-ubyte.gz, train-images.idx3-ubyte, t10k-labels-idx1-ubyte, ...
NAME = re.compile(
    r"(?P<set>.*?)(?P<split>train|t10k|test)(?P<rest>[-_.]?)(?P<what>images|labels)(?P<end>[-.]idx[13][-.]?ubyte)(?P<gz>\.gz)?",
    re.IGNORECASE,
)
FASHION = (
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip


def image_files(folder: Path) -> list[Path]:
    """The IDX files of training images in a folder, not in its sub-folders, sorted by name."""
    found = []
    for path in sorted(folder.iterdir()):
        match = NAME.fullmatch(path.name)
        if match and match["split"].lower() == "train" and match["what"].lower() == "images" and path.is_file():
            found.append(path)
    packed = {path.name.removesuffix(".gz") for path in found if path.suffix != ".gz"}
    return [path for path in found if path.suffix != ".gz" or path.name.removesuffix(".gz") not in packed]


def find_idx_folder(folder: Path, labels: Path | None) -> StackedImages:
    """The data set in a folder with train-images-idx3-ubyte or .gz. Raises UserError if there are several sets."""
    found = image_files(folder)
    if len(found) != 1:
        names = ", ".join(printable(path.name) for path in found)
        raise UserError(f"{folder} holds several sets: give one of the files {names}.")
    return find_idx(found[0], labels, folder.resolve())


def find_idx(path: Path, labels: Path | None, folder: Path | None = None) -> StackedImages:
    """The data set of an IDX file, with the labels and the held-out images that are beside it.

    labels: a file of labels to use instead. folder: the folder that the user gave instead of the file; its name becomes
    that of the set. Raises UserError if a file is damaged or the numbers of images and labels differ.
    """
    path = _partner(path, what="images") or path
    match = NAME.fullmatch(path.name)
    transposed = path.name.lower().startswith("emnist-")  # EMNIST stores images column by column
    splits = [path]
    if match and match["split"].lower() == "train":
        test = _partner(path, split="t10k") or _partner(path, split="test")
        splits += [test] if test else []
    stacks = check_stacks(
        [Stack(open_idx(file), number > 0, transposed=transposed) for number, file in enumerate(splits)]
    )
    counts = [stack.array.shape[0] for stack in stacks]
    own = [_partner(file, what="labels") if match else None for file in splits]
    files = [file for file in own if file is not None]
    if labels is not None:
        columns = read_labels(labels, sum(counts))
    elif len(files) == len(splits):
        found = [labels_from(open_idx(file), count) for file, count in zip(files, counts, strict=True)]
        columns = _named(joined(found, counts), path)
    else:
        columns = no_columns(sum(counts))
    name = folder.name if folder is not None else match["set"].strip("-_.") if match else ""
    name = name or (path.resolve().parent.name if match else path.name.partition(".")[0])
    source = str(folder if folder is not None else path.resolve())
    stamp = stamp_of(*splits, *files, labels)
    return StackedImages(printable(name) or "images", source, "IDX files", stacks, columns, stamp)


def _partner(path: Path, split: str | None = None, what: str | None = None) -> Path | None:
    """The file beside `path` with another split or other content, "images" or "labels"; packed or not; None: none."""
    match = NAME.fullmatch(path.name)
    if match is None:
        return None
    what = what or match["what"]
    end = re.sub("idx[13]", "idx3" if what == "images" else "idx1", match["end"], flags=re.IGNORECASE)
    stem = f"{match['set']}{split or match['split']}{match['rest']}{what}{end}"
    candidates = (path.with_name(stem + ending) for ending in (match["gz"] or "", "", ".gz"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _named(columns: Columns, path: Path) -> Columns:
    """The columns with class names: letters from EMNIST's mapping file, clothes for Fashion-MNIST, or else numbers."""
    names = columns.class_names
    match = NAME.fullmatch(path.name)
    mapping = path.with_name(f"{match['set']}mapping.txt") if match else path
    if path.name.lower().startswith("emnist-") and mapping.is_file() and mapping.stat().st_size < 100_000:
        rows = [line.split() for line in mapping.read_text(encoding="utf-8", errors="replace").splitlines()]
        letters = {row[0]: printable("".join(map(chr, _codes(row[1:])))) for row in rows if len(row) > 1}
        if set(names) <= set(letters):
            names = tuple(letters[name] for name in names)
    elif names == tuple(map(str, range(10))) and "fashion" in str(path.resolve()).lower():
        names = FASHION
    return Columns(columns.labels, names, columns.values, columns.value_names)


def _codes(words: list[str]) -> list[int]:
    """Unicode code points from decimal numbers."""
    return [int(word) for word in words if word.isascii() and word.isdigit() and int(word) < np.iinfo(np.uint16).max]
