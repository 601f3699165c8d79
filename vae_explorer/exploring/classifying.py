"""What a person's classifier says of what the decoder draws: over the plane as a field, and at one latent code."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.data.names import printable
from vae_explorer.exploring.fields import REGION, Contour, Field, Place, contour_lines, decoded_grid
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.grid import Grid
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.latent.plane import on_plane
from vae_explorer.model.classifier import Classifier, read_classifier
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.imported import InputRange
from vae_explorer.sizes import shape_text

TRIED = 500  # images on which it is found out how a classifier is meant
AT_ONCE = 256  # latent codes that are decoded and classified at a time
FINER = 4  # cells of the picture per decoded one, along a side
LEAST_LOG = 1e-30  # probability below which logarithms are not told apart
LEAST_NAMED = 0.03  # share of the view's shorter side that a region reaches around its name

NO_CLASSIFIER = "Choose a classifier of these images: File > Open classifier…"


def open_classifier(
    path: Path, subject: Subject, input_range: InputRange | None = None, progress: Progress = no_progress
) -> Classifier:
    """Read a classifier of the subject's images. Raises UserError if it cannot be read or does not fit them.

    Where the subject has no images, those that it decodes from draws of the prior take their place.
    """
    step = max(1, len(subject.images) // TRIED)
    labels = np.full(len(subject.images), -1, np.int32)
    available = subject.image_of >= 0
    labels[subject.image_of[available]] = subject.label[available]
    images: Floats = subject.images[::step].astype(np.float32) / np.float32(255)
    labels = labels[::step]
    if not len(images):
        draws = np.random.default_rng(0).standard_normal((TRIED, subject.decoder.latent_dim), np.float32)
        images, labels = subject.decoder(draws), np.full(TRIED, -1, np.int32)
    return read_classifier(path, images, labels, len(subject.columns.class_names), input_range, progress)


def why_not(classifier: Classifier | None, subject: Subject) -> str:
    """Why there are no classes by this classifier, one sentence; "": there are."""
    if classifier is None:
        return NO_CLASSIFIER
    if classifier.image_shape != subject.image_shape:
        wanted, given = (shape_text(shape) for shape in (classifier.image_shape, subject.image_shape))
        return f"{classifier.file} classifies images of {wanted}, these have {given}: File > Open classifier…"
    return ""


def names_in(classifier: Classifier, subject: Subject) -> tuple[str, ...]:
    """The names of its classes: those of the subject if there are as many, or else numbers."""
    names = subject.columns.class_names
    if len(names) == classifier.classes:
        return tuple(map(printable, names))
    return tuple(f"class {number}" for number in range(classifier.classes))


class ClassifierField:
    """The regions of the classes that a classifier sees in what is decoded, with their boundaries and names."""

    def __init__(self, classifier: Classifier | None = None) -> None:
        self.classifier = classifier

    def missing(self, subject: Subject) -> str:
        return why_not(self.classifier, subject)

    def __call__(self, place: Place, progress: Progress = no_progress) -> Field:
        classifier, subject = self.classifier, place.subject
        assert classifier is not None
        grid = decoded_grid(place)
        codes, parts = on_plane(grid.points(), place.plane), list[Floats]()
        for start in range(0, len(codes), AT_ONCE):
            parts.append(classifier(subject.decoder(codes[start : start + AT_ONCE])))
            progress("Classifying what the decoder draws", min(1.0, (start + AT_ONCE) / len(codes)))
        logs = np.log(np.maximum(np.concatenate(parts), LEAST_LOG)).astype(np.float64).reshape(*grid.shape, -1)
        seen = np.unique(logs.argmax(axis=2))
        winner, confidence = _finer(logs, seen)
        opacity = REGION * np.clip((confidence * classifier.classes - 1) / (classifier.classes - 1), 0, 1)
        colours = as_rgb(class_colours(classifier.classes, place.dark))
        rgba = np.concatenate([colours[winner], 255 * opacity[..., None]], axis=2)
        names = names_in(classifier, subject)
        return Field(
            place.rectangle,
            np.rint(rgba).astype(np.uint8),
            (Contour("", _boundaries(grid, logs, seen)),) if len(seen) > 1 else (),
            note=" ".join([f"{classifier.file}.", *classifier.notes]),
            names=tuple((names[number], *point) for number, point in _middles(place, winner, seen)),
        )


def _finer(logs: Doubles, seen: NDArray[np.intp]) -> tuple[NDArray[np.intp], Doubles]:
    """The likeliest class and its probability in cells FINER times as fine, from log-probabilities (H, W, K)."""
    down, across = (_interpolation(side) for side in logs.shape[:2])
    winner, best = np.zeros((len(down), len(across)), np.intp), np.full((len(down), len(across)), -np.inf)
    for number in seen.tolist():
        values = down @ logs[..., number] @ across.T
        winner[values > best] = number
        best = np.maximum(best, values)
    return winner, np.exp(best)


def _interpolation(side: int) -> Doubles:
    """The matrix (FINER * side, side) that interpolates between centres of cells; 1 x 1 for one cell."""
    if side == 1:
        return np.ones((1, 1))
    centres = (np.arange(FINER * side) + 0.5) / FINER - 0.5
    return np.column_stack([np.interp(centres, np.arange(side), column) for column in np.eye(side)])


def _boundaries(grid: Grid, logs: Doubles, seen: NDArray[np.intp]) -> tuple[Doubles, ...]:
    """The lines on which two classes are the likeliest, with log-probabilities (H, W, K) taken as linear in a cell.

    They are continued by one cell beyond the outermost centres, so that they reach the edges of the rectangle.
    """
    left, right, low, high = grid.rectangle
    if len(grid.y) == 1:  # one latent dimension
        logs, y = np.repeat(logs, 2, axis=0), np.array([high, low])
    else:
        y = grid.y
    if len(grid.x) < 2:
        return ()
    x, y = _continued(grid.x), _continued(y)
    logs = np.pad(logs, ((1, 1), (1, 1), (0, 0)), mode="reflect", reflect_type="odd")
    # Finer, since where three classes are close the lines of two of them would part within a cell.
    down, across = (_between(len(centres)) for centres in (y, x))
    best = second = np.full((len(down), len(across)), -np.inf)
    for number in seen.tolist():
        values = down @ logs[..., number] @ across.T
        best, second = np.maximum(best, values), np.maximum(second, np.minimum(best, values))
    finer, lines = Grid(across @ x, down @ y, (left, right, low, high)), list[Doubles]()
    for number in seen.tolist():
        values = down @ logs[..., number] @ across.T
        lines += contour_lines(finer, values - np.where(values >= best, second, best), 0.0)
    return tuple(lines)


def _between(count: int) -> Doubles:
    """The matrix that interpolates from `count` values to FINER times as many intervals, with the values themselves."""
    places = np.linspace(0, count - 1, FINER * (count - 1) + 1)
    return np.column_stack([np.interp(places, np.arange(count), column) for column in np.eye(count)])


def _continued(centres: Doubles) -> Doubles:
    continued: Doubles = np.pad(centres, 1, mode="reflect", reflect_type="odd")
    return continued


def _middles(
    place: Place, winner: NDArray[np.intp], seen: NDArray[np.intp]
) -> list[tuple[int, tuple[float, float]]]:  # fmt: skip
    """Of each class that is seen with enough room for a name the point of the plane farthest from its boundary."""
    from scipy.ndimage import distance_transform_edt

    left, right, low, high = place.rectangle
    height, width = winner.shape
    found = []
    for number in seen.tolist():
        room = distance_transform_edt(np.pad(winner == number, 1))[1:-1, 1:-1]
        row, column = np.unravel_index(int(room.argmax()), room.shape)
        if place.plane.latent_dim > 1 and room.max() < LEAST_NAMED * min(width, height):
            continue
        across, up = (column + 0.5) / width, (row + 0.5) / height
        found.append((number, (left + float(across) * (right - left), high - float(up) * (high - low))))
    return found
