"""The figures of each image, against their definitions, and why they are not offered."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from tests.run.test_imported import MODEL
from vae_explorer.exploring.colouring import by_figure
from vae_explorer.exploring.errors import image_errors
from vae_explorer.exploring.image_figures import FIGURES
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.density import posteriors_in
from vae_explorer.progress import LeftError, no_progress
from vae_explorer.run.run import Run


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    return run_subject(tiny_run, None)


def measured(name: str, subject: Subject) -> np.ndarray:
    return FIGURES[name].measure(subject, no_progress)


def test_the_error_is_that_of_each_image_that_is_at_hand(subject: Subject) -> None:
    errors = measured("error", subject)
    np.testing.assert_array_equal(np.isfinite(errors), subject.image_of >= 0)
    np.testing.assert_array_equal(errors, image_errors(subject))


def test_the_kl_is_that_of_each_posterior(subject: Subject) -> None:
    mean, log_var = subject.z_mean.astype(np.float64), subject.z_log_var.astype(np.float64)
    expected = ((np.exp(log_var) + mean**2 - 1 - log_var) / 2).sum(axis=1)
    np.testing.assert_allclose(measured("kl", subject), expected, rtol=1e-5)


def test_the_density_is_the_mean_of_all_posteriors(subject: Subject) -> None:
    mean, variance = subject.z_mean.astype(np.float64), np.exp(subject.z_log_var.astype(np.float64))
    squared = (np.square(mean[:, None] - mean) / variance).sum(axis=2)
    expected = (np.exp(-squared / 2) / (2 * np.pi * np.sqrt(variance.prod(axis=1)))).mean(axis=1)
    np.testing.assert_allclose(measured("density", subject), expected, atol=0.02 * expected.max())


def test_without_variances_the_density_is_that_of_kernels(subject: Subject) -> None:
    alone = measured("density", replace(subject, z_log_var=None))
    assert np.corrcoef(alone, measured("density", subject))[0, 1] > 0.5


def test_the_distance_is_that_to_another_image(subject: Subject) -> None:
    between = np.linalg.norm(subject.z_mean[:, None] - subject.z_mean, axis=2)
    np.fill_diagonal(between, np.inf)
    np.testing.assert_allclose(measured("distance", subject), between.min(axis=1), rtol=1e-3, atol=1e-6)


def test_codes_that_are_not_finite_are_not_known(subject: Subject) -> None:
    diverged = subject.z_mean.copy()
    diverged[3] = np.nan
    some = replace(subject, z_mean=diverged)
    for name in ("kl", "density", "distance"):
        figures = measured(name, some)
        assert np.isnan(figures[3])
        assert np.isfinite(np.delete(figures, 3)).all()


def means_alone(subject: Subject) -> Subject:
    """The subject as one of an imported model without variances."""
    assert subject.run is not None
    return replace(subject, run=replace(subject.run, info=replace(subject.run.info, origin=MODEL)))


@pytest.mark.parametrize(
    ("name", "lacks", "reason"),
    [
        ("error", lambda s: replace(s, image_of=np.full_like(s.image_of, -1)), "No images are available."),
        ("kl", lambda s: replace(s, z_log_var=None), "variances of these latent codes are not known"),
        ("kl", means_alone, "encoder gives means alone"),
        ("density", lambda s: replace(s, z_mean=s.z_mean[:0]), "no latent codes"),
        ("distance", lambda s: replace(s, z_mean=s.z_mean[:1]), "no two latent codes"),
    ],
)
def test_what_cannot_be_measured_says_why(
    subject: Subject, name: str, lacks: Callable[[Subject], Subject], reason: str
) -> None:
    assert FIGURES[name].missing(subject) == ""
    assert reason in FIGURES[name].missing(lacks(subject))


def test_the_colouring_has_title_unit_and_values_and_can_be_ended(subject: Subject) -> None:
    colouring = by_figure(FIGURES["kl"], subject)
    assert colouring.heading == "KL of the image (nats per image)"
    assert colouring.fits(subject)
    assert colouring.values is not None
    assert colouring.style[colouring.values.argmax()] == colouring.count - 1

    def leave(_task: str, _share: float) -> None:
        raise LeftError

    for figure in (FIGURES["kl"], FIGURES["density"], FIGURES["distance"]):  # the errors are kept with the run by now
        with pytest.raises(LeftError):
            by_figure(figure, subject, leave)


def test_posteriors_of_one_dimension_have_a_density_along_it(subject: Subject) -> None:
    from vae_explorer.latent.density import density_at
    from vae_explorer.latent.plane import FIRST_TWO, axes_plane

    mean, log_var = subject.z_mean[:, :1], subject.z_log_var[:, :1]
    gaussians = posteriors_in(axes_plane(FIRST_TWO, 1), mean, log_var)
    variance = np.exp(log_var[:, 0].astype(np.float64))
    expected = (np.exp(-np.square(mean - mean[:, 0]) / variance / 2) / np.sqrt(2 * np.pi * variance)).mean(axis=1)
    found = density_at(np.column_stack([mean, np.zeros_like(mean)]), gaussians)
    np.testing.assert_allclose(found, expected, atol=0.02 * expected.max())
