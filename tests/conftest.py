"""Surroundings of the tests: no screen, no folder of the person at the machine, real images, one small real run."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Before anything imports Qt, Keras or TensorFlow; subprocesses inherit it.
_HOME = Path(tempfile.mkdtemp(prefix="vae-explorer-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
XDG = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
for _name in XDG:
    os.environ[_name] = str(_HOME / _name.lower())
os.environ["MPLCONFIGDIR"] = str(_HOME / "matplotlib")  # looking for fonts takes seconds: once, not in each test
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import numpy as np  # noqa: E402
import pytest  # noqa: E402

from vae_explorer.config import training_config  # noqa: E402
from vae_explorer.data import Dataset, load_dataset, make_dataset  # noqa: E402
from vae_explorer.run import Run  # noqa: E402


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has the user's folders for itself, empty."""
    for name in XDG:
        monkeypatch.setenv(name, str(tmp_path / "home" / name.lower()))


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """512 real digits for training and 128 held-out ones."""
    whole = load_dataset("mnist")
    chosen = np.concatenate([np.flatnonzero(~whole.held_out)[:512], np.flatnonzero(whole.held_out)[:128]])
    assert whole.labels is not None
    return make_dataset(
        "MNIST-512",
        "mnist-512",
        whole.images[chosen],
        whole.labels[chosen],
        whole.held_out[chosen],
        whole.info.class_names,
        whole.info.licence,
    )


@pytest.fixture(scope="session")
def tiny_run(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A real training of two epochs. Its folder is shared: copies of it are for damaging (`tiny_run_folder`)."""
    from vae_explorer.training import train

    config = training_config("dense", epochs=2, batch_size=64)
    run = train(config, digits, tmp_path_factory.mktemp("runs") / "tiny")
    assert run is not None
    return run


@pytest.fixture
def tiny_run_folder(tiny_run: Run, tmp_path: Path) -> Path:
    """A copy of the small run, to do with as one likes."""
    return Path(shutil.copytree(tiny_run.folder, tmp_path / "tiny"))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The mount point of a real file system of 16 MB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk to fill")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"this machine lets nothing be mounted: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)
