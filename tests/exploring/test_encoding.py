"""Images that are encoded by a run: posteriors, errors and losses, and how the images are read."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_explorer.data.dataset import Dataset
from vae_explorer.data.fitting import Scales
from vae_explorer.errors import UserError
from vae_explorer.exploring import encoding
from vae_explorer.exploring.encoding import encode_sources, image_encoder, why_no_elbo
from vae_explorer.exploring.errors import errors_of
from vae_explorer.exploring.opening import run_subject
from vae_explorer.run.run import Run, sample_image_of


def no_labels(count: int) -> np.ndarray:
    return np.full(count, -1, np.int32)


def test_the_images_of_a_run_have_its_codes_variances_and_errors(tiny_run: Run, digits: Dataset) -> None:
    rows = np.flatnonzero(sample_image_of(tiny_run) >= 0)
    found = image_encoder(tiny_run)(digits.images[tiny_run.codes.index[rows]], no_labels(len(rows)))
    np.testing.assert_allclose(found.z_mean, tiny_run.codes.z_mean[rows], atol=1e-4)
    np.testing.assert_allclose(found.variance, np.exp(tiny_run.codes.z_log_var[rows]), rtol=0.02)
    np.testing.assert_allclose(found.error, errors_of(run_subject(tiny_run, None), rows), atol=1e-4)


def test_the_mean_losses_are_those_that_the_training_measured(tiny_run: Run) -> None:
    images, held_out = tiny_run.sample.images, tiny_run.info.held_out
    assert held_out is not None
    found = image_encoder(tiny_run)(images, no_labels(len(images)))
    assert found.kl.mean() == pytest.approx(held_out.kl_loss, rel=1e-3)
    assert found.negative_elbo.mean() == pytest.approx(held_out.negative_elbo, rel=0.01)


def test_gaussian_pixels_have_the_density_of_the_normal_distribution() -> None:
    levels, decoded = np.array([0.2, 0.9], np.float32).reshape(1, 1, 2, 1), np.full((1, 1, 2, 1), 0.5, np.float32)
    densities = [np.exp(-((x - 0.5) ** 2) / (2 * 0.1**2)) / (0.1 * np.sqrt(2 * np.pi)) for x in (0.2, 0.9)]
    loss = encoding.reconstruction_loss(levels, decoded, 0.1)
    assert loss[0] == pytest.approx(-np.log(densities).sum(), rel=1e-5)


def test_an_image_has_the_same_figures_whatever_is_encoded_with_it(tiny_run: Run) -> None:
    images = tiny_run.sample.images[:40]
    encode = image_encoder(tiny_run)
    together, alone = encode(images, no_labels(40)), encode(images[7:8], no_labels(1))
    assert alone.negative_elbo[0] == pytest.approx(together.negative_elbo[7], rel=1e-5)


def test_binarized_pixels_have_no_negative_elbo(tiny_run: Run) -> None:
    origin = replace(tiny_run.info.trained_with(), pixels="binarized")
    run = replace(tiny_run, info=replace(tiny_run.info, origin=origin))
    assert "black or white" in why_no_elbo(run)
    found = image_encoder(run)(tiny_run.sample.images[:2], no_labels(2))
    assert np.isnan(found.negative_elbo).all()
    assert np.isfinite(found.kl).all()


def test_files_are_fitted_as_the_images_of_the_run_were(tiny_run: Run, tmp_path: Path) -> None:
    pixels = tiny_run.sample.images[0, ..., 0]
    large = Image.fromarray(pixels).resize((56, 56), Image.Resampling.NEAREST)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    Image.merge("RGB", [large] * 3).save(tmp_path / "large.png")
    found = encode_sources(tiny_run, [str(tmp_path / "a.png"), str(tmp_path / "large.png")])
    expected = image_encoder(tiny_run)(tiny_run.sample.images[:1], no_labels(1))
    np.testing.assert_allclose(found.encoded.z_mean[0], expected.z_mean[0], atol=1e-5)
    np.testing.assert_allclose(found.encoded.z_mean[1], expected.z_mean[0], atol=0.5)


def test_values_become_pixels_by_the_range_of_the_run(tiny_run: Run, tmp_path: Path) -> None:
    dim = tiny_run.sample.images[:3] // 8  # alone, they would be stretched to white
    np.savez(tmp_path / "dim.npz", x=dim)
    found = encode_sources(tiny_run, [str(tmp_path / "dim.npz")])
    np.testing.assert_allclose(found.encoded.z_mean, image_encoder(tiny_run)(dim, no_labels(3)).z_mean, atol=1e-5)
    assert found.warnings == ()


def test_values_beyond_the_range_of_the_run_are_said(tiny_run: Run, tmp_path: Path) -> None:
    np.savez(tmp_path / "x.npz", x=tiny_run.sample.images[:3].astype(np.float32))
    dataset = replace(tiny_run.info.dataset, value_range=Scales())
    run = replace(tiny_run, info=replace(tiny_run.info, dataset=dataset))
    [sentence] = encode_sources(run, [str(tmp_path / "x.npz")]).warnings
    assert "floats go from 0 to 255, but those of the run from 0 to 1" in sentence


def test_names_and_classes_are_those_of_files_and_folders(tiny_run: Run, tmp_path: Path) -> None:
    for name in ("3", "7"):
        (tmp_path / "set" / name).mkdir(parents=True)
        Image.fromarray(tiny_run.sample.images[int(name), ..., 0]).save(tmp_path / "set" / name / "a.png")
    np.savez(tmp_path / "x.npz", images=tiny_run.sample.images[:2], labels=np.array([5, 1]))
    found = encode_sources(tiny_run, [str(tmp_path / "set"), str(tmp_path / "x.npz")])
    assert found.classes == ("3", "7", "5", "1")
    folder = (tmp_path / "set").as_posix()
    assert found.names[:2] == (f"{folder}/3/a.png", f"{folder}/7/a.png")
    assert found.names[2:] == (f"{tmp_path / 'x.npz'} image 0", f"{tmp_path / 'x.npz'} image 1")


def test_labels_of_the_run_are_not_looked_for_beside_other_images(tiny_run: Run, tmp_path: Path) -> None:
    options = replace(tiny_run.info.dataset.options, labels=str(tmp_path / "gone.csv"))
    run = replace(tiny_run, info=replace(tiny_run.info, dataset=replace(tiny_run.info.dataset, options=options)))
    np.savez(tmp_path / "x.npz", x=tiny_run.sample.images[:2])
    assert len(encode_sources(run, [str(tmp_path / "x.npz")]).names) == 2


def test_damaged_files_are_left_out_and_named(tiny_run: Run, tmp_path: Path) -> None:
    Image.fromarray(tiny_run.sample.images[0, ..., 0]).save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_bytes(b"no image")
    found = encode_sources(tiny_run, [str(tmp_path / "bad.png"), str(tmp_path / "good.png")])
    assert [one.name for one in found.skipped] == ["bad.png"]
    assert found.names == ((tmp_path / "good.png").as_posix(),)
    with pytest.raises(UserError, match=r"no image that can be read\. The first, bad\.png"):
        encode_sources(tiny_run, [str(tmp_path / "bad.png")])
