"""run/info.py: what run.toml says."""

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.run.run_files import edit_toml, refusal_of
from vae_explorer.data.fitting import Scale, Scales
from vae_explorer.run.arrays import write_codes
from vae_explorer.run.info import Status
from vae_explorer.run.opening import open_run
from vae_explorer.run.quality import Figure
from vae_explorer.run.run import Run
from vae_explorer.run.writing import write_info


def test_a_run_keeps_none_and_text_beyond_ascii(tiny_run: Run, tiny_run_folder: Path):
    dataset = replace(tiny_run.info.dataset, name='Ziffern "μ"\n', class_names=("чёрный", "0"))
    columns = replace(tiny_run.codes.columns, labels=tiny_run.codes.label % 2)
    codes = replace(tiny_run.codes, columns=columns)
    write_codes(tiny_run_folder / "codes.npz", codes)
    scales = Scales(Scale(0, 255), Scale(-3, 4095), Scale(0, 1.02))
    dataset = replace(dataset, value_range=scales)
    info = replace(tiny_run.info, dataset=dataset, held_out=None, origin=replace(tiny_run.info.origin, limit=600))
    write_info(tiny_run_folder, info)
    assert open_run(tiny_run_folder).info == info


WRONG_SETTINGS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no format": lambda content: content.pop("format"),
    "format 0": lambda content: content.update(format=0),
    "format in words": lambda content: content.update(format="one"),
    "no name": lambda content: content.pop("name"),
    "no dataset": lambda content: content.pop("dataset"),
    "no value range": lambda content: content["dataset"].update(value_range={"byte": {"low": 1, "high": 1}}),
    "dataset no table": lambda content: content.update(dataset="mnist"),
    "no config": lambda content: content.pop("config"),
    "config no table": lambda content: content.update(config=3),
    "no latent_dim": lambda content: content["config"].pop("latent_dim"),
    "latent_dim 0": lambda content: content["config"].update(latent_dim=0),
    "latent_dim 65": lambda content: content["config"].update(latent_dim=65),
    "latent_dim in words": lambda content: content["config"].update(latent_dim="two"),
    "beta below 0": lambda content: content["config"].update(beta=-1.0),
    "beta not a number": lambda content: content["config"].update(beta=float("nan")),
    "unknown preset": lambda content: content["config"].update(preset="vgg"),
    "unknown setting": lambda content: content["config"].update(colour="red"),
    "learning_rate 0": lambda content: content["config"].update(learning_rate=0.0),
    "negative seed": lambda content: content["config"].update(seed=-1),
    "image of no size": lambda content: content["dataset"].update(image_shape=[0, 28, 1]),
    "image too large": lambda content: content["dataset"].update(image_shape=[28, 10**9, 1]),
    "image with two axes": lambda content: content["dataset"].update(image_shape=[28, 28]),
    "image with two channels": lambda content: content["dataset"].update(image_shape=[28, 28, 2]),
    "image in words": lambda content: content["dataset"].update(image_shape="28x28x1"),
    "held-out loss incomplete": lambda content: content["held_out"].pop("kl_loss"),
    "quality incomplete": lambda content: content["quality"].pop("kl_loss"),
    "quality in words": lambda content: content["quality"].update(code_variance="much"),
    "figure no table": lambda content: content["quality"].update(kl_loss=3.0),
    "unknown pixels": lambda content: content["config"].update(pixels="blue"),
    "no hashes": lambda content: content.pop("sha256"),
    "hashes no table": lambda content: content.update(sha256="none"),
}


@pytest.mark.parametrize("case", WRONG_SETTINGS)
def test_a_run_toml_with_wrong_settings_is_refused(tiny_run_folder: Path, case: str):
    edit_toml(tiny_run_folder, WRONG_SETTINGS[case])
    assert "run.toml" in refusal_of(tiny_run_folder)


def test_a_run_from_before_there_was_quality_opens(tiny_run: Run, tiny_run_folder: Path):
    def older(content: dict[str, Any]) -> None:
        del content["quality"], content["config"]["pixels"]
        content["pixels"] = "grey"

    edit_toml(tiny_run_folder, older)
    info = open_run(tiny_run_folder).info
    assert info.quality is None
    assert info == replace(tiny_run.info, quality=None)


def test_figures_that_are_not_finite_or_not_there_are_kept_so(tiny_run: Run, tiny_run_folder: Path):
    quality = tiny_run.info.quality
    assert quality is not None
    one = Figure(math.nan, None, 1)
    changed = replace(quality, negative_elbo=one, kl_by_dimension=(one, one), log_likelihood=None)
    write_info(tiny_run_folder, replace(tiny_run.info, quality=changed))
    again = open_run(tiny_run_folder).info.quality
    assert again is not None
    assert math.isnan(again.negative_elbo.value)
    assert again.negative_elbo.standard_error is None
    assert again.log_likelihood is None
    assert replace(again, negative_elbo=one, kl_by_dimension=(one, one)) == changed


@pytest.mark.parametrize(
    ("status", "epochs", "note"),
    [
        ("finished", 2, ""),
        ("stopped", 1, "stopped after epoch 1 of 2"),
        ("stopped", 0, "stopped in the first epoch of 2"),
    ],
)
def test_a_training_that_was_stopped_says_when(tiny_run: Run, status: Status, epochs: int, note: str) -> None:
    assert replace(tiny_run.info, status=status, epochs=epochs).stopped_note == note


def test_pixels_are_named_for_what_they_are(tiny_run: Run) -> None:
    info = tiny_run.info
    colour = replace(info, dataset=replace(info.dataset, image_shape=(28, 28, 3)))
    binarized = replace(info, origin=replace(info.origin, pixels="binarized"))
    assert [one.pixels_name for one in (info, colour, binarized)] == ["grey", "colour", "binarized"]
