"""A run's files changed as damage or another program would, and how opening refuses them."""

import hashlib
import shutil
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tomli_w

from vae_explorer.errors import UserError
from vae_explorer.run.folder import new_run
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import FILES, set_aside
from vae_explorer.run.run import Run
from vae_explorer.run.writing import Contents, write_run


def read_toml(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "run.toml").read_text(encoding="utf-8"))


def edit_toml(folder: Path, change: Callable[[dict[str, Any]], Any]) -> None:
    content = read_toml(folder)
    change(content)
    (folder / "run.toml").write_text(tomli_w.dumps(content), encoding="utf-8")


def rehash(folder: Path) -> None:
    """Make run.toml vouch for the files as they are now."""
    edit_toml(
        folder,
        lambda content: content["sha256"].update(
            {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES}
        ),
    )


def rewrite_arrays(path: Path, **changes: np.ndarray) -> None:
    with np.load(path) as file:
        arrays = dict(file) | changes
    np.savez_compressed(path, **arrays)


def refusal_of(folder: Path) -> str:
    """The one sentence, or two, with which opening is refused."""
    with pytest.raises(UserError) as caught:
        open_run(folder)
    text = str(caught.value)
    assert str(folder) in text
    assert text.endswith(".")
    assert "\n" not in text.strip()
    return text


def replaced(run: Run, fingerprint: str) -> list[str]:
    """Write another run over this one, of images with this fingerprint. Returns what was said."""
    said: list[str] = []
    dataset = replace(run.info.dataset, fingerprint=fingerprint)
    info = replace(run.info, dataset=dataset, created="2026-12-01T12:00:00+00:00")
    with new_run(run.folder, overwrite=True) as folder:

        def write_networks() -> None:
            shutil.copytree(set_aside(folder) / "model", folder / "model")

        contents = Contents(run.codes, run.sample, run.history)
        write_run(folder, contents, write_networks, lambda: info, warned=said.append)
    return said
