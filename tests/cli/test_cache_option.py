"""`--cache` of the commands."""

import os
from pathlib import Path

import pytest

from tests.image_files import write_pictures
from vae_explorer.cli.data import image_options, read_images
from vae_explorer.cli.main import _parser


def test_the_option_chooses_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("VAE_EXPLORER_CACHE", "")
    write_pictures(tmp_path / "set", 3, 16, 16)
    arguments = _parser().parse_args(["train", "--dataset", "set", "--cache", str(tmp_path / "chosen")])
    read_images(str(tmp_path / "set"), image_options(arguments))
    assert os.environ["VAE_EXPLORER_CACHE"] == str(tmp_path / "chosen")
    assert len(list((tmp_path / "chosen").iterdir())) == 1
