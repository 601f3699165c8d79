"""The command `compare`, as it is typed."""

import json
from pathlib import Path

import pytest

from tests.cli.refusals import refused
from vae_explorer.cli.main import run_command
from vae_explorer.run.quality import Figure
from vae_explorer.run.run import Run


def test_the_table_and_the_json_have_the_same_numbers(
    tiny_run: Run, deep_run: Run, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["compare", str(tiny_run.folder), str(deep_run.folder)]
    assert run_command(words) == 0
    table = capfd.readouterr().out
    assert run_command([*words, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    line = next(line for line in table.splitlines() if line.strip().startswith("Negative ELBO"))
    assert str(Figure(**found["figures"]["negative_elbo"]["difference"])) in line
    assert f"B is {found['figures']['negative_elbo']['b_is']}, paired, 128 images" in line
    assert f"{found['common_images']['count']:,} images are known to both, of the same data set." in table
    assert "latent dimensions" in table


def test_a_folder_that_is_no_run_is_refused(tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert "is not a run" in refused(capfd, "compare", str(tiny_run.folder), str(tmp_path))
