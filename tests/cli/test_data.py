"""The command `data`, and the options of images in `train`."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.image_files import noise, write_mixed_folder, write_pictures
from tests.picture_files import svg_texts
from vae_explorer.cli.main import run_command
from vae_explorer.data.options import ImageOptions
from vae_explorer.run.opening import open_run


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images") / "mixed"
    write_mixed_folder(folder, each=20)
    return folder


def test_data_shows_what_a_folder_holds(mixed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", str(mixed), "--size", "32x24", "--color", "rgb"]) == 0
    output = capfd.readouterr()
    assert output.err == ""
    assert "images      103; held out 14" in output.out
    assert "brought to  32 x 24, the size that was chosen; colour" in output.out
    assert "class 0 23, class 1 20" in output.out
    assert "    class 0/bomb.png: more than the 50 million pixels" in output.out
    assert "skipped     6" in output.out


def test_data_prints_the_same_as_json(mixed: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["data", str(mixed), "--json"]) == 0
    found = json.loads(capfd.readouterr().out)
    assert found["images"] == 103
    assert found["image_shape"] == [20, 16, 1]
    assert found["classes"][0] == {"name": "class 0", "images": 23}
    assert {"name": "readme.txt", "reason": "no image by its name"} in found["skipped"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["nowhere"], "There is no data set"),
        ([".", "--size", "300"], "16 to 128"),
        ([".", "--value-range", "5,1"], "up to a larger one"),
        ([".", "--labels", "nowhere.csv"], "no file of labels"),
        (["."], "holds no images"),
    ],
)
def test_data_is_refused_in_one_sentence(
    words: list[str], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run_command(["data", *words]) == 1
    output = capfd.readouterr()
    assert output.out == ""
    assert why in output.err
    assert output.err.count("\n") == 1


@pytest.mark.long
def test_train_reads_a_mixed_folder_and_saves_the_options(
    mixed: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "--dataset", str(mixed), "--epochs", "1", "--out", str(tmp_path / "run")]
    (tmp_path / "more.csv").write_text("file,angle\nclass 1/000.png,30\n")
    assert run_command([*words, "--size", "16", "--invert", "--labels", str(tmp_path / "more.csv")]) == 0
    output = capfd.readouterr()
    assert "class 0/cut.png: damaged" in output.err
    run = open_run(tmp_path / "run")
    assert run.info.dataset.options == ImageOptions(size=(16, 16), invert=True, labels=str(tmp_path / "more.csv"))
    assert run.info.dataset.image_shape == (16, 16, 1)
    assert run.info.dataset.value_names[0] == "angle"
    assert run.codes.columns.values.shape == (103, len(run.info.dataset.value_names))
    assert np.nansum(run.codes.columns.values[:, 0]) == 30
    assert np.bincount(run.codes.label).tolist() == [23, 20, 20, 20, 20]
    words = ["map", str(tmp_path / "run"), "--out", str(tmp_path / "m.svg"), "--color-by", "angle"]
    assert run_command(words) == 0
    assert {"angle 30", "unknown"} <= set(svg_texts(tmp_path / "m.svg"))


@pytest.mark.long
def test_images_without_labels_train_and_open(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_pictures(tmp_path / "set", 30, 20, 20, 3)
    words = ["train", "--dataset", str(tmp_path / "set"), "--epochs", "1", "--out", str(tmp_path / "run")]
    assert run_command(words) == 0
    run = open_run(tmp_path / "run")
    assert run.info.dataset.image_shape == (20, 20, 3)
    assert set(run.codes.label.tolist()) == {-1}


@pytest.mark.long
def test_an_interrupted_training_reads_its_images_in_the_same_way(tmp_path: Path) -> None:
    from vae_explorer.data.reading import load_dataset
    from vae_explorer.run.config import training_config
    from vae_explorer.training.events import EpochEnded
    from vae_explorer.training.start import resume, train

    np.save(tmp_path / "a.npy", noise(40, 20, 20))
    dataset = load_dataset(str(tmp_path / "a.npy"), ImageOptions(size=(16, 24), fit="pad"))

    def cut(event: object) -> None:
        if isinstance(event, EpochEnded):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(training_config("dense", epochs=2), dataset, tmp_path / "run", cut)
    run = resume(tmp_path / "run")
    assert run is not None
    assert run.info.dataset == dataset.info
