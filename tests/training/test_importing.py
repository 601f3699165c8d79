"""Models from elsewhere become runs: Keras's own example, and ONNX."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.imported_files import changed_config, onnx_decoder, onnx_encoder, write_example
from tests.training.test_start import hashes
from vae_explorer.data.columns import no_columns
from vae_explorer.data.dataset import Dataset, DatasetInfo
from vae_explorer.errors import UserError
from vae_explorer.exploring.decoded import explore
from vae_explorer.exploring.opening import load_run
from vae_explorer.model import metrics
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.metrics import measure_run
from vae_explorer.network.fitting import Choices
from vae_explorer.progress import LeftError, no_progress
from vae_explorer.run.folder import check_folder
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import is_run
from vae_explorer.training.importing import find_model, write_model


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    write_example(folder)
    return folder


@pytest.fixture(scope="session")
def imported_example(example, digits, tmp_path_factory):
    found = find_model(example / "decoder.keras", example / "encoder.keras", digits)
    return write_model(found, tmp_path_factory.mktemp("imported") / "example")


@pytest.mark.long
def test_the_keras_example_imports_explores_and_measures(imported_example, digits):
    run, subject = load_run(imported_example.folder)
    assert run.info.origin.decoder.ending == "sigmoid"
    assert run.info.origin.encoder.z_mean == "z_mean"
    assert len(run.codes.index) == len(digits.images)
    assert run.info.quality.negative_elbo.images == len(run.sample.images)
    assert run.networks.decoder is not None
    assert run.networks.lowered is not None
    answer = explore(subject, np.zeros(2, np.float32))
    assert answer.pixels.shape == (28, 28, 1)
    assert answer.nearest >= 0


@pytest.mark.long
def test_its_images_are_those_that_the_file_gives(imported_example, example):
    import keras

    z = np.random.default_rng(3).normal(size=(5, 2)).astype(np.float32)
    theirs = keras.saving.load_model(example / "decoder.keras")(z).numpy()
    np.testing.assert_allclose(run_decoder(imported_example)(z), theirs, atol=1e-5)


def test_h5_gives_the_same_as_keras(example):
    both = [find_model(example / f"decoder.{kind}", example / f"encoder.{kind}").model for kind in ("keras", "h5")]
    for name in ("layout", "ending", "output_shape", "lowest"):
        assert getattr(both[0].decoder, name) == pytest.approx(getattr(both[1].decoder, name))
    assert both[0].encoder.posterior == both[1].encoder.posterior == "mean and log-variance"


def test_a_whole_vae_brings_its_encoder(example):
    found = find_model(example / "vae.keras")
    assert found.model.latent_dim == 2
    assert found.model.encoder.posterior == "mean and log-variance"


def test_weights_alone_are_refused(example):
    with pytest.raises(UserError, match="weights alone"):
        find_model(example / "only.weights.h5")


@pytest.mark.parametrize("kind", ["keras", "h5"])
def test_a_lambda_is_refused_and_does_not_run(example, kind):
    with pytest.raises(UserError, match="Lambda layer, which is a program"):
        find_model(example / f"lambda.{kind}")
    assert not (example / "trace").exists()


def test_a_saved_model_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "saved_model.pb").write_bytes(b"")
    with pytest.raises(UserError, match=r"load_model.*save"):
        find_model(tmp_path / "theirs")


def test_an_unknown_class_says_how_to_save_its_networks(example, tmp_path):
    def alter(config):
        config |= {"module": "theirs", "class_name": "VAE", "registered_name": "VAE"}

    with pytest.raises(UserError, match=r"vae\.encoder\.save.*vae\.decoder\.save"):
        find_model(changed_config(example / "decoder.keras", tmp_path / "vae.keras", alter))


def grey_squares(shape=(16, 16, 1), count=60):
    images = np.random.default_rng(0).integers(0, 256, (count, *shape), np.uint8)
    info = DatasetInfo("squares", "", "", shape, count, 30, ())
    return Dataset(info, images, no_columns(count), np.arange(count) >= 30)


@pytest.fixture
def onnx_files(tmp_path):
    pytest.importorskip("onnxruntime")
    (tmp_path / "d.onnx").write_bytes(onnx_decoder(latent_dim=3))
    (tmp_path / "e.onnx").write_bytes(onnx_encoder(latent_dim=3))
    return tmp_path


def test_onnx_imports_explores_and_measures(onnx_files):
    found = find_model(onnx_files / "d.onnx", onnx_files / "e.onnx", grey_squares())
    run = write_model(found, onnx_files / "run")
    assert run.info.origin.decoder.layout == "first"
    assert run.info.origin.encoder.z_log_var == "logvar"
    assert not (onnx_files / "run/model/decoder.keras").exists()
    _, subject = load_run(run.folder)
    assert subject.decoder.engine == "ONNX Runtime"
    assert subject.decoder(np.zeros((70, 3), np.float32)).shape == (70, 16, 16, 1)
    assert np.isfinite(run.info.quality.negative_elbo.value)
    assert measure_run(run, samples=2, images=2).negative_elbo.images == 30


def test_one_code_and_many_give_the_same_images(onnx_files):
    decoder = run_decoder(write_model(find_model(onnx_files / "d.onnx"), onnx_files / "run"))
    z = np.random.default_rng(0).normal(size=(70, 3)).astype(np.float32)
    np.testing.assert_allclose(decoder(z)[41:42], decoder(z[41:42]), atol=1e-6)


def test_a_fixed_batch_is_filled_up(onnx_files):
    (onnx_files / "one.onnx").write_bytes(onnx_decoder(latent_dim=3, batch=1))
    found = [find_model(onnx_files / name) for name in ("d.onnx", "one.onnx")]
    z = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    images = [each.decoder.network(z)[0] for each in found]
    np.testing.assert_allclose(*images, atol=1e-6)


def test_without_encoder_or_images_the_run_has_no_codes(onnx_files):
    run = write_model(find_model(onnx_files / "d.onnx"), onnx_files / "run")
    assert len(run.codes.index) == len(run.sample.images) == 0
    _, subject = load_run(run.folder)
    assert explore(subject, np.ones(3, np.float32)).nearest == -1
    with pytest.raises(UserError):
        measure_run(run)


def test_a_colour_decoder_of_tanh_is_measured_with_gaussian_pixels(tmp_path):
    pytest.importorskip("onnxruntime")
    shape = (3, 16, 16)
    (tmp_path / "d.onnx").write_bytes(onnx_decoder(shape=shape, last="Tanh", scale=3))
    (tmp_path / "e.onnx").write_bytes(onnx_encoder(shape=shape))
    found = find_model(tmp_path / "d.onnx", tmp_path / "e.onnx", grey_squares((16, 16, 3)))
    assert found.model.decoder.ending == "tanh"
    run = write_model(found, tmp_path / "run")
    assert run.info.likelihood == "gaussian-fixed"
    assert 0 < run.info.sigma < 1


def test_a_run_that_was_cancelled_leaves_nothing(onnx_files):
    found = find_model(onnx_files / "d.onnx", onnx_files / "e.onnx", grey_squares())

    def cancel(task, _share):
        if task == "Encoding all images":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_model(found, onnx_files / "run", progress=cancel)
    assert not (onnx_files / "run").exists()


@pytest.mark.long
@pytest.mark.parametrize("kind", ["keras", "onnx"])
def test_leaving_at_any_report_puts_the_folder_back(
    example, digits, tiny_run_folder, tmp_path, monkeypatch, request, kind
):
    monkeypatch.setattr(metrics.measure_run, "__defaults__", (2, 2, no_progress))  # few samples of few images
    if kind == "keras":
        found = find_model(example / "decoder.keras", example / "encoder.keras", digits)
    else:
        files = request.getfixturevalue("onnx_files")
        found = find_model(files / "d.onnx", files / "e.onnx", grey_squares())
    reports = []
    whole = write_model(found, tmp_path / "whole", progress=lambda task, _share: reports.append(task))
    assert whole.info.quality is not None
    firsts = {reports.index(task) for task in reports}
    assert len(firsts) == (7 if kind == "keras" else 5)
    before = hashes(tiny_run_folder)
    for left_at in sorted(firsts | {len(reports) - 1}):
        count = iter(range(len(reports)))

        def leave(_task, _share, count=count, left_at=left_at):
            if next(count) == left_at:
                raise LeftError

        with pytest.raises(LeftError):
            write_model(found, tiny_run_folder, overwrite=True, progress=leave)
        assert hashes(tiny_run_folder) == before, reports[left_at]
    write_model(found, tiny_run_folder, overwrite=True)
    assert open_run(tiny_run_folder).info.status == "imported"


@pytest.mark.long
@pytest.mark.skipif(os.name == "nt", reason="sends a signal that Windows does not know")
@pytest.mark.parametrize("task", ["Encoding all images", "Loading TensorFlow", "Evaluating held-out images"])
def test_an_import_that_is_killed_is_no_run_and_gives_back_the_one_before(onnx_files, tiny_run_folder, task):
    before = hashes(tiny_run_folder)
    code = f"""
import time
from tests.training.test_importing import find_model, grey_squares, write_model
def wait(task, _share):
    if task == {task!r}:
        print("reached", flush=True)
        time.sleep(60)
found = find_model({onnx_files / "d.onnx"!r}, {onnx_files / "e.onnx"!r}, grey_squares())
write_model(found, {tiny_run_folder!r}, overwrite=True, progress=wait)
"""
    code = code.replace("PosixPath(", "__import__('pathlib').Path(")
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline().split() == [b"reached"]
        process.kill()
    assert not is_run(tiny_run_folder)
    assert check_folder(tiny_run_folder, overwrite=True)
    assert hashes(tiny_run_folder) == before


def test_images_of_another_shape_are_refused(onnx_files):
    with pytest.raises(UserError, match=r"16 x 16.*32 x 32"):
        find_model(onnx_files / "d.onnx", None, grey_squares((32, 32, 1)))


@pytest.mark.filterwarnings("ignore")  # PyTorch's own
@pytest.mark.parametrize("by", ["its first exporter", "its present one"])
def test_a_pytorch_decoder_imports(tmp_path, by):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: its export cannot be tried")
    pytest.importorskip("onnxruntime")
    torch.manual_seed(0)
    network = torch.nn.Sequential(
        torch.nn.Linear(2, 8 * 4 * 4), torch.nn.ReLU(), torch.nn.Unflatten(1, (8, 4, 4)),
        torch.nn.ConvTranspose2d(8, 8, 4, stride=2, padding=1), torch.nn.BatchNorm2d(8), torch.nn.ReLU(),
        torch.nn.ConvTranspose2d(8, 1, 4, stride=2, padding=1), torch.nn.Sigmoid(),
    ).eval()  # fmt: skip
    if by == "its present one":
        pytest.importorskip("onnxscript", reason="onnxscript, by which PyTorch exports, is not installed")
        torch.onnx.export(network, (torch.zeros(2, 2),), tmp_path / "d.onnx")
        assert (tmp_path / "d.onnx.data").exists()
    else:
        torch.onnx.export(network, torch.zeros(1, 2), tmp_path / "d.onnx", dynamo=False, input_names=["z"],
                          output_names=["image"], dynamic_axes={"z": {0: "n"}, "image": {0: "n"}})  # fmt: skip
    decoder = run_decoder(write_model(find_model(tmp_path / "d.onnx"), tmp_path / "run"))
    z = torch.randn(5, 2)
    theirs = network(z).detach().numpy().transpose(0, 2, 3, 1)
    np.testing.assert_allclose(decoder(z.numpy()), theirs, atol=1e-5)


def test_output_can_be_chosen(onnx_files):
    found = find_model(onnx_files / "d.onnx", choices=Choices(ending="logits"))
    assert found.model.decoder.ending == "logits"


def conditional_network(path: Path, label: str, nested: bool, width: int, gives: int) -> None:
    """Save a network of two inputs, a vector and a label: a one-hot one or an index; perhaps inside another model."""
    import keras
    from keras import layers

    z = keras.Input((width,), name="z")
    given = keras.Input(
        (10,) if label == "one-hot" else (1,), name="label", dtype=None if label == "one-hot" else "int32"
    )
    known = given if label == "one-hot" else layers.Flatten()(layers.Embedding(10, 4)(given))
    x = layers.Dense(gives, activation="sigmoid")(layers.Concatenate()([z, known]))
    network = keras.Model([z, given], x, name="inner")
    if nested:
        entries = [keras.Input(tensor.shape[1:], dtype=tensor.dtype) for tensor in network.inputs]
        network = keras.Model(entries, network(entries))
    network.save(path)


@pytest.mark.parametrize("nested", [False, True])
@pytest.mark.parametrize("label", ["one-hot", "index"])
def test_a_keras_encoder_that_also_takes_a_label_is_refused_in_a_sentence(tmp_path: Path, label: str, nested: bool):
    conditional_network(tmp_path / "encoder.keras", label, nested, width=256, gives=2)
    (tmp_path / "decoder.onnx").write_bytes(onnx_decoder())
    with pytest.raises(UserError, match=r"The encoder encoder\.keras takes .* give the decoder alone\."):
        find_model(tmp_path / "decoder.onnx", tmp_path / "encoder.keras")
