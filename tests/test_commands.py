"""commands.py: the names of the commands, known before the parser is loaded."""

import subprocess
import sys

import pytest

from vae_explorer import __main__
from vae_explorer.commands import COMMANDS, take_tour


def test_the_names_are_those_that_the_parser_knows():
    words = [sys.executable, "-m", "vae_explorer", "--help"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    lines = [line.split()[0] for line in listed.splitlines() if line.startswith("    ") and line[4:5].strip()]
    assert lines == list(COMMANDS)


def test_the_window_is_chosen_without_loading_the_parser():
    code = "import sys, vae_explorer.__main__; print('argparse' in sys.modules, 'vae_explorer.cli.main' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ([], (None, [])),
        (["my-run"], (None, ["my-run"])),
        (["--tour", "4"], (4, [])),
        (["--tour=8"], (8, [])),
        (["--tour", "1", "my-run"], (1, ["my-run"])),
        (["my-run", "--tour", "2"], (2, ["my-run"])),
        (["--help"], (None, ["--help"])),
    ],
)
def test_the_step_of_the_tour_is_taken_from_the_words(words: list[str], taken: tuple[int | None, list[str]]) -> None:
    assert take_tour(words) == taken


@pytest.mark.parametrize("step", ["0", "9", "-1", "four", "2.5", "", "²", "1" * 5000, "--help"])
def test_a_step_that_does_not_exist_is_a_usage_error_with_a_sentence(
    step: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["vae-explorer", f"--tour={step}"])
    assert __main__.main() == 2
    assert "--tour takes the number of a step, 1 to 8, not" in capsys.readouterr().err


def test_a_missing_step_is_a_usage_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["vae-explorer", "--tour"])
    assert __main__.main() == 2
    assert "1 to 8" in capsys.readouterr().err
