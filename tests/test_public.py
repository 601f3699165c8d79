"""What `import vae_explorer` gives to notebooks."""

import ast
import inspect
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import vae_explorer as vx
from tests.imported_files import write_conditional
from vae_explorer import notebook
from vae_explorer.data.dataset import Dataset
from vae_explorer.run.run import Run


def test_the_import_loads_nothing() -> None:
    code = "import json, sys, vae_explorer; dir(vae_explorer); before = list(sys.modules)\n"
    code += "vae_explorer.UserError; print(json.dumps([before, list(sys.modules)]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    before, after = map(set, json.loads(done.stdout))
    assert "vae_explorer.notebook" in after
    assert [name for name in before if name.startswith("vae_explorer")] == ["vae_explorer"]
    assert "numpy" not in before


def test_the_names_are_those_that_type_checkers_and_tab_completion_see() -> None:
    [source] = [node for node in ast.parse(inspect.getsource(vx)).body if isinstance(node, ast.If)]
    [imported] = [node for node in source.body if isinstance(node, ast.ImportFrom)]
    assert sorted(vx.__all__) == sorted(alias.name for alias in imported.names) == sorted(notebook.__all__)
    assert {*vx.__all__, "__version__"} <= set(dir(vx))


@pytest.mark.parametrize("name", vx.__all__)
def test_each_name_is_there_and_documented(name: str) -> None:
    assert inspect.getdoc(getattr(vx, name))


def test_another_name_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'folder'"):
        vx.folder  # noqa: B018


def test_codes_of_any_shape_are_decoded(tiny_run: Run) -> None:
    images = vx.decode(tiny_run, [[[0.5, -1], [1, 2]]])
    assert images.shape == (1, 2, 28, 28, 1)
    assert images.dtype == np.float32
    np.testing.assert_array_equal(vx.decode(tiny_run, [1, 2]), images[0, 1])
    assert vx.decode(tiny_run, np.zeros((0, 2))).shape == (0, 28, 28, 1)
    with pytest.raises(vx.UserError, match=r"shape \(3,\): the last axis has to be 2 long"):
        vx.decode(tiny_run, [1, 2, 3])


def test_a_conditional_decoder_is_given_a_class(tmp_path: Path) -> None:
    pytest.importorskip("onnxruntime")
    run = vx.open_run(write_conditional(tmp_path / "run").folder)
    images = [vx.decode(run, [0, 0], label) for label in (3, "3", 4)]
    np.testing.assert_array_equal(images[0], images[1])
    assert (images[0] != images[2]).any()
    with pytest.raises(vx.UserError, match="takes a class: give its label, one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"):
        vx.decode(run, [0, 0])
    with pytest.raises(vx.UserError, match="give its label"):
        vx.export_grid(run, tmp_path / "grid.png")
    vx.export_grid(run, tmp_path / "grid.png", size=2, label=3)
    assert "class 3" in vx.export_page(run, tmp_path / "page.html", label=3)


@pytest.mark.long
def test_images_are_encoded_to_the_codes_of_the_run(tiny_run: Run, digits: Dataset) -> None:
    codes = tiny_run.codes
    z_mean, z_log_var = vx.encode(tiny_run, digits.images[codes.index[:5]])
    np.testing.assert_allclose(z_mean, codes.z_mean[:5], atol=1e-5)
    np.testing.assert_allclose(z_log_var, codes.z_log_var[:5], atol=2e-3)  # stored in half precision
    np.testing.assert_array_equal(vx.encode(tiny_run, digits.images[codes.index[:5]] / 255)[0], z_mean)
    assert vx.encode(tiny_run, digits.images[:0])[0].shape == (0, 2)
    with pytest.raises(vx.UserError, match="images of \\(N, 28, 28, 1\\)"):
        vx.encode(tiny_run, digits.images[0])
    with pytest.raises(vx.UserError, match="type int64"):
        vx.encode(tiny_run, digits.images[:1].astype(np.int64))


@pytest.mark.long
def test_a_notebook(digits: Dataset, tmp_path: Path) -> None:
    """From reading images to a page that opens as a run, as a person would go about it."""
    np.savez(tmp_path / "images.npz", images=digits.images[:200], labels=digits.labels[:200])
    images = vx.read_images(tmp_path / "images.npz", invert=True)
    np.testing.assert_array_equal(images.images, 255 - digits.images[:200])

    losses: list[float] = []
    run = vx.train(
        images,
        str(tmp_path / "run"),
        epochs=1,
        on_event=lambda event: losses.append(event.record.loss) if hasattr(event, "record") else None,
    )
    assert losses == [run.history[0].loss]
    assert vx.describe(run)["preset"] == "deep"
    further = vx.train_further(run, 1, tmp_path / "further")
    assert further.info.epochs == 2
    with pytest.raises(vx.UserError):
        vx.resume(tmp_path / "run", images)

    assert "The decoder runs in the page" in vx.export_page(run, tmp_path / "page.html", points=100)
    page = vx.open_run(tmp_path / "page.html")
    np.testing.assert_allclose(vx.decode(page, [0, 0]), vx.decode(run, [0, 0]), atol=1e-5)
    vx.export_grid(run, tmp_path / "grid.png", size=5, width=5, dpi=100)
    vx.export_map(run, str(tmp_path / "map.png"), width=5, dpi=100)
    for name in ("grid.png", "map.png"):
        with Image.open(tmp_path / name) as picture:
            assert picture.width > 100
