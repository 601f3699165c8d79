"""How the sub-folders of a set divide it: into parts for training and test, into classes, or merely as wrapping."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vae_explorer.data.names import printable
from vae_explorer.data.naming import Part, parse_name

FOLD = re.compile(r"(fold|part|batch|chunk|shard)[ _-]?\d+", re.IGNORECASE)
MASKS = re.compile(r"mask|annotation|segment|truth", re.IGNORECASE)
Folders = tuple[str, ...]  # the folders above an image, the outermost first
VALIDATION_JOINS = "join the images for training: each training draws its own validation images from them"
NO_TEST = "No part is for test: a seventh of all images is held out."


@dataclass(frozen=True, slots=True)
class Division:
    """What the folders of N images say."""

    parts: tuple[Part | None, ...]  # (N,), None: beside the folders that divide the set; all None: it is not divided
    classes: tuple[str | None, ...]  # (N,), None: no class; all None if there are fewer than two classes
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def divided(self) -> bool:
        return any(part is not None for part in self.parts)


def divide(names: Sequence[str]) -> Division:
    """Parts and classes of images from their paths below the set's folder, with slashes.

    A folder that wraps all others says nothing. Below them are folders such as train/ and test/, with any other words
    that are the same in all of them, as in seg_train/ and seg_test/; or these are below each class. Where they are
    doubled, as in seg_train/seg_train/, the inner one says nothing. The folders below are the classes.
    """
    paths: list[Folders] = [tuple(name.split("/")[:-1]) for name in names]
    wrapping: list[str] = []
    while len(first := {path[0] for path in paths if path}) == 1:
        wrapping += first
        paths = [path[1:] for path in paths]
    notes = []
    if wrapping and any(paths):
        notes.append(f"The folder {quoted(['/'.join(wrapping)])} wraps the others: those below it are looked at.")
    if paths and all(path and FOLD.fullmatch(path[0]) for path in paths):
        folds = sorted({path[0] for path in paths})
        notes.append(f"The folders {quoted(folds)} are numbered parts of the set and no classes.")
        paths = [path[1:] for path in paths]
    tops = _parts_of(path[0] for path in paths if path)
    if not tops and all(len(path) > 1 for path in paths):
        inner = {path[1] for path in paths}
        if set(_parts_of(inner)) == inner and inner:  # each class is divided: the parts first, as usual
            paths = [(path[1], path[0], *path[2:]) for path in paths]
            tops = _parts_of(inner)
    if not tops:
        classes = _classes(paths)
        return Division((None,) * len(paths), classes, tuple(notes), _warnings(classes))
    parts = [tops[path[0]] if path and path[0] in tops else None for path in paths]
    inside: list[Folders] = [path[1:] for path in paths]
    groups = {_group(top): None for top in tops}
    if len(groups) > 1:  # trainA, trainB, testA, testB: the other words are the classes
        named = {top: " ".join(_group(top)) for top in tops}
        inside = [(named[path[0]], *path[1:]) if part else path for part, path in zip(parts, paths, strict=True)]
    _unwrap(parts, inside)
    classes = _classes([path if part else () for part, path in zip(parts, inside, strict=True)])
    return Division(tuple(parts), classes, (*notes, *_division_notes(tops)), _warnings(classes))


def _parts_of(tops: Iterable[str]) -> Mapping[str, Part]:
    """The folders that divide a set, each with its part; none unless there are two different parts.

    Their other words have to be the same: "seg_train" and "seg_test" divide a set, "steam train" and "test tube" do
    not.
    """
    groups: dict[Folders, dict[str, Part]] = {}
    for top in tops:
        part = parse_name(top).part
        if part is not None:
            groups.setdefault(_group(top), {})[top] = part
    groups = {group: found for group, found in groups.items() if len(set(found.values())) > 1}
    if () in groups:
        return groups[()]
    return {top: part for found in groups.values() for top, part in found.items()}


def _group(top: str) -> Folders:
    name = parse_name(top)
    return (*name.rest, "labels") if name.kind == "labels" else name.rest


def _unwrap(parts: Sequence[Part | None], inside: list[Folders]) -> None:
    """Remove folders, in place, that hold all images of their part and are no class: doubled or the same in each."""
    while True:
        firsts: dict[Part, set[str | None]] = {}
        for part, path in zip(parts, inside, strict=True):
            if part is not None:
                firsts.setdefault(part, set()).add(path[0] if path else None)
        same = len(set().union(*firsts.values())) == 1
        several = {name for found in firsts.values() if len(found) > 1 for name in found}
        wrapped = {
            part
            for part, found in firsts.items()
            for name in found
            if len(found) == 1 and name is not None and name not in several and (same or _says_nothing(name, part))
        }
        if not wrapped:
            return
        for row, part in enumerate(parts):
            if part in wrapped:
                inside[row] = inside[row][1:]


def _says_nothing(folder: str, part: Part) -> bool:
    name = parse_name(folder)
    return name.part == part or (name.part is None and not name.rest and name.kind != "labels")


def _classes(paths: Sequence[Folders]) -> tuple[str | None, ...]:
    found = tuple(path[0] if path else None for path in paths)
    return found if len({name for name in found if name is not None}) > 1 else (None,) * len(paths)


def _division_notes(tops: Mapping[str, Part]) -> list[str]:
    of_part = {part: sorted(top for top in tops if tops[top] == part) for part in set(tops.values())}
    notes = [f"The folders {quoted(sorted(tops))} divide the set."]
    if "held-out" in of_part:
        notes[0] = f"{notes[0][:-1]}: images below {quoted(of_part['held-out'])} are held out."
    if "validation" in of_part and "training" in of_part:
        notes.append(f"The images below {quoted(of_part['validation'])} {VALIDATION_JOINS}.")
    if "held-out" not in of_part:
        notes.append(NO_TEST)
    return notes


def _warnings(classes: Sequence[str | None]) -> tuple[str, ...]:
    """A warning if classes are named like parts of a divided set."""
    names = sorted({name for name in classes if name is not None})
    masks = [name for name in names if parse_name(name).kind == "labels" or MASKS.search(name)]
    if masks and len(names) <= 3 and any(parse_name(name).kind == "images" for name in names):
        return (
            f"The folders {quoted(names)} are taken for classes: if {quoted(masks)} belongs to the images, give the "
            "folder of the images alone.",
        )
    parts = {name: parse_name(name) for name in names if parse_name(name).part}
    pure = [name for name in parts if not parts[name].rest]
    if not pure and len({name.part for name in parts.values()}) < 2:
        return ()
    return (
        f"The folders {quoted(names)} are taken for classes, although there is {quoted(pure or list(parts))}: "
        "if this is a part of a divided set, name its folders train and test, beside each other.",
    )


def quoted(names: Sequence[str]) -> str:
    """The names for a sentence: at most five."""
    shown = [printable(name) for name in names[:5]]
    more = [f"{len(names) - 5:,} more"] if len(names) > 5 else []
    *first, last = [*shown, *more]
    return f"{', '.join(first)} and {last}" if first else last
