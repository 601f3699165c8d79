"""Figures of each image that the map can be coloured by: how well it is described, and where it lies."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.exploring.errors import image_errors, why_no_errors
from vae_explorer.exploring.selection import distances_to_nearest
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.density import density_at, kernels_at, posteriors_in
from vae_explorer.latent.plane import to_plane
from vae_explorer.latent.posterior import posterior_kl
from vae_explorer.progress import Progress
from vae_explorer.run.imported import means_alone


@dataclass(frozen=True, slots=True)
class ImageFigure:
    """One number for each image."""

    name: str  # one word, by which the command line knows it
    title: str
    unit: str
    sentence: str  # what it is
    missing: Callable[[Subject], str]  # why the images of a subject do not have it, one sentence; "": they have it
    measure: Callable[[Subject, Progress], Floats]  # (N,), NaN: not known; the progress may raise an exception
    parts: tuple[str, ...]  # attributes of the subject that it is measured from

    def measured_from(self, subject: Subject) -> tuple[Any, ...]:
        """The objects that it is measured from: while they stay the same, so does the figure."""
        return tuple(getattr(subject, part) for part in self.parts)


def _no_codes(subject: Subject) -> str:
    return "" if len(subject.z_mean) else "There are no latent codes."


def _no_variances(subject: Subject) -> str:
    if subject.z_log_var is None:
        return "The variances of these latent codes are not known."
    if subject.run is not None and means_alone(subject.run.info.origin):
        return "The encoder gives means alone: without variances there is no KL."
    return _no_codes(subject)


def _only_one(subject: Subject) -> str:
    return "" if len(subject.z_mean) > 1 else "There are no two latent codes."


def _kl(subject: Subject, progress: Progress) -> Floats:
    progress("Computing the KL", 0.0)
    assert subject.z_log_var is not None
    with np.errstate(over="ignore", invalid="ignore"):  # a training that diverged may give such values
        return posterior_kl(subject.z_mean, subject.z_log_var).astype(np.float32)


def _density(subject: Subject, progress: Progress) -> Floats:
    progress("Measuring the density", 0.0)
    plane, z_mean, log_var = subject.drawn_in, subject.z_mean, subject.z_log_var
    if log_var is None or _no_variances(subject):
        gaussians = kernels_at(plane, z_mean)
    else:
        gaussians = posteriors_in(plane, z_mean, log_var)
    points = to_plane(z_mean, plane)
    if gaussians.line:
        points = points * np.array([1, 0], np.float32)  # the second coordinate only spreads the points
    return density_at(points, gaussians).astype(np.float32)


def _distance(subject: Subject, progress: Progress) -> Floats:
    finite = np.isfinite(subject.z_mean).all(axis=1)
    distances = np.full(len(subject.z_mean), np.nan, np.float32)
    distances[finite] = distances_to_nearest(subject.z_mean[finite], progress)
    return distances


FIGURES = {
    figure.name: figure
    for figure in (
        ImageFigure(
            "error",
            "reconstruction error",
            "RMS, pixels 0 to 1",
            "Root mean square difference of an image and its reconstruction",
            why_no_errors,
            image_errors,
            ("z_mean", "images"),
        ),
        ImageFigure(
            "kl",
            "KL of the image",
            "nats per image",
            "KL divergence of the posterior q(z|x) of an image from the prior: how much z tells of the image",
            _no_variances,
            _kl,
            ("z_mean", "z_log_var"),
        ),
        ImageFigure(
            "density",
            "density",
            "per unit of the map",
            "Density of the aggregated posterior, the mean of all q(z|x), at the point of an image on the map",
            _no_codes,
            _density,
            ("z_mean", "z_log_var", "drawn_in"),
        ),
        ImageFigure(
            "distance",
            "distance to nearest",
            "in all of z",
            "Distance from the latent code of an image to the nearest code of another image, in all dimensions of z: "
            "large for images that are unlike the others",
            _only_one,
            _distance,
            ("z_mean",),
        ),
    )
}
