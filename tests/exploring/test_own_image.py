"""An image of one's own: its posterior, its losses, what the model could not express, and samples."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_explorer.errors import UserError
from vae_explorer.exploring.encoding import image_encoder
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.own_image import EpsilonWalk, describe_own, read_own, samples_of
from vae_explorer.exploring.subject import Subject
from vae_explorer.run.run import Run


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    return run_subject(tiny_run, None)


def test_the_figures_are_those_of_the_command(tiny_run: Run, subject: Subject) -> None:
    image = tiny_run.sample.images[0]
    own = describe_own(subject, image)
    expected = image_encoder(tiny_run)(image[None], np.full(1, -1, np.int32))
    np.testing.assert_allclose(own.z_mean, expected.z_mean[0], rtol=1e-5)
    assert own.z_log_var is not None
    np.testing.assert_allclose(np.exp(own.z_log_var), expected.variance[0], rtol=1e-5)
    assert own.error == pytest.approx(expected.error[0], rel=1e-5)
    assert own.kl == pytest.approx(expected.kl[0], rel=1e-5)
    assert own.loss == pytest.approx(expected.negative_elbo[0] - expected.kl[0], rel=0.05)


def test_the_difference_is_grey_where_there_is_none(subject: Subject) -> None:
    own = describe_own(subject, subject.images[0])
    gap = own.pixels.astype(np.float32) - own.reconstruction
    np.testing.assert_allclose(own.residual, 128 + gap * 127 / 255, atol=1)


def test_binarized_pixels_have_no_loss_of_grey_levels(tiny_run: Run, subject: Subject) -> None:
    origin = replace(tiny_run.info.trained_with(), pixels="binarized")
    run = replace(tiny_run, info=replace(tiny_run.info, origin=origin))
    assert np.isnan(describe_own(replace(subject, run=run), subject.images[0]).loss)


def test_without_an_encoder_the_reason_is_said(subject: Subject, tmp_path: Path) -> None:
    without = replace(subject, encoder=None, why_no_encoder="A page holds no encoder.")
    with pytest.raises(UserError, match="A page holds no encoder"):
        describe_own(without, subject.images[0])
    with pytest.raises(UserError, match="A page holds no encoder"):
        read_own(without, tmp_path / "a.png")


def test_a_file_is_read_as_the_images_of_the_run(subject: Subject, tmp_path: Path) -> None:
    pixels = subject.images[0, ..., 0]
    Image.merge("RGB", [Image.fromarray(pixels)] * 3).save(tmp_path / "colour.png")
    np.testing.assert_allclose(read_own(subject, tmp_path / "colour.png")[..., 0], pixels, atol=1)


def test_a_file_that_is_no_image_is_named(subject: Subject, tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no image")
    with pytest.raises(UserError, match=r"a\.png"):
        read_own(subject, tmp_path / "a.png")


def test_samples_have_the_posterior_s_mean_and_deviation() -> None:
    mean, log_var = np.array([1, -2], np.float32), np.log(np.array([0.25, 4], np.float32))
    epsilon = np.random.default_rng(0).standard_normal((20_000, 2), np.float32)
    codes = samples_of(mean, log_var, epsilon)
    np.testing.assert_allclose(codes.mean(axis=0), mean, atol=0.05)
    np.testing.assert_allclose(codes.std(axis=0), [0.5, 2], rtol=0.03)


def test_epsilon_moves_smoothly_and_stays_normal() -> None:
    walk = EpsilonWalk(5000, 2, seed=0)
    before = walk.at()
    for _ in range(100):
        walk.step(0.03)
        now = walk.at()
        assert np.abs(now - before).max() < 0.4
        assert now.std() == pytest.approx(1, abs=0.05)
        before = now
