"""network/onnx_file.py: weights beside an .onnx file, as PyTorch writes them, and files that must not be read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.imported_files import onnx_decoder
from vae_explorer.errors import UserError
from vae_explorer.network.onnx_file import bytes_of, read_onnx_file
from vae_explorer.network.onnx_network import load_onnx_file

onnx = pytest.importorskip("onnx")


@pytest.fixture
def split_file(tmp_path: Path) -> Path:
    """A decoder whose weights are in a second file."""
    path = tmp_path / "d.onnx"
    model = onnx.ModelProto.FromString(onnx_decoder())
    onnx.save_model(model, path, save_as_external_data=True, location="d.onnx.data", size_threshold=0)
    assert (tmp_path / "d.onnx.data").stat().st_size > 0
    return path


def changed(path: Path, change: Callable[[Any], None]) -> None:
    """Change the entries of the first weights that are in the second file."""
    model = onnx.ModelProto.FromString(path.read_bytes())
    change(next(tensor.external_data for tensor in model.graph.initializer if tensor.external_data))
    path.write_bytes(model.SerializeToString())


def setting(key: str, value: str) -> Callable[[Any], None]:
    def change(entries: Any) -> None:
        found = [entry for entry in entries if entry.key == key] or [entries.add(key=key)]
        found[0].value = value

    return change


def test_weights_beside_it_are_taken_in(split_file: Path) -> None:
    network, content, parameters = load_onnx_file(split_file)
    (split_file.parent / "whole.onnx").write_bytes(onnx_decoder())
    whole, expected, as_many = load_onnx_file(split_file.parent / "whole.onnx")
    assert parameters == as_many
    assert abs(len(content) - len(expected)) < 1000
    z = np.array([[0.3, -1.2]], np.float32)
    np.testing.assert_array_equal(network(z)[0], whole(z)[0])
    assert bytes_of(split_file) == split_file.stat().st_size + (split_file.parent / "d.onnx.data").stat().st_size


def test_a_file_of_its_own_is_read_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "d.onnx").write_bytes(onnx_decoder())
    assert read_onnx_file(tmp_path / "d.onnx") == onnx_decoder()


def test_where_they_are_missing_the_file_is_named(split_file: Path) -> None:
    (split_file.parent / "d.onnx.data").unlink()
    with pytest.raises(UserError, match=r"^d.onnx keeps its weights in d.onnx.data: put that file beside it\.$"):
        read_onnx_file(split_file)


def test_a_link_is_no_file_beside_it(split_file: Path, tmp_path: Path) -> None:
    beside = split_file.parent / "d.onnx.data"
    beside.rename(tmp_path / "elsewhere")
    beside.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UserError, match="put that file beside it"):
        read_onnx_file(split_file)


@pytest.mark.parametrize("location", ["../../etc/passwd", "/etc/passwd", "other.data", "sub/d.onnx.data", ""])
def test_no_other_file_is_read(split_file: Path, location: str) -> None:
    changed(split_file, setting("location", location))
    with pytest.raises(UserError, match="export it as one, with external_data=False"):
        read_onnx_file(split_file)


@pytest.mark.parametrize(
    ("key", "value"),
    [("offset", "-4"), ("offset", "9999999"), ("length", "9999999"), ("length", "-1"), ("length", "many")],
)
def test_offsets_outside_the_weights_are_refused(split_file: Path, key: str, value: str) -> None:
    changed(split_file, setting(key, value))
    with pytest.raises(UserError, match="is damaged"):
        read_onnx_file(split_file)


def test_the_same_weights_are_not_named_over_and_over(split_file: Path) -> None:
    model = onnx.ModelProto.FromString(split_file.read_bytes())
    model.graph.initializer.extend([model.graph.initializer[0]] * 100)
    split_file.write_bytes(model.SerializeToString())
    with pytest.raises(UserError, match="is damaged"):
        read_onnx_file(split_file)
