"""exploring/figures_compared.py: differences, their errors, and what is not compared."""

from dataclasses import replace

import numpy as np
import pytest

from vae_explorer.exploring.common_images import common_images
from vae_explorer.exploring.figures_compared import ComparedFigure, mean_difference, other_pixels, recorded_figures
from vae_explorer.run.quality import FIGURES, Figure
from vae_explorer.run.run import Run

ONE = Figure(1.0, 0.1, 100)


def test_a_paired_difference_has_the_error_of_the_differences() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(100, 30, 1000).astype(np.float32)
    found = mean_difference("negative_elbo", a, a + rng.normal(1, 0.5, 1000).astype(np.float32))
    assert found.paired
    assert found.difference is not None
    assert found.difference.value == pytest.approx(1, abs=0.1)
    assert found.difference.standard_error == pytest.approx(0.5 / np.sqrt(1000), rel=0.1)
    assert found.a is not None
    assert found.a.standard_error == pytest.approx(30 / np.sqrt(1000), rel=0.1)
    assert found.verdict == "worse"


@pytest.mark.parametrize(
    ("field", "value", "error", "verdict"),
    [
        ("negative_elbo", -3.0, 1.0, "better"),
        ("negative_elbo", -1.9, 1.0, "within the error"),
        ("log_likelihood", -3.0, 1.0, "worse"),
        ("kl_loss", 3.0, 1.0, "higher"),
        ("kl_loss", 0.0, 0.0, "within the error"),
        ("active_units", 3.0, None, ""),
        ("negative_elbo", np.inf, 1.0, ""),
    ],
)
def test_the_verdict_says_which_differences_are_beyond_the_error(
    field: str, value: float, error: float | None, verdict: str
) -> None:
    assert ComparedFigure(field, ONE, ONE, Figure(value, error, 100)).verdict == verdict


def test_recorded_figures_are_taken_as_independent(tiny_run: Run) -> None:
    found = recorded_figures(tiny_run, tiny_run, common_images(tiny_run, tiny_run))
    assert set(found) == set(FIGURES)
    loss = found["negative_elbo"]
    assert tiny_run.info.quality is not None
    error = tiny_run.info.quality.negative_elbo.standard_error
    assert loss.difference == Figure(0.0, pytest.approx(np.sqrt(2) * error), 128)
    assert not loss.paired


def test_rounding_is_no_difference() -> None:
    a = np.random.default_rng(0).normal(200, 30, 2000).astype(np.float32)
    found = mean_difference("negative_elbo", a, np.nextafter(a, np.float32(np.inf)))
    assert found.verdict == "within the error"
    assert str(found.difference) == "0"


def test_a_run_older_than_quality_still_has_its_losses(tiny_run: Run) -> None:
    old = replace(tiny_run, info=replace(tiny_run.info, quality=None))
    found = recorded_figures(old, tiny_run, common_images(old, tiny_run))
    assert found["negative_elbo"].difference is not None
    assert found["kl_loss"].difference is not None
    assert found["active_units"].a is found["active_units"].difference is None


def test_figures_of_other_held_out_images_are_not_compared(tiny_run: Run) -> None:
    others = replace(tiny_run, codes=replace(tiny_run.codes, split=np.roll(tiny_run.codes.split, 1)))
    found = recorded_figures(tiny_run, others, common_images(tiny_run, others))
    assert all(each.difference is None for each in found.values())
    assert found["kl_loss"].why_not == "they were measured on other held-out images"


def test_only_likelihoods_depend_on_the_distribution_of_pixels(tiny_run: Run) -> None:
    gaussian = replace(tiny_run, info=replace(tiny_run.info, likelihood="gaussian", sigma=0.1))
    found = recorded_figures(tiny_run, gaussian, common_images(tiny_run, gaussian))
    assert {name for name, each in found.items() if each.difference is None} == {
        "negative_elbo", "reconstruction_loss", "log_likelihood",
    }  # fmt: skip
    assert other_pixels(tiny_run.info, gaussian.info).endswith("Bernoulli of grey levels and Gaussian")
