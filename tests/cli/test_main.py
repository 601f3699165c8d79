"""The commands as they are typed."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.refusals import refused
from vae_explorer import __version__
from vae_explorer.cli.main import run_command
from vae_explorer.run.run import Run


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        run_command(["--version"])
    assert end.value.code == 0
    assert capfd.readouterr().out == f"vae-explorer {__version__}\n"


def test_html_writes_a_page_and_reports_how_exact_it_is(
    tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["html", str(tiny_run.folder), "--out", str(tmp_path / "p.html")]) == 0
    assert (tmp_path / "p.html").stat().st_size > 1_000_000
    output = capfd.readouterr()
    assert re.fullmatch(r"Wrote .*p\.html \(4\.\d MB\)\. The decoder runs in the page\.\n", output.out)
    assert output.err == ""


@pytest.mark.long
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


def test_debug_shows_the_traceback(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run_command(["info", str(tmp_path), "--debug"]) == 1
    assert "Traceback" in capfd.readouterr().err


@pytest.mark.parametrize(("command", "told"), [("html", "no file was changed"), ("train", "the last whole epoch")])
def test_an_interrupted_command_reports_what_is_left(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str, told: str
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("vae_explorer.exporting.page.writing.write_page", interrupted)
    monkeypatch.setattr("vae_explorer.cli.train._new_training", interrupted)
    words = {"html": ["builtin", "--out", str(tmp_path / "page.html")], "train": []}
    assert run_command([command, *words[command]]) == 1
    assert told in capsys.readouterr().err
