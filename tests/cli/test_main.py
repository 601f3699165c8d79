"""The commands with the words that a person types."""

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest
from PIL import Image

from tests.picture_files import pdf_text, svg_texts
from vae_explorer import __version__
from vae_explorer.cli.main import run_command
from vae_explorer.data.dataset import Dataset
from vae_explorer.exporting.figure import caption_of
from vae_explorer.model.decoder import as_pixels
from vae_explorer.run.opening import open_run
from vae_explorer.run.quality import FIGURES
from vae_explorer.run.run import Run

COMMAND = [sys.executable, "-m", "vae_explorer"]


@pytest.fixture
def npz(digits: Dataset, tmp_path: Path) -> Path:
    assert digits.labels is not None
    train, test = ~digits.held_out, digits.held_out
    arrays = {"x_train": digits.images[train], "y_train": digits.labels[train], "x_test": digits.images[test]}
    np.savez(tmp_path / "digits.npz", y_test=digits.labels[test], **arrays)
    return tmp_path / "digits.npz"


def refused(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """The one sentence on stderr of a command that fails with status 1."""
    assert run_command(words) == 1
    output = capfd.readouterr()
    assert output.out == ""
    assert output.err.startswith("vae-explorer: ")
    assert "Traceback" not in output.err
    assert output.err.count("\n") == 1
    return output.err


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run_command(["--version"])
    assert end.value.code == 0
    assert capfd.readouterr().out == f"vae-explorer {__version__}\n"


def test_info_prints_the_figures_as_json(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["info", str(tiny_run.folder), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    held_out = tiny_run.info.held_out
    assert held_out is not None
    assert found["parameters"] == {"encoder": 566_660, "decoder": 567_184}
    assert found["epochs"] == 2
    assert found["held_out"]["negative_elbo"] == held_out.negative_elbo
    assert found["held_out"]["reconstruction_loss"] + found["held_out"]["kl_loss"] == pytest.approx(
        held_out.negative_elbo
    )
    assert found["held_out"]["images"] == 128


def test_info_of_the_built_in_run_is_below_140_nats(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["info", "builtin", "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["held_out"]["negative_elbo"] < 140


def test_info_has_null_for_figures_that_were_not_measured(
    tiny_run_folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    toml = tiny_run_folder / "run.toml"
    before, _, rest = toml.read_text().partition("[held_out]")
    toml.write_text(before + "[versions]" + rest.partition("[versions]")[2])
    assert run_command(["info", str(tiny_run_folder), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)["held_out"]
    assert found["negative_elbo"] is None
    assert found["images"] is None


def test_info_shows_the_quality(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    quality = tiny_run.info.quality
    assert quality is not None
    assert run_command(["info", str(tiny_run.folder), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["pixels"] == "grey"
    assert found["quality"]["negative_elbo"]["value"] == found["held_out"]["negative_elbo"]
    assert found["quality"]["active_units"]["value"] == 2
    assert len(found["quality"]["kl_by_dimension"]) == 2
    assert run_command(["info", str(tiny_run.folder)]) == 0
    text = capfd.readouterr().out
    assert f"Importance-weighted log-likelihood: {quality.log_likelihood} nats per image" in text
    assert f"Nearest-neighbour accuracy: {quality.neighbour_accuracy}" in text
    assert "binarized" not in text


def test_quality_measures_a_run_again(tiny_run: Run, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["quality", str(tiny_run.folder), "--samples", "7", "--images", "9"]
    assert run_command([*words, "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert tiny_run.info.quality is not None
    assert found["negative_elbo"]["value"] == pytest.approx(tiny_run.info.quality.negative_elbo.value, rel=1e-4)
    assert (found["samples"], found["log_likelihood"]["images"], found["pixels"]) == (7, 9, "grey")
    assert run_command(words) == 0
    output = capfd.readouterr()
    assert output.err == ""
    for meaning in FIGURES.values():
        assert meaning.name in output.out
        assert meaning.sentence in output.out
    assert "grey pixels" in output.out
    assert "(9 images, 7 samples)" in output.out


def test_quality_refuses_what_it_cannot_measure(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert "1 to 100,000 samples" in refused(capfd, "quality", str(tiny_run.folder), "--samples", "0")
    assert "not a run" in refused(capfd, "quality", str(tmp_path))


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


def test_grid_writes_a_picture_of_the_given_size(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["grid", str(tiny_run.folder), "--out", str(tmp_path / "g.png"), "--size", "7", "--spacing", "even"]
    assert run_command([*words, "--width", "7.84", "--dpi", "254"]) == 0
    with Image.open(tmp_path / "g.png") as picture:
        assert picture.size == (784, 784)
    output = capfd.readouterr()
    assert output.out == f"Wrote {tmp_path / 'g.png'} (7.8 x 7.8 cm, 784 x 784 dots).\n"
    assert output.err == ""


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["grid", "--size", "3", "--plane", "2,1", "--gap", "2", "--gap-color", "red", "--axes"], "z2"),
        (["map", "--split", "held-out", "--plane", "2,1"], "z2"),
        (["map", "--plane", "pca"], "PC 2"),
        (["reconstructions", "--columns", "3", "--rows", "2", "--colormap", "viridis"], "reconstruction"),
        (["samples", "--size", "3", "--seed", "4", "--gap", "1", "--colormap", "gray_r"], ""),
        (["losses"], "epoch"),
    ],
)
def test_each_picture_is_written_in_each_format(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str], words: list[str], text: str, ending: str
) -> None:
    path, folder = tmp_path / f"p{ending}", str(tiny_run.folder)
    assert run_command([words[0], folder, *words[1:], "--out", str(path), "--dpi", "100", "--caption"]) == 0
    output = capfd.readouterr()
    assert output.out.startswith(f"Wrote {path} (")
    assert output.err == ""
    if ending == ".svg":
        assert {caption_of(tiny_run.info), text} - {""} <= set(svg_texts(path))
    elif ending == ".pdf":
        assert f"{caption_of(tiny_run.info)}" in pdf_text(path)
        assert text in pdf_text(path)
    else:
        with Image.open(path) as picture:
            assert picture.width == pytest.approx(16 / 2.54 * 100, rel=0.2)


@pytest.mark.parametrize(
    ("words", "legend"),
    [
        ([], set("0123456789")),
        (["--color-by", "cluster", "--clusters", "3"], {"cluster 1", "cluster 2", "cluster 3"}),
        (["--color-by", "none"], set()),
    ],
)
def test_a_map_has_the_chosen_colours(tiny_run: Run, tmp_path: Path, words: list[str], legend: set[str]) -> None:
    assert run_command(["map", str(tiny_run.folder), "--out", str(tmp_path / "m.svg"), *words]) == 0
    texts = {text for text in svg_texts(tmp_path / "m.svg") if text.isdigit() or "cluster" in text}
    assert legend <= texts
    assert bool(legend & {"9", "cluster 3"}) == bool(texts & {"9", "cluster 3"})


def test_the_caption_can_be_given(tiny_run: Run, tmp_path: Path) -> None:
    path = tmp_path / "l.svg"
    assert run_command(["losses", str(tiny_run.folder), "--out", str(path), "--caption", "My $caption$ & more"]) == 0
    assert "My $caption$ & more" in svg_texts(path)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["grid", "--size", "61"], "2 to 60 images"),
        (["grid", "--plane", "1,3"], "no plane of dimensions 1 and 3"),
        (["map", "--plane", "2,2"], "no plane of dimensions 2 and 2"),
        (["map", "--color-by", "age"], "no column 'age': choose class, cluster, none."),
        (["map", "--color-by", "cluster", "--clusters", "1"], "2 to 20 clusters, not 1"),
        (["map", "--clusters", "5"], "give --color-by cluster, too"),
        (["samples", "--colormap", "virids"], "no colour map 'virids'"),
        (["reconstructions", "--rows", "0"], "1 to 60 rows"),
        (["losses", "--dpi", "10"], "50 to 1,200 DPI"),
        (["losses", "--width", "nan"], "3 to 100 cm"),
    ],
)
def test_options_of_pictures_out_of_range_are_refused(
    capfd: pytest.CaptureFixture[str], tiny_run: Run, tmp_path: Path, words: list[str], sentence: str
) -> None:
    (tmp_path / "p.png").write_bytes(b"the old one")
    assert sentence in refused(capfd, words[0], str(tiny_run.folder), *words[1:], "--out", str(tmp_path / "p.png"))
    assert (tmp_path / "p.png").read_bytes() == b"the old one"


def test_other_endings_of_pictures_are_refused(
    capfd: pytest.CaptureFixture[str], tiny_run: Run, tmp_path: Path
) -> None:
    assert ".png, .svg or .pdf" in refused(capfd, "grid", str(tiny_run.folder), "--out", str(tmp_path / "g.jpg"))


def test_html_writes_a_page_and_reports_how_exact_it_is(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["html", str(tiny_run.folder), "--out", str(tmp_path / "p.html")]) == 0
    assert (tmp_path / "p.html").stat().st_size > 1_000_000
    output = capfd.readouterr()
    assert re.fullmatch(r"Wrote .*p\.html \(4\.\d MB\)\. The decoder runs in the page\.\n", output.out)
    assert output.err == ""


def test_commands_without_a_screen_load_no_qt_and_no_tensorflow(tiny_run: Run, tmp_path: Path) -> None:
    code = """
import sys
from vae_explorer.cli.main import run_command
folder, out = sys.argv[1:]
run_command(["info", folder])
for name in ("grid", "map", "reconstructions", "samples", "losses"):
    assert run_command([name, folder, "--out", f"{out}/{name}.svg"]) == 0
heavy = ("PySide6", "pyqtgraph", "tensorflow", "keras", "bokeh", "matplotlib.pyplot")
print([name for name in heavy if name in sys.modules])
"""
    command = [sys.executable, "-c", code, str(tiny_run.folder), str(tmp_path)]
    found = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert found.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("words", [["info"], ["grid", "builtin"], ["train", "--preset", "huge"], ["html", "a", "b"],
                                   ["grid", "builtin", "--out", "g.png", "--plane", "1"]])  # fmt: skip
def test_wrong_usage_ends_with_status_2(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run_command(words)
    assert end.value.code == 2


def test_no_run_is_refused(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "There is no run" in refused(capfd, "info", str(tmp_path / "nothing"))
    assert "is not a run" in refused(capfd, "info", str(tmp_path))


def test_damaged_run_is_refused_and_nothing_written(
    capfd: pytest.CaptureFixture[str], tiny_run_folder: Path, tmp_path: Path
) -> None:
    (tiny_run_folder / "model/decoder.tflite").write_bytes(b"damaged")
    for command, name in (("grid", "g.png"), ("map", "m.svg"), ("html", "p.html")):
        sentence = refused(capfd, command, str(tiny_run_folder), "--out", str(tmp_path / name))
        assert "decoder.tflite" in sentence
        assert not (tmp_path / name).exists()


def test_unwritable_target_is_refused(capfd: pytest.CaptureFixture[str], tiny_run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for command, name in (("grid", "g.png"), ("html", "p.html")):
        sentence = refused(capfd, command, str(tiny_run.folder), "--out", str(tmp_path / "file" / name))
        assert "cannot be written" in sentence


def test_a_full_disk_is_reported_and_the_old_file_is_kept(
    capfd: pytest.CaptureFixture[str], tiny_run: Run, small_disk: Path
) -> None:
    (small_disk / "p.html").write_text("the old page")
    with (small_disk / "filler").open("wb") as filler:
        filler.write(bytes(shutil.disk_usage(small_disk).free - 200_000))
    assert "full" in refused(capfd, "html", str(tiny_run.folder), "--out", str(small_disk / "p.html"))
    assert (small_disk / "p.html").read_text() == "the old page"
    assert sorted(path.name for path in small_disk.iterdir()) == ["filler", "p.html"]


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


def test_debug_shows_the_traceback(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_command(["info", str(tmp_path), "--debug"]) == 1
    assert "Traceback" in capfd.readouterr().err


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
            ["grid", str(folder), "--out", str(tmp_path / "g.png"), "--size", "3", "--width", "3", "--dpi", "50"]
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
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "what is learned is being saved" in errors
    run = open_run(tmp_path / "r")
    assert run.info.status == "stopped"
    assert len(run.history) >= 2


def test_pictures_and_page_of_any_plane_through_any_code(
    deep_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = str(deep_run.folder)
    words = ["--plane", "2,4", "--at=-1.25,9,0.5,9"]
    note = "Showing z2 and z4; z1 is −1.25, z3 is 0.50."
    assert run_command(["grid", folder, "--out", str(tmp_path / "g.svg"), "--size", "3", "--axes", *words]) == 0
    assert note in svg_texts(tmp_path / "g.svg")
    assert capfd.readouterr().out.rstrip().endswith(note)
    assert run_command(["html", folder, "--out", str(tmp_path / "p.html"), *words]) == 0
    assert capfd.readouterr().out.rstrip().endswith(note)
    assert run_command(["html", folder, "--out", str(tmp_path / "p.html"), "--plane", "pca"]) == 0
    assert capfd.readouterr().out.rstrip().endswith("Showing principal components; the rest is 0.")
    assert run_command(["map", folder, "--out", str(tmp_path / "m.svg"), "--plane", "pca"]) == 0
    texts = svg_texts(tmp_path / "m.svg")
    assert {"PC 1", "PC 2", "The two principal components of the codes, of 4 dimensions."} <= set(texts)


@pytest.mark.parametrize("command", ["grid", "map", "html"])
def test_a_code_with_another_number_of_dimensions_is_refused(
    deep_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str], command: str
) -> None:
    out = str(tmp_path / ("p.html" if command == "html" else "p.png"))
    assert "give 4, one for each" in refused(capfd, command, str(deep_run.folder), "--out", out, "--at", "0,1")


@pytest.mark.parametrize(
    "words", [["--plane", "ica"], ["--at", "a,b"], ["--at", "nan,0"], ["--at", "1e9,0"], ["--at="]]
)
def test_an_invalid_plane_or_code_is_wrong_usage(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run_command(["grid", "builtin", "--out", "g.png", *words])
    assert end.value.code == 2


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
    assert "segments    epochs 1 to 1: adam, learning rate 0.0035, cosine" in said
    assert "            epochs 2 to 2: adam, learning rate 0.0035, constant" in said
    assert [record.epoch for record in open_run(tmp_path / "r").history] == [1, 2]


@pytest.mark.parametrize(("command", "left"), [("html", "no file was changed"), ("train", "the last whole epoch")])
def test_an_interrupted_command_reports_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, left: str
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vae_explorer.exporting.page.writing.write_page", interrupted)
    monkeypatch.setattr("vae_explorer.cli.train._new_training", interrupted)
    words = {"html": ["builtin", "--out", str(tmp_path / "page.html")], "train": []}
    assert run_command([command, *words[command]]) == 1
    assert left in capsys.readouterr().err
