"""Malicious model files are refused with a sentence, and leave no trace."""

import json
import os
import sys
import tomllib
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.imported_files import changed_archive, changed_config, changed_weights, onnx_decoder
from vae_explorer.errors import UserError
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.keras_decoder import load_keras_encoder
from vae_explorer.network.h5_copy import write_copy
from vae_explorer.network.keras_config import check_config
from vae_explorer.network.onnx_network import check_onnx
from vae_explorer.run.info import RunInfo, parse_info
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import CONVERTED
from vae_explorer.run.run import Run
from vae_explorer.run.writing import write_info
from vae_explorer.training.importing import find_model


@pytest.fixture(scope="session")
def decoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import keras

    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(256, "sigmoid"), keras.layers.Reshape((16, 16, 1))])
    path = tmp_path_factory.mktemp("model") / "decoder.keras"
    model.save(path)
    return path


def refused(path: Path, match: str) -> None:
    with pytest.raises(UserError, match=match) as refusal:
        find_model(path)
    assert "\n" not in str(refusal.value)


def test_the_good_file_is_accepted(decoder):
    assert find_model(decoder).image_shape == (16, 16, 1)


@pytest.mark.parametrize(
    ("module", "name"),
    [("trace_maker", "Trace"), ("os", "system"), ("subprocess", "Popen"), ("builtins", "eval"),
     ("keras.src.saving", "X"), ("keras.layers", "TFSMLayer"), ("keras.layers", "StringLookup"), ("keras", "Lambda"),
     ("keras.utils", "get_file"), ("keras.src.ops.core", "Map")],
)  # fmt: skip
def test_no_module_of_a_configuration_is_imported(decoder, tmp_path, monkeypatch, module, name):
    (tmp_path / "trace_maker.py").write_text(f"open({str(tmp_path / 'trace')!r}, 'w')\nclass Trace: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def alter(config):
        config["config"]["layers"].append(
            {"module": module, "class_name": name, "registered_name": None,
             "config": {"name": "x", "filepath": "f", "vocabulary": "/etc/passwd"}}
        )  # fmt: skip

    refused(changed_config(decoder, tmp_path / "bad.keras", alter), "class|layer|program")
    assert not (tmp_path / "trace").exists()
    assert "trace_maker" not in sys.modules


@pytest.mark.parametrize("activation", [
    {"module": "os", "class_name": "function", "config": "system", "registered_name": "system"},
    {"module": "builtins", "class_name": "function", "config": "eval", "registered_name": "function"},
    {"class_name": "__lambda__", "config": {"value": "x"}},
])  # fmt: skip
def test_no_function_of_a_configuration_is_looked_up(decoder, tmp_path, activation):
    def alter(config):
        next(layer for layer in config["config"]["layers"] if layer["class_name"] == "Dense")["config"][
            "activation"
        ] = activation

    refused(changed_config(decoder, tmp_path / "bad.keras", alter), "activations|program")


def strangers_run(folder: Path, name: str, change) -> Run:
    """The run with a network whose configuration was changed and whose hash is right, so that it opens."""
    path = folder / f"model/{name}.keras"
    changed_config(path, folder / "altered", change)
    (folder / "altered").replace(path)
    info = open_run_info(folder)
    for converted in CONVERTED:  # with these files Keras would not read the network
        (folder / converted).unlink()
    write_info(folder, info)
    return open_run(folder)


def open_run_info(folder: Path) -> RunInfo:
    return parse_info(folder / "run.toml", tomllib.loads((folder / "run.toml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("module", "name", "registered"),
    [("trace_maker", "Trace", None), ("trace_maker", "Trace", "theirs>Trace"), ("subprocess", "Popen", None),
     ("os", "system", None), ("keras.layers", "TFSMLayer", None), ("keras.layers", "Lambda", None)],
)  # fmt: skip
def test_no_module_is_imported_for_a_run_of_a_stranger(
    tiny_run_folder, tmp_path, monkeypatch, module, name, registered
):
    (tmp_path / "trace_maker.py").write_text(f"open({str(tmp_path / 'trace')!r}, 'w')\nclass Trace: pass\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def alter(config):
        config["config"]["layers"].append(
            {"module": module, "class_name": name, "registered_name": registered,
             "config": {"name": "x", "args": ["touch", str(tmp_path / "trace")], "filepath": str(tmp_path)}}
        )  # fmt: skip

    run = strangers_run(tiny_run_folder, "decoder", alter)
    with pytest.raises(UserError, match=f"^The decoder of the run .* has a (layer of the class '{name}'|{name} layer)"
                       ) as refusal:  # fmt: skip
        run_decoder(run)
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "trace").exists()
    assert "trace_maker" not in sys.modules


def test_the_encoder_of_a_run_is_read_as_warily(tiny_run_folder):
    def alter(config):
        config["config"]["layers"][-1]["config"]["activation"] = {
            "module": "os", "class_name": "function", "config": "system", "registered_name": "system"}  # fmt: skip

    with pytest.raises(UserError, match=r"^The encoder of the run .* uses the function 'system'"):
        load_keras_encoder(strangers_run(tiny_run_folder, "encoder", alter))


def test_weights_of_a_run_stay_in_their_file(tiny_run_folder):
    path = tiny_run_folder / "model/encoder.keras"
    changed_weights(path, tiny_run_folder / "altered", external_link)
    (tiny_run_folder / "altered").replace(path)
    write_info(tiny_run_folder, open_run_info(tiny_run_folder))
    with pytest.raises(UserError, match=r"^The encoder of the run .* refers to another file"):
        load_keras_encoder(open_run(tiny_run_folder))


def test_only_what_is_registered_as_such_passes_besides():
    layer = {"class_name": "Bending", "module": "os", "registered_name": "tests>Bending", "config": {}}
    config = {"class_name": "Functional", "module": "keras", "config": {"layers": [layer]}}
    assert check_config(config, "f", {"tests>Bending"}) == {}
    for known in ((), {"Bending"}, {"tests>Other"}):
        with pytest.raises(UserError, match="layer of the class 'Bending'"):
            check_config(config, "f", known)


def test_a_layer_that_is_called_sampling_runs_ours():
    config = {"class_name": "Functional", "module": "keras", "config": {"layers": [
        {"class_name": "Sampling", "module": "os", "registered_name": "Custom>Sampling", "config": {}}]}}  # fmt: skip
    assert check_config(config, "f") == {"Custom>Sampling": "Sampling"}


def test_a_network_too_large_for_memory_is_refused_before_it_is_built(decoder, tmp_path):
    def alter(config):
        layers = config["config"]["layers"]
        for layer in layers:
            if layer["class_name"] == "Dense":
                layer["config"]["units"] = 9_999_360
            if layer["class_name"] == "Reshape":
                layer["config"]["target_shape"] = [16, 16, 39060]
        layers.append({"module": "keras.layers", "class_name": "Dense", "registered_name": None,
                       "config": {"name": "d2", "units": 1_000_000}})  # fmt: skip

    refused(changed_config(decoder, tmp_path / "bad.keras", alter), "larger than a network")


@pytest.mark.parametrize("name", ["../trace", "/trace", "a/../../trace", "C:\\trace"])
def test_strange_members_are_refused(decoder, tmp_path, name):
    refused(
        changed_archive(decoder, tmp_path / "bad.keras", lambda members: members.update({name: b""})), "strange names"
    )
    assert not (tmp_path.parent / "trace").exists()


def test_a_bomb_is_not_unpacked(decoder, tmp_path):
    path = tmp_path / "bomb.keras"
    with zipfile.ZipFile(decoder) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        new.writestr("model.weights.h5", old.read("model.weights.h5"))
        with new.open("config.json", "w") as member:
            for _ in range(40):
                member.write(bytes(2**20))
    refused(path, "unpacks to more")


def test_a_member_longer_than_it_says_is_refused(decoder, tmp_path):
    content = bytearray(decoder.read_bytes())
    refused_path = tmp_path / "lies.keras"
    refused_path.write_bytes(content[: len(content) // 2])
    refused(refused_path, "damaged|no .keras")


def external_link(file: h5py.File) -> None:
    file["stolen"] = h5py.ExternalLink("/etc/passwd", "/")


def soft_link(file: h5py.File) -> None:
    file["loop"] = h5py.SoftLink("/")


def external_storage(file: h5py.File) -> None:
    file.create_dataset("stolen", (100,), "u1", external=[("/etc/passwd", 0, 100)])


def virtual(file: h5py.File) -> None:
    layout = h5py.VirtualLayout((100,), "f4")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (100,))
    file.create_virtual_dataset("stolen", layout)


def huge(file: h5py.File) -> None:
    file.create_dataset("huge", (2**32,), "f4", chunks=True, compression="gzip")


def deep(file: h5py.File) -> None:
    file.create_group("/".join("a" * 60))


@pytest.mark.parametrize("change", [external_link, soft_link, external_storage, virtual, huge, deep])
def test_weights_stay_in_their_file_and_in_proportion(decoder, tmp_path, change):
    refused(changed_weights(decoder, tmp_path / "bad.keras", change), "another file|too much|damaged")


def test_a_copy_holds_what_the_file_does(tmp_path):
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["group/x"] = np.arange(6.0).reshape(2, 3)
        file["group"].attrs["names"] = np.array([b"kernel", b"bias"])
        file.attrs["text"] = "ünï"
        file.attrs["none"] = np.zeros(0)
        file["optimizer_weights/y"] = 1.0
    write_copy(tmp_path / "a.h5", tmp_path / "b.h5", "a.h5")
    with h5py.File(tmp_path / "b.h5") as copied:
        np.testing.assert_array_equal(copied["group/x"], np.arange(6.0).reshape(2, 3))
        assert [bytes(name) for name in copied["group"].attrs["names"]] == [b"kernel", b"bias"]
        assert copied.attrs["text"] == "ünï"
        assert "optimizer_weights" not in copied


def altered_onnx(change) -> bytes:
    onnx = pytest.importorskip("onnx")
    model = onnx.ModelProto.FromString(onnx_decoder())
    change(model, onnx)
    return model.SerializeToString()


def external_data(model, onnx):
    tensor = model.graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    tensor.ClearField("raw_data")


def loop(model, onnx):
    model.graph.node.append(onnx.helper.make_node("Loop", ["z"], ["y"], body=onnx.GraphProto()))


def own_domain(model, onnx):
    model.graph.node[0].domain = "theirs"


def hidden_graph(model, onnx):
    model.graph.node[0].attribute.append(onnx.helper.make_attribute("body", onnx.GraphProto()))


def function(model, onnx):
    model.functions.add(name="Sigmoid", domain="")


@pytest.mark.parametrize("change", [external_data, loop, own_domain, hidden_graph, function])
def test_onnx_graphs_that_are_no_data_are_refused(change, tmp_path):
    content = altered_onnx(change)
    with pytest.raises(UserError):
        check_onnx(content, "bad.onnx")
    (tmp_path / "bad.onnx").write_bytes(content)
    refused(tmp_path / "bad.onnx", "bad.onnx")


def test_a_missing_onnxruntime_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    (tmp_path / "d.onnx").write_bytes(b"x")
    refused(tmp_path / "d.onnx", r"pip install 'vae-explorer\[onnx\]'")


def test_a_pickle_called_keras_does_not_run(tmp_path):
    import pickle

    class Trace:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "trace"),)

    for name in ("a.keras", "a.h5", "a.onnx"):
        (tmp_path / name).write_bytes(pickle.dumps(Trace()))
        refused(tmp_path / name, name)
    assert not (tmp_path / "trace").exists()


def test_a_page_of_json_is_no_model(decoder, tmp_path):
    def alter(members):
        members["config.json"] = json.dumps({"class_name": None}).encode()

    refused(changed_archive(decoder, tmp_path / "bad.keras", alter), "no configuration")
