"""Fixtures of all tests: no screen, temporary folders instead of the user's, real images and small real runs."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

# Before anything imports Qt, Keras or TensorFlow; subprocesses inherit it.
_HOME = Path(tempfile.mkdtemp(prefix="vae-explorer-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
XDG = ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
for _name in XDG:
    os.environ[_name] = str(_HOME / _name.lower())
if "PYTEST_XDIST_WORKER" not in os.environ:  # looking for fonts takes seconds: once, not in each test and process
    os.environ["MPLCONFIGDIR"] = str(_HOME / "matplotlib")
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
# As `import_keras` does; tests import Keras themselves, too.
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:  # the processes share the cores, more threads would only wait
    for _name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[_name] = "1"

import numpy as np  # noqa: E402
import pytest  # noqa: E402
from filelock import FileLock  # noqa: E402

from tests.colour import coloured  # noqa: E402
from vae_explorer.data.dataset import Dataset  # noqa: E402
from vae_explorer.data.reading import load_dataset, make_dataset  # noqa: E402
from vae_explorer.progress import no_progress  # noqa: E402
from vae_explorer.run.config import training_config  # noqa: E402
from vae_explorer.run.opening import open_run  # noqa: E402
from vae_explorer.run.run import Run  # noqa: E402

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SAMPLES, IMAGES = 20, 16  # of the log-likelihood at the end of a training

# The folders and files that take longest, so that no process is left with one of them while the others are done.
SLOWEST = (
    "training", "gui", "exporting", "test_public.py", "compatibility", "cli", "model", "test_readme.py",
    "test_tensorflow_import.py",
)  # fmt: skip


def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, because many tests wait: for a browser, a window, a training's thread."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        first = item.path.relative_to(Path(__file__).parent).parts[0]
        return SLOWEST.index(first) if first in SLOWEST else len(SLOWEST)

    items.sort(key=rank)


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives each test its own empty user folders."""
    for name in XDG:
        monkeypatch.setenv(name, str(tmp_path / "home" / name.lower()))


@pytest.fixture(scope="session", autouse=True)
def _few_samples() -> Iterator[None]:
    """Few samples of few images for the log-likelihood, which would take a second in each of the many trainings."""
    from vae_explorer.model import metrics
    from vae_explorer.training import finishing

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finishing, "SAMPLES", SAMPLES)
        patch.setattr(finishing, "bounds_of", partial(finishing.bounds_of, most=IMAGES))
        patch.setattr(metrics.measure_run, "__defaults__", (SAMPLES, None, no_progress))  # for imports
        yield


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
def colour_digits(digits: Dataset) -> Dataset:
    """The same digits as images of 32x32x3, each class in its own colour on a dark background of another."""
    assert digits.labels is not None
    images = coloured(digits.images, digits.labels)
    names = digits.info.class_names
    return make_dataset("colour-digits", "colour-digits", images, digits.labels, digits.held_out, names)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Run]:
    """Trains a `dense` run, once for all processes that share the tests. Its folder is shared."""
    runs = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        runs = runs.parent

    def get(name: str, dataset: Dataset, **settings: object) -> Run:
        from vae_explorer.training.start import train

        with FileLock(runs / f"{name}.lock"):
            if not (runs / name).exists():
                train(training_config("dense", batch_size=64, **settings), dataset, runs / name)
        return open_run(runs / name)

    return get


@pytest.fixture(scope="session")
def tiny_run(trained: Callable[..., Run], digits: Dataset) -> Run:
    """A real training of two epochs. Tests that change it take a copy (`tiny_run_folder`)."""
    return trained("tiny", digits, epochs=2)


@pytest.fixture(scope="session")
def deep_run(trained: Callable[..., Run], digits: Dataset) -> Run:
    """A real training of one epoch with four latent dimensions."""
    return trained("deep", digits, epochs=1, latent_dim=4, limit=256)


@pytest.fixture(scope="session")
def thin_run(trained: Callable[..., Run], digits: Dataset) -> Run:
    """A real training with one latent dimension, on images without labels."""
    return trained("thin", _relabelled(digits, ()), epochs=1, latent_dim=1, limit=128, patience=2)


@pytest.fixture(scope="session")
def wide_run(trained: Callable[..., Run], digits: Dataset) -> Run:
    """A real training with 64 latent dimensions, on images of 26 classes."""
    names = tuple(f"class {i}" for i in range(26))
    return trained("wide", _relabelled(digits, names), epochs=1, latent_dim=64, limit=128)


def _relabelled(digits: Dataset, class_names: tuple[str, ...]) -> Dataset:
    labels = (np.arange(len(digits.images)) % len(class_names)).astype(np.int32) if class_names else None
    return make_dataset("variant", "variant", digits.images, labels, digits.held_out, class_names)


@pytest.fixture
def npz(digits: Dataset, tmp_path: Path) -> Path:
    """The small data set as a file that the program can load."""
    path = tmp_path / "digits.npz"
    assert digits.labels is not None
    train, test = ~digits.held_out, digits.held_out
    np.savez(
        path,
        x_train=digits.images[train],
        y_train=digits.labels[train],
        x_test=digits.images[test],
        y_test=digits.labels[test],
    )
    return path


@pytest.fixture
def tiny_run_folder(tiny_run: Run, tmp_path: Path) -> Path:
    """A copy of the small run, which a test may change."""
    return Path(shutil.copytree(tiny_run.folder, tmp_path / "tiny"))


@pytest.fixture
def odd_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """During a test, decoders are built with a layer that neither LiteRT nor a page can compute."""

    from tests.odd_layer import Bending
    from vae_explorer.model.networks import BUILDERS, Builder

    for name, usual in list(BUILDERS.items()):
        bent = Builder(usual.encode, lambda z, *rest, decode=usual.decode: decode(Bending()(z), *rest))
        monkeypatch.setitem(BUILDERS, name, bent)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """The mount point of a real file system of 64 MB."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        pytest.skip("only root on Linux can mount a small disk to fill")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"this machine lets nothing be mounted: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """The system's Chromium, without a window."""
    from playwright.sync_api import sync_playwright

    from tests.browser import chromium, launched

    path = chromium()
    if path is None:
        missing = "No Chromium was found: install it (on Debian: apt install chromium) to test the standalone page."
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as playwright:
        found = launched(playwright, path)
        yield found
        found.close()


@pytest.fixture
def open_page(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Opens a file, and afterwards checks that it logged no error and requested no other file."""
    from tests.browser import STANDING

    contexts, wrong = [], []

    def open_page(
        path: Path,
        width: int = 1360,
        height: int = 860,
        scheme: str = "light",
        before: str = "",
        touch: bool = False,
        place: str = "",
        standing: str = STANDING,
        others: tuple[Path, ...] = (),
    ) -> "Page":
        """place: a fragment such as #z=0,1. before: a script to run first. others: files that the page may request."""
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=touch, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        known = {file.as_uri() for file in (path, *others)}

        def look_at(request: str) -> None:
            if request.partition("#")[0] not in known and not request.startswith(("data:", "blob:")):
                wrong.append(request)

        page.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("dialog", lambda dialog: wrong.append(f"dialog {dialog.message}"))
        page.on("request", lambda request: look_at(request.url))
        if before:
            page.add_init_script(before)
        page.goto(path.as_uri() + place)
        page.evaluate(standing)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
