"""`vae-explorer --install-desktop`, in a home of its own."""

import configparser
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.refusals import refused
from vae_explorer.cli import desktop
from vae_explorer.cli.main import run_command

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="menu entries are written on Linux")


def installed_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program in a folder, from which this process seems to be started."""
    folder.mkdir()
    program = folder / "vae-explorer"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(program)])
    return program


@linux
def test_the_menu_entry_starts_this_program_wherever_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    program = installed_in(tmp_path / "a $b `c` 100% d", monkeypatch)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    with pytest.raises(SystemExit) as end:
        run_command(["--install-desktop"])
    assert end.value.code == 0
    entry = tmp_path / "data/applications/vae-explorer.desktop"
    icon = tmp_path / "data/icons/hicolor/scalable/apps/vae-explorer.svg"
    said = capsys.readouterr().out
    assert f"Wrote {entry}\n" in said
    assert f"Wrote {icon}\n" in said
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(entry, encoding="utf-8")
    values = parser["Desktop Entry"]
    command = ["sh", "-c", "printf '%s\\n' " + values["Exec"].replace("\\\\", "\\")]
    words = subprocess.run(command, capture_output=True, text=True, check=True)
    assert words.stdout.replace("%%", "%").splitlines() == [str(program), "%f"]
    assert values["TryExec"] == str(program)
    assert values["Icon"] == icon.stem
    assert "<svg" in icon.read_text(encoding="utf-8")
    assert entry.stat().st_mode & 0o777 == 0o644


@linux
def test_without_a_folder_for_data_it_is_that_of_the_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed_in(tmp_path / "bin", monkeypatch)
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert desktop.install()[0] == tmp_path / ".local/share/applications/vae-explorer.desktop"


def test_other_systems_are_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(desktop.sys, "platform", "darwin")
    assert "on Linux only" in refused(capsys, "--install-desktop")


@linux
def test_a_place_that_cannot_be_written_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    installed_in(tmp_path / "bin", monkeypatch)
    (tmp_path / "data").write_text("a file")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert "cannot be made" in refused(capsys, "--install-desktop")
