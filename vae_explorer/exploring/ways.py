"""The ways to select images by a measure; WAYS lists them for a menu."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Flags, Floats, Indices
from vae_explorer.exploring.image_figures import FIGURES
from vae_explorer.exploring.ordering import HANDLE
from vae_explorer.exploring.selection import largest, nearest_to
from vae_explorer.exploring.subject import Subject
from vae_explorer.progress import Progress

COUNT = 100  # images that are selected
SEED = 16  # of the choice at random, so that the same images come again


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What the images are selected from."""

    subject: Subject
    code: Floats  # (latent_dim,), at the handle
    shown: Flags  # (N,), whether each image may be selected


@dataclass(frozen=True, slots=True)
class Way:
    """How to select images."""

    text: str  # what is selected, for a menu
    sentence: str  # by which measure
    missing: Callable[[Subject], str]  # why it cannot be used for a subject, one sentence; "": it can
    rows: Callable[[Asked, Progress], Indices]  # at most COUNT of them; the progress may raise an exception
    # The name of the order in which the first of them comes first, and whether that is descending; "": none.
    order: tuple[str, bool] = "", False


def _nearest(asked: Asked, progress: Progress) -> Indices:
    progress("Comparing latent codes", 0.0)
    return nearest_to(asked.subject.z_mean, asked.code, COUNT, asked.shown)[0]


def _random(asked: Asked, _progress: Progress) -> Indices:
    rows = np.flatnonzero(asked.shown)
    return np.random.default_rng(SEED).choice(rows, min(COUNT, len(rows)), replace=False)


def _with_largest(figure: str) -> Callable[[Asked, Progress], Indices]:
    def rows(asked: Asked, progress: Progress) -> Indices:
        return largest(FIGURES[figure].measure(asked.subject, progress), COUNT, asked.shown)

    return rows


def _no_codes(subject: Subject) -> str:
    return "" if len(subject.z_mean) else "There are no latent codes."


WAYS = (
    Way(
        f"The {COUNT} nearest to the handle", "By the distance to the latent code at the handle, in all of z",
        _no_codes, _nearest, (HANDLE, False),
    ),
    Way(
        f"The {COUNT} worst reconstructed", "By the root mean square difference of an image and its reconstruction",
        FIGURES["error"].missing, _with_largest("error"), ("error", True),
    ),
    Way(
        f"The {COUNT} sparsest", "By the distance from a latent code to the nearest one of another image, in all of z",
        FIGURES["distance"].missing, _with_largest("distance"), ("distance", True),
    ),
    Way(f"{COUNT} at random", "The same images each time, of the images that are shown", _no_codes, _random),
)  # fmt: skip
