"""Images in colour, whose pixels are Gaussian, as a whole run: trained, taken up again, measured, described."""

import json
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import IMAGES, SAMPLES
from tests.training.test_resume import cut_off, losses
from vae_explorer.cli.main import run_command
from vae_explorer.data.dataset import Dataset
from vae_explorer.data.reading import make_dataset
from vae_explorer.errors import UserError
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.metrics import measure_run
from vae_explorer.run.config import training_config
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Run
from vae_explorer.training.start import resume, train

pytestmark = pytest.mark.long  # convolutions; `test_start` trains on colour images, too
CONFIG = training_config("conv", epochs=3, limit=256, batch_size=16, learning_rate=0.003, restore_best=True)


@pytest.fixture(scope="module")
def colour_run(colour_digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = train(CONFIG, colour_digits, tmp_path_factory.mktemp("colour") / "run")
    assert run is not None
    return run


def test_its_pixels_are_gaussian_of_the_deviation_that_was_learned(colour_run: Run) -> None:
    info = colour_run.info
    assert info.origin == replace(CONFIG, likelihood="gaussian")
    assert info.likelihood == "gaussian"
    assert info.pixels_note == " (Gaussian pixels)"
    assert info.sigma is not None
    assert 0.05 < info.sigma < 0.25
    assert info.quality is not None
    # Near the error of reconstructing one draw, whose optimum it follows; that of the mean code is less.
    assert info.quality.reconstruction_error.value < 1.5 * info.sigma


def test_its_losses_fall_and_go_below_zero(colour_run: Run) -> None:
    first, second, third = (record.val_loss for record in colour_run.history)
    assert third < second < first
    assert third < 0
    assert colour_run.info.best_epoch == 3
    assert colour_run.info.held_out is not None
    assert colour_run.info.held_out.negative_elbo < 0


def test_it_explores_and_is_written_as_a_page(colour_run: Run, tmp_path: Path) -> None:
    images = run_decoder(colour_run)(np.zeros((2, 2), np.float32))
    assert images.shape == (2, 32, 32, 3)
    write_page(colour_run, tmp_path / "page.html", PageOptions())
    assert "Gaussian pixels" in (tmp_path / "page.html").read_text(encoding="utf-8")
    assert (tmp_path / "page.html").stat().st_size < 5e6


def test_measured_from_its_files_it_has_the_figures_of_its_training(colour_run: Run) -> None:
    known = colour_run.info.quality
    assert known is not None
    assert known.likelihood == "gaussian"
    measured = measure_run(colour_run, SAMPLES, IMAGES)
    assert measured.likelihood == "gaussian"
    for field in ("negative_elbo", "reconstruction_loss", "kl_loss", "log_likelihood"):
        before, after = getattr(known, field), getattr(measured, field)
        assert after.value == pytest.approx(before.value, rel=1e-4)
        assert after.standard_error == pytest.approx(before.standard_error, rel=1e-3)


@pytest.mark.long
def test_a_resumed_training_ends_with_the_same_deviation_and_losses(
    colour_run: Run, colour_digits: Dataset, tmp_path: Path
) -> None:
    cut_off(CONFIG, colour_digits, tmp_path / "run", 1)
    run = resume(tmp_path / "run", colour_digits)
    assert run is not None
    np.testing.assert_allclose(losses(run.history), losses(colour_run.history), rtol=1e-6)
    assert run.info.sigma == pytest.approx(colour_run.info.sigma, rel=1e-6)
    assert run.info.origin == colour_run.info.origin


def test_a_run_that_lost_its_deviation_is_damaged(colour_run: Run, tmp_path: Path) -> None:
    shutil.copytree(colour_run.folder, tmp_path / "run")
    path = tmp_path / "run" / "run.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    for other in ("", "sigma = -1.0", "sigma = nan"):
        changed = [other if line.startswith("sigma = ") else line for line in lines]
        assert changed != lines
        path.write_text("\n".join(changed), encoding="utf-8")
        with pytest.raises(UserError, match="damaged"):
            open_run(tmp_path / "run")


@pytest.mark.long
@pytest.mark.parametrize("shape", [(30, 22, 1), (128, 128, 3)])
def test_images_of_other_sizes_are_trained_on_and_converted(shape: tuple[int, int, int], tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    held_out = np.arange(24) % 6 == 0
    dataset = make_dataset("noise", "noise", random.integers(0, 256, (24, *shape)).astype(np.uint8), None, held_out)
    run = train(training_config("conv", epochs=1, batch_size=8), dataset, tmp_path / "run")
    assert run is not None
    assert None not in (run.networks.decoder, run.networks.encoder, run.networks.lowered)
    assert run.info.likelihood == ("bernoulli" if shape[2] == 1 else "gaussian")
    assert run_decoder(run)(np.zeros((1, 2), np.float32)).shape == (1, *shape)


@pytest.mark.long
def test_from_the_command_line_colour_gets_the_preset_and_the_likelihood_for_it(
    colour_digits: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "colour.npz", x_train=colour_digits.images[:96])
    words = ["train", "--dataset", str(tmp_path / "colour.npz"), "--epochs", "1", "--out", str(tmp_path / "run")]
    assert run_command(words) == 0
    assert "likelihood  gaussian, learned standard deviation 0." in capsys.readouterr().out
    content = tomllib.loads((tmp_path / "run" / "run.toml").read_text(encoding="utf-8"))
    assert content["config"]["preset"] == "conv"
    assert content["likelihood"] == content["config"]["likelihood"] == "gaussian"
    assert run_command(["info", "--json", str(tmp_path / "run")]) == 0
    described = json.loads(capsys.readouterr().out)
    assert described["sigma"] == content["sigma"] > 0
    assert described["likelihood"] == described["quality"]["likelihood"] == "gaussian"


@pytest.mark.long
def test_a_fixed_deviation_is_shown_as_fixed(
    colour_digits: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "colour.npz", x_train=colour_digits.images[:96])
    words = ["train", "--dataset", str(tmp_path / "colour.npz"), "--preset", "dense", "--epochs", "1"]
    words += ["--likelihood", "gaussian-fixed", "--sigma", "0.2", "--out", str(tmp_path / "run")]
    assert run_command(words) == 0
    assert "likelihood  gaussian, fixed standard deviation 0.2, pixels 0 to 1" in capsys.readouterr().out
    assert run_command([*words[:-2], "--pixels", "binarized"]) == 1
    assert "choose grey pixels, or bernoulli" in capsys.readouterr().err
