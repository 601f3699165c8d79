"""The paths of the files that ship with the program: MNIST and the built-in run."""

from importlib.util import find_spec
from pathlib import Path

from vae_explorer.errors import UserError


def asset(name: str) -> Path:
    """Path of a shipped file or folder. Raises UserError if the installation lacks it.

    In an installation the top-level folder `resources` is the package `vae_explorer.resources`. In a clone of the
    repository, run there with `python -m vae_explorer`, it is beside the package.
    """
    spec = find_spec("vae_explorer.resources")
    beside = Path(__file__).resolve().parent.parent / "resources"
    packaged = [Path(folder) for folder in spec.submodule_search_locations or []] if spec else []
    for folder in [*packaged, beside]:
        path = folder / name
        if path.exists():
            return path
    raise UserError(f"The installation is incomplete: {name} is missing. Install VAE Explorer again.")
