"""Two runs whose latent maps are moved together: the codes and the images of one in the other."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Longs
from vae_explorer.data.dataset import Dataset
from vae_explorer.errors import UserError
from vae_explorer.exploring.common_images import common_images
from vae_explorer.exploring.comparing import decoded_difference, difference_picture
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject, draw_in
from vae_explorer.latent.plane import Plane, chosen_plane
from vae_explorer.latent.procrustes import Alignment, align
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.run import Run


@dataclass(frozen=True, slots=True, eq=False)
class Linked:
    """Two runs, A and B, at the positions 0 and 1 of each pair."""

    runs: tuple[Run, Run]
    subjects: tuple[Subject, Subject]  # B is drawn so that its map lies as that of A
    alignment: Alignment | None  # None: their codes cannot be aligned
    partners: tuple[Longs, Longs]  # for each row of one the row of the same image in the other, -1: it is not known

    def follow(self, side: int, code: Floats) -> Floats | None:
        """Where a code of one run lies in the other, by the alignment; None: not known. side: 0, the code is of A."""
        if self.alignment is None:
            return None
        return self.alignment.to_a(code) if side else self.alignment.to_b(code)

    @property
    def same_plane(self) -> bool:
        """Whether both maps show the same plane, so that they can be moved and zoomed together."""
        flat = any(subject.z_mean.shape[1] < 2 for subject in self.subjects)
        return self.alignment is not None and not flat


def link(a: Run, b: Run, dataset_of: Callable[[str], Dataset | None]) -> Linked:
    """Link two runs. dataset_of: gives the data set of a fingerprint if it is at hand.

    Raises UserError if the decoder of a run is damaged.
    """
    subjects = [run_subject(run, dataset_of(run.info.dataset.fingerprint)) for run in (a, b)]
    common, alignment = common_images(a, b), None
    with suppress(UserError):  # too few images: the comparison says so
        alignment = align(a.codes.z_mean[common.rows_a], b.codes.z_mean[common.rows_b])
    partners = [np.full(len(run.codes.index), -1, np.int64) for run in (a, b)]
    partners[0][common.rows_a] = common.rows_b
    partners[1][common.rows_b] = common.rows_a
    one, two = (_informative(subject) for subject in subjects)
    if alignment is not None and min(one.z_mean.shape[1], two.z_mean.shape[1]) >= 2:
        two = draw_in(two, aligned_plane(one.drawn_in, alignment))
    return Linked((a, b), (one, two), alignment, (partners[0], partners[1]))


def aligned_plane(plane: Plane, alignment: Alignment) -> Plane:
    """The plane of B through 0 that lies as a plane of A; both have two dimensions or more."""
    turned = plane.directions.astype(np.float64) @ alignment.turn
    left, _, right = np.linalg.svd(turned, full_matrices=False)  # the nearest orthonormal directions
    directions = np.ascontiguousarray(left @ right, np.float32)
    across, up = (f"{name} of A, aligned" for name in plane.names)
    return Plane((across, up), directions, np.zeros(directions.shape[1], np.float32), None)


@dataclass(frozen=True, slots=True, eq=False)
class DecodedPair:
    """What two runs decode of a code each."""

    images: tuple[Bytes, Bytes]  # (H, W, C) uint8
    difference: Bytes | None  # (H, W, 3) uint8; None: the images have other shapes
    rms: float  # root mean square difference, pixels 0 to 1; NaN: the images have other shapes


def decode_pair(linked: Linked, codes: tuple[Floats, Floats], ground: tuple[int, int, int]) -> DecodedPair:
    """Decode a code (latent_dim,) of each run. ground: the colour of no difference."""
    a, b = (subject.decoder(code[None]) for subject, code in zip(linked.subjects, codes, strict=True))
    images = as_pixels(a)[0], as_pixels(b)[0]
    if a.shape != b.shape:
        return DecodedPair(images, None, float("nan"))
    return DecodedPair(images, difference_picture(a[0], b[0], ground), float(decoded_difference(a, b)[0]))


def _informative(subject: Subject) -> Subject:
    """The subject drawn in the two dimensions that tell most of the images."""
    axes = subject.dimensions.axes
    return subject if axes == subject.drawn_in.axes else draw_in(subject, chosen_plane(axes, subject.z_mean))
