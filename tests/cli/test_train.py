"""The command `train` as it is typed."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from tests.cli.refusals import refused
from vae_explorer.cli.main import run_command
from vae_explorer.exporting.origin import caption_of
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Run

COMMAND = [sys.executable, "-m", "vae_explorer"]


@pytest.mark.long
def test_a_training_on_binarized_pixels_is_labelled_so(
    npz: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = str(tmp_path / "run")
    words = ["--dataset", str(npz), "--epochs", "1", "--limit", "64", "--pixels", "binarized", "--out", out]
    assert run_command(["train", *words]) == 0
    assert "nats per image (binarized pixels)" in capfd.readouterr().out
    assert run_command(["info", out, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert (found["pixels"], found["quality"]["pixels"]) == ("binarized", "binarized")
    assert "(binarized pixels)" in caption_of(open_run(Path(out)).info)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--latent-dim", "65"], "latent_dim has to be between 1 and 64"),
        (["--beta", "-1"], "beta has to be"),
        (["--beta", "nan"], "beta has to be"),
        (["--epochs", "0"], "epochs has to be"),
        (["--batch-size", "0"], "batch_size has to be"),
        (["--learning-rate", "0"], "learning_rate has to be"),
        (["--seed", "-1"], "seed has to be"),
        (["--limit", "1"], "limit has to be"),
        (["--dataset", "nowhere.npz"], "no data set"),
    ],
)
def test_settings_out_of_range_are_refused_before_anything_is_written(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], sentence: str
) -> None:
    assert sentence in refused(capfd, "train", "--out", str(tmp_path / "r"), *words)
    assert not (tmp_path / "r").exists()


def test_existing_target_of_train_is_refused(
    capfd: pytest.CaptureFixture[str], tiny_run_folder: Path, npz: Path
) -> None:
    sentence = refused(capfd, "train", "--dataset", str(npz), "--out", str(tiny_run_folder))
    assert "--overwrite" in sentence
    open_run(tiny_run_folder)


@pytest.mark.long
def test_train_writes_plain_lines_without_a_terminal(npz: Path, tmp_path: Path) -> None:
    words = ["train", "--dataset", str(npz), "--epochs", "2", "--batch-size", "64", "--out", str(tmp_path / "r")]
    done = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "epoch 2: loss" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout
    assert done.stderr == ""
    run = open_run(tmp_path / "r")
    assert run.info.epochs == 2
    assert f"{run.info.held_out.negative_elbo:.2f} nats" in done.stdout  # type: ignore[union-attr]


@pytest.mark.long
def test_a_decoder_that_litert_cannot_convert_is_trained_saved_and_decoded(
    npz: Path, tmp_path: Path, odd_decoder: None, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "r"
    words = ["train", "--dataset", str(npz), "--epochs", "1", "--limit", "64", "--out", str(folder)]
    assert run_command(words) == 0
    litert, page = capfd.readouterr().err.splitlines()[-2:]
    said = "vae-explorer: LiteRT cannot convert the decoder: exploring this run loads TensorFlow, which takes seconds."
    assert litert == said
    assert page.startswith("vae-explorer: An HTML page cannot compute layer 'bending")
    run = open_run(folder)
    assert run.info.status == "finished"
    assert run.networks.decoder is None
    assert run.networks.lowered is None
    assert run.networks.encoder is not None
    assert not (folder / "model/decoder.tflite").exists()
    capfd.readouterr()
    assert (
        run_command(
            ["grid", str(folder), "--out", str(tmp_path / "g.png"), "--size", "3", "--width", "4.2672", "--dpi", "50"]
        )
        == 0
    )
    assert capfd.readouterr().err == ""
    trained = keras.saving.load_model(folder / "model/decoder.keras", compile=False)
    expected = as_pixels(trained(np.zeros((1, 2), np.float32)).numpy())[0, ..., 0]
    with Image.open(tmp_path / "g.png") as picture:
        np.testing.assert_allclose(np.asarray(picture)[28:56, 28:56].astype(int), expected, atol=1)


@pytest.mark.long
def test_ctrl_c_saves_what_is_learned(npz: Path, tmp_path: Path) -> None:
    words = ["train", "--dataset", str(npz), "--epochs", "100000", "--batch-size", "64", "--out", str(tmp_path / "r")]
    process = subprocess.Popen([*COMMAND, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("epoch 2"):
            break
    process.send_signal(signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "\nStopped after epoch " in output
    assert "what is learned is being saved" in errors
    run = open_run(tmp_path / "r")
    assert run.info.status == "stopped"
    assert len(run.history) >= 2


def test_train_further_needs_epochs_and_refuses_settings_that_cannot_change(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--further", str(tiny_run.folder)]
    for more, said in (
        ([], "Give with --epochs the number of epochs"),
        (["--epochs", "1", "--beta", "2"], "with the beta that it has"),
        (["--epochs", "1", "--preset", "blog"], "leave out --preset"),
        (["--epochs", "0"], "1 epoch or more"),
        (["--epochs", "1", "--resume", "x"], "leave out --further"),
    ):
        assert run_command([*words, *more, "--out", str(tmp_path / "r")]) == 1
        assert said in capfd.readouterr().err
    assert not (tmp_path / "r").exists()


@pytest.mark.long
def test_train_further_replaces_its_own_run(npz: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    folder, words = str(tmp_path / "r"), ["--batch-size", "64", "--epochs", "1"]
    assert run_command(["train", "--dataset", str(npz), "--out", folder, *words]) == 0
    capfd.readouterr()
    assert run_command(["train", "--further", folder, "--epochs", "1", "--schedule", "constant", "--overwrite"]) == 0
    said = capfd.readouterr().out
    assert "epoch 2: loss" in said
    assert "(negative ELBO " in said
    assert "segments    epochs 1 to 1: adam, learning rate 0.0015, cosine" in said
    assert "            epochs 2 to 2: adam, learning rate 0.0015, constant" in said
    assert [record.epoch for record in open_run(tmp_path / "r").history] == [1, 2]
