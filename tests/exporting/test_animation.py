"""exporting/animation.py: films of a training, read back frame by frame."""

import itertools
import shutil
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from vae_explorer.cli.main import run_command
from vae_explorer.errors import UserError
from vae_explorer.exploring.replay import Replay, load_replay
from vae_explorer.exporting.animation import FilmOptions, Stage, film_epochs, write_film
from vae_explorer.exporting.film import write_frames
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.run.run import Run

SHORT = FilmOptions(fps=10, seconds=2.0, size=480)


@pytest.fixture(scope="module")
def replay(tiny_run: Run) -> Replay:
    return load_replay(tiny_run)


def mp4_frames(path: Path) -> tuple[dict, np.ndarray]:
    """What the file says of itself, and its frames (N, height, width, 3) uint8."""
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        about = {
            "codec": stream.codec_context.name,
            "fps": stream.average_rate,
            "seconds": film.duration / av.time_base,
        }
        return about | {"pixels": stream.pix_fmt}, np.stack([f.to_ndarray(format="rgb24") for f in film.decode(stream)])


def test_an_mp4_has_the_frames_and_ends_with_the_final_map(replay: Replay, tmp_path: Path) -> None:
    said = write_film(replay, "tiny", tmp_path / "film.mp4", SHORT)
    about, frames = mp4_frames(tmp_path / "film.mp4")
    stage = Stage(replay, "tiny", 480)
    assert said == f"480 x {stage.height} pixels, 20 frames, 2.0 s"
    assert frames.shape == (20, stage.height, 480, 3)
    assert stage.height % 2 == 0
    assert about == {"codec": "h264", "fps": 10, "seconds": 2.0, "pixels": "yuv420p"}
    content = (tmp_path / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # so that it can be played while it loads
    shown = frames.astype(int)
    assert np.abs(shown[-1] - stage.frame(2)).mean() < 3
    assert np.abs(shown[0] - stage.frame(0)).mean() < 3
    assert np.abs(shown[0] - shown[-1]).mean() > 8


def test_a_gif_has_the_frames_and_ends_with_the_final_map(replay: Replay, tmp_path: Path) -> None:
    options = FilmOptions(fps=30, seconds=1.0, size=480)
    write_film(replay, "tiny", tmp_path / "film.gif", options)
    frames, milliseconds = [], 0
    with Image.open(tmp_path / "film.gif") as film:
        assert film.info["loop"] == 0
        for number in range(film.n_frames):
            film.seek(number)
            milliseconds += film.info["duration"]
            frames.append(np.asarray(film.convert("RGB")).astype(int))
    stage = Stage(replay, "tiny", 480)
    assert milliseconds == 1000
    assert frames[0].shape == (stage.height, 480, 3)
    assert 20 <= len(frames) <= 30  # equal frames at the end are stored as one
    assert all(not np.array_equal(a, b) for a, b in itertools.pairwise(frames))
    assert np.abs(frames[-1] - stage.frame(2)).mean() < 4
    assert np.abs(frames[0] - stage.frame(0)).mean() < 4


def test_the_epochs_go_evenly_and_the_last_stands_still(replay: Replay) -> None:
    epochs = film_epochs(replay, FilmOptions(fps=10, seconds=5))
    assert (len(epochs), epochs[0], epochs[-1]) == (50, 0, 2)
    assert (epochs == 2).sum() == 11
    assert np.ptp(np.diff(epochs[:40])) < 1e-9


@pytest.mark.parametrize("settings", [{"fps": 0}, {"fps": 61}, {"seconds": 0.1}, {"size": 100}])
def test_options_out_of_range_are_refused(settings: dict) -> None:
    with pytest.raises(UserError, match="A film"):
        FilmOptions(**settings)


@pytest.mark.parametrize(("name", "fps", "said"), [("film.avi", 30, "GIF or MP4"), ("film.gif", 60, "write an MP4")])
def test_a_film_that_cannot_be_written_is_refused(
    replay: Replay, tmp_path: Path, name: str, fps: int, said: str
) -> None:
    with pytest.raises(UserError, match=said):
        write_film(replay, "tiny", tmp_path / name, FilmOptions(fps=fps))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize("ending", [".gif", ".mp4"])
def test_frames_that_the_system_cannot_write_are_an_error_of_the_system(tmp_path: Path, ending: str) -> None:
    full = tmp_path / f"film{ending}"
    full.symlink_to("/dev/full")
    frame = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(OSError):  # noqa: PT011 - `replacing` makes a sentence of any
        write_frames(full, iter([frame] * 8), 10, 8, [frame])


@pytest.mark.parametrize("name", ["film.gif", "film.mp4"])
def test_a_cancelled_film_leaves_the_old_file(replay: Replay, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("old")

    def cancel(_task: str, share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_film(replay, "tiny", tmp_path / name, SHORT, cancel)
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == [name]
    assert (tmp_path / name).read_text() == "old"


def test_the_command_writes_a_film(tiny_run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--fps", "5", "--seconds", "1", "--size", "320"]
    assert run_command(["animate", str(tiny_run.folder), "--out", str(tmp_path / "film.mp4"), *words]) == 0
    assert "5 frames, 1.0 s" in capsys.readouterr().out
    assert len(mp4_frames(tmp_path / "film.mp4")[1]) == 5


def test_the_command_names_what_a_run_lacks(
    tiny_run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(tiny_run_folder / "snapshots")
    assert run_command(["animate", str(tiny_run_folder), "--out", str(tmp_path / "film.mp4")]) == 1
    assert "has fewer than two snapshots" in capsys.readouterr().err


def test_the_two_dimensions_that_say_most_are_shown(deep_run: Run) -> None:
    names = tuple(
        f"z{dimension}" for dimension in measure_dimensions(deep_run.codes.z_mean, deep_run.codes.z_log_var).axes
    )
    stage = Stage(load_replay(deep_run), "deep", 480)
    assert stage._plane.names == names
    assert stage._title == f"deep · {names[0]} and {names[1]} of 4 dimensions"
