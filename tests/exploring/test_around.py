"""exploring/around.py: steps and images around a code."""

from dataclasses import replace

import numpy as np
import pytest

from tests.exploring.test_local_directions import Linear
from vae_explorer.errors import UserError
from vae_explorer.exploring.around import STEPS, Surroundings, Wanted, why_not
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.run import Run


def subject_of(codes: np.ndarray, run: Run, matrix: np.ndarray) -> Subject:
    """A subject with these codes (N, latent_dim) and the linear decoder of a matrix."""
    codes = codes.astype(np.float32)
    return replace(
        run_subject(run, None), decoder=Linear(matrix), z_mean=codes, nearby=Neighbours(codes),
        dimensions=measure_dimensions(codes, np.zeros_like(codes)),
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["axes", "near", "change"])
@pytest.mark.parametrize("by", ["codes", "image"])
def test_the_images_are_those_of_its_codes(tiny_run: Run, kind: str, by: str) -> None:
    subject, code = run_subject(tiny_run, None), tiny_run.codes.z_mean[3]
    found = Surroundings(subject).look(code, Wanted(kind, by))
    assert found.images.shape == (2, len(STEPS), 28, 28, 1)
    for row in range(2):
        np.testing.assert_array_equal(found.codes[row, 2], code)
        step = found.codes[row, 4] - found.codes[row, 3]
        np.testing.assert_allclose(step, found.lengths[row] * found.directions.units[row], atol=1e-5)
        np.testing.assert_array_equal(found.images[row, 0], as_pixels(subject.decoder(found.codes[row, 0][None]))[0])
    assert found.note.endswith(".")


def test_a_step_by_the_codes_is_the_deviation_of_the_nearest_codes(tiny_run: Run) -> None:
    random = np.random.default_rng(0)
    here, there = random.normal(size=(50, 2)) * (0.5, 0.1), random.normal(size=(500, 2)) + 100
    subject = subject_of(np.concatenate([here, there]), tiny_run, np.ones((2, 4)))
    for kind in ("axes", "near"):
        found = Surroundings(subject).look(np.zeros(2, np.float32), Wanted(kind, "codes"))
        np.testing.assert_allclose(found.lengths, (0.5, 0.1), rtol=0.3)
        assert "of the 50 nearest codes" in found.note


def test_steps_of_equal_change_change_a_linear_image_equally(tiny_run: Run) -> None:
    codes = np.random.default_rng(0).normal(size=(2000, 3))
    subject = subject_of(codes, tiny_run, np.diag((4.0, 2.0, 1e-4)))
    found = Surroundings(subject).look(np.zeros(3, np.float32), Wanted("change", "image"))
    usual = np.sqrt(2 * (16 + 4))
    np.testing.assert_allclose(found.lengths[:2], usual / 4 / np.array((4, 2)), rtol=0.3)
    np.testing.assert_allclose(found.lengths[0] * 4, found.lengths[1] * 2, rtol=1e-3)
    assert found.lengths[2] == pytest.approx(1, rel=0.1)  # the codes go no farther


def test_half_of_a_difference_is_a_step(tiny_run: Run) -> None:
    subject = run_subject(tiny_run, None)
    wanted = Wanted("minus", "codes", np.array((3, 4), np.float32), "a minus b")
    found = Surroundings(subject).look(np.zeros(2, np.float32), wanted)
    np.testing.assert_allclose(found.codes[0, 4], (3, 4), rtol=1e-6)
    assert found.directions.names == ("a minus b",)
    with pytest.raises(UserError, match="two classes or groups"):
        Surroundings(subject).look(np.zeros(2, np.float32), Wanted("minus", "codes"))


@pytest.mark.parametrize("by", ["codes", "image"])
def test_without_codes_there_are_dimensions_and_changes(tiny_run: Run, by: str) -> None:
    subject = subject_of(np.empty((0, 3)), tiny_run, np.diag((4.0, 2.0, 1e-4)))
    for kind in ("axes", "change"):
        assert why_not(subject, kind) == ""
        found = Surroundings(subject).look(np.zeros(3, np.float32), Wanted(kind, by))
        assert found.directions.units.shape == (3, 3)
        assert found.lengths[2] == 1  # the standard deviation of the prior
    with pytest.raises(UserError, match="this model has none"):
        Surroundings(subject).look(np.zeros(3, np.float32), Wanted("near", by))


def test_of_many_dimensions_the_first_eight_are_shown(tiny_run: Run) -> None:
    random = np.random.default_rng(0)
    subject = subject_of(random.normal(size=(400, 40)), tiny_run, random.normal(size=(40, 6)))
    for kind in ("axes", "near", "change"):
        found = Surroundings(subject).look(np.zeros(40, np.float32), Wanted(kind, "image"))
        assert found.images.shape[:2] == (8, 5)
        np.testing.assert_allclose(found.directions.units @ found.directions.units.T, np.eye(8), atol=1e-5)


def test_one_dimension_has_one_direction_of_each_kind(thin_run: Run) -> None:
    subject = run_subject(thin_run, None)
    for kind in ("axes", "near", "change"):
        found = Surroundings(subject).look(np.zeros(1, np.float32), Wanted(kind, "image"))
        assert found.images.shape == (1, 5, 28, 28, 1)
