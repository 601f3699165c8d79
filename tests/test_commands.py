"""commands.py: the names of the commands, known before the parser is loaded."""

import subprocess
import sys

from vae_explorer.commands import COMMANDS


def test_the_names_are_those_that_the_parser_knows():
    words = [sys.executable, "-m", "vae_explorer", "--help"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout
    lines = [line.split()[0] for line in listed.splitlines() if line.startswith("    ") and line[4:5].strip()]
    assert lines == list(COMMANDS)


def test_the_window_is_chosen_without_loading_the_parser():
    code = "import sys, vae_explorer.__main__; print('argparse' in sys.modules, 'vae_explorer.cli.main' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.split() == ["False", "False"]
