"""The commands, the Python example, the pictures and the figures of the README."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

README = (Path(__file__).resolve().parent.parent / "README.md").read_text(encoding="utf-8")
WORDS = " ".join(README.split())  # without line ends


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.long
def test_commands_work_one_after_another(tmp_path: Path) -> None:
    [commands] = [block for block in blocks("sh") if "vae-explorer info" in block]
    script = commands.replace("vae-explorer ", f"{sys.executable} -m vae_explorer ")
    done = subprocess.run(
        ["sh", "-e", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=220, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    made = {path.name for path in tmp_path.iterdir()}
    assert {"my-run", "grid.png", "map.pdf", "samples.svg", "losses.svg", "page.html"} <= made


@pytest.mark.long
def test_python_lines_decode_encode_train_and_export(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    [lines] = blocks("python")
    names: dict[str, Any] = {}
    exec(lines, names)
    assert names["images"].shape == (1, 28, 28, 1)
    assert names["z_mean"].shape == names["z_log_var"].shape == (100, 2)
    assert names["mine"].info.epochs == 1
    assert {path.name for path in tmp_path.iterdir()} >= {"my-run-2", "my-page.html", "my-grid.png"}


@pytest.mark.parametrize("picture", re.findall(r"\]\((resources/[^)]*)\)", README))
def test_pictures_are_there(picture: str) -> None:
    assert (Path(__file__).resolve().parent.parent / picture).stat().st_size > 10_000


def test_figure_of_the_shipped_run_is_the_measured_one() -> None:
    from vae_explorer.run.opening import open_run
    from vae_explorer.run.places import find_run

    held_out = open_run(find_run("builtin")).info.held_out
    assert held_out is not None
    assert f"negative ELBO of {held_out.negative_elbo:.1f} nats" in README


def test_the_log_likelihood_is_that_of_the_shipped_run() -> None:
    from vae_explorer.run.opening import open_run
    from vae_explorer.run.places import find_run

    quality = open_run(find_run("builtin")).info.quality
    assert quality is not None
    assert f"importance-weighted log-likelihood of {quality.log_likelihood}" in WORDS


def test_it_is_read_in_two_minutes() -> None:
    assert README.count("\n") < 150
    film = Path(__file__).resolve().parent.parent / "resources/readme/drag.gif"
    assert film.stat().st_size < 3_000_000
    with Image.open(film) as frames:
        seconds = 0.0
        for number in range(frames.n_frames):
            frames.seek(number)
            seconds += frames.info["duration"] / 1000
    assert seconds == pytest.approx(10, abs=1)


def test_the_window_has_the_entries_that_are_named() -> None:
    from vae_explorer.gui.actions import MENUS
    from vae_explorer.gui.menus import Menu, plain

    there = {(plain(menu.text), plain(entry.text)) for menu in MENUS for entry in menu.entries if entry is not None}
    assert all(isinstance(menu, Menu) for menu in MENUS)
    named = re.findall(
        r"(File|Edit|View|Help|Run) > ([A-Z][\w ]*?)(?= (?:writes|gives|has)\b|[:;,.|])", " ".join(README.split())
    )
    assert len(named) >= 5
    assert {(menu, " ".join(entry.split())) for menu, entry in named} <= there
