"""The commands `info` and `quality` as they are typed."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.refusals import refused
from vae_explorer.cli.main import run_command
from vae_explorer.cli.summary import quality_text
from vae_explorer.exploring.quality_judged import judge
from vae_explorer.run.quality import FIGURES
from vae_explorer.run.run import Run


def test_info_prints_the_figures_as_json(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["info", str(tiny_run.folder), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    held_out = tiny_run.info.held_out
    assert held_out is not None
    assert found["parameters"] == {"encoder": 566_660, "decoder": 567_184}
    assert found["epochs"] == 2
    assert found["held_out"]["negative_elbo"] == held_out.negative_elbo
    assert found["held_out"]["reconstruction_loss"] + found["held_out"]["kl_loss"] == pytest.approx(
        held_out.negative_elbo
    )
    assert found["held_out"]["images"] == 128


def test_info_of_the_built_in_run_is_below_140_nats(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["info", "builtin", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["held_out"]["negative_elbo"] < 140


def test_info_has_null_for_figures_that_were_not_measured(
    tiny_run_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    toml = tiny_run_folder / "run.toml"
    before, _, rest = toml.read_text().partition("[held_out]")
    toml.write_text(before + "[versions]" + rest.partition("[versions]")[2])
    assert run_command(["info", str(tiny_run_folder), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)["held_out"]
    assert found["negative_elbo"] is None
    assert found["images"] is None


def test_info_shows_the_quality(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    quality = tiny_run.info.quality
    assert quality is not None
    assert run_command(["info", str(tiny_run.folder), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["pixels"] == "grey"
    assert found["quality"]["negative_elbo"]["value"] == found["held_out"]["negative_elbo"]
    assert found["quality"]["active_units"]["value"] == 2
    assert len(found["quality"]["kl_by_dimension"]) == 2
    assert run_command(["info", str(tiny_run.folder)]) == 0
    text = capfd.readouterr().out
    assert f"Importance-weighted log-likelihood: {quality.log_likelihood} nats per image" in text
    assert f"Nearest-neighbour accuracy: {quality.neighbour_accuracy}" in text
    assert "binarized" not in text
    assert "640 of 28 x 28\n" in text


def test_quality_says_what_the_figures_mean_for_these_images(tiny_run: Run) -> None:
    quality = tiny_run.info.quality
    assert quality is not None
    lines = quality_text(tiny_run, quality).splitlines()
    for field, judgement in judge(tiny_run, quality).items():
        meaning = FIGURES[field].sentence
        assert lines[lines.index(f"  {meaning}") + 1] == f"  {judgement}"
    assert "  Good. No dimension has collapsed." in lines
    half = replace(quality, code_variance=(quality.code_variance[0], 0.0))
    assert "  Fair. Collapsed: z2. Fewer dimensions" in quality_text(tiny_run, half)
    assert quality_text(tiny_run, half).splitlines()[-1].startswith("  z2* ")


@pytest.mark.long
def test_quality_measures_a_run_again(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["quality", str(tiny_run.folder), "--samples", "7", "--images", "9"]
    assert run_command([*words, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert tiny_run.info.quality is not None
    assert found["negative_elbo"]["value"] == pytest.approx(tiny_run.info.quality.negative_elbo.value, rel=1e-4)
    assert (found["samples"], found["log_likelihood"]["images"], found["pixels"]) == (7, 9, "grey")
    judgements = judge(tiny_run, tiny_run.info.quality)
    assert {field: judgement["verdict"] for field, judgement in found["judgements"].items()} == {
        field: judgement.verdict for field, judgement in judgements.items()
    }
    assert run_command(words) == 0
    output = capfd.readouterr()
    assert output.err == ""
    for meaning in FIGURES.values():
        assert meaning.name in output.out
        assert meaning.sentence in output.out
    assert "grey pixels, likelihood bernoulli" in output.out
    assert "(9 images, 7 samples)" in output.out


def test_quality_refuses_what_it_cannot_measure(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "1 to 100,000 samples" in refused(capfd, "quality", str(tiny_run.folder), "--samples", "0")
    assert "not a run" in refused(capfd, "quality", str(tmp_path))
