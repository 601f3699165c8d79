"""Runs with any number of latent codes: those of the built-in run, repeated and jittered."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from vae_explorer.run.opening import open_run
from vae_explorer.run.places import find_run
from vae_explorer.run.writing import write_info

BUILTIN_IMAGES = 70_000


def write_run(folder: Path, count: int) -> Path:
    """A copy of the built-in run with `count` latent codes, each with an image of the data set."""
    shutil.copytree(find_run("builtin"), folder)
    run = open_run(folder)
    random = np.random.default_rng(0)
    few = random.permutation(BUILTIN_IMAGES)[:count]
    row = few if count < BUILTIN_IMAGES else np.arange(count) % BUILTIN_IMAGES
    z_mean = run.codes.z_mean[row]
    z_mean[BUILTIN_IMAGES:] += random.normal(0, 0.05, (max(0, count - BUILTIN_IMAGES), 2)).astype(np.float32)
    np.savez(  # plain: compressing ten million codes takes a minute
        folder / "codes.npz",
        z_mean=z_mean,
        z_log_var=run.codes.z_log_var[row].astype(np.float16),
        label=run.codes.label[row],
        index=run.codes.index[row],
        split=run.codes.split[row],
    )
    write_info(folder, replace(run.info, name=f"{count} codes"))
    return folder
