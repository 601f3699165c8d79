"""`--cache` of the commands."""

import os
from pathlib import Path

import pytest

from vae_explorer.cli.main import run_command


def test_the_option_chooses_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VAE_EXPLORER_CACHE", "")
    run_command(["data", str(tmp_path / "missing"), "--cache", str(tmp_path / "chosen")])
    assert os.environ["VAE_EXPLORER_CACHE"] == str(tmp_path / "chosen")
