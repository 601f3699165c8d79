"""Of damaged model files each is read, or refused with a sentence: no other exception, no hang, memory bounded."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.damaged_models import FORMATS

COUNT = 5000


def read_damaged(kind: str, count: int, folder: Path) -> tuple[dict[str, float], int]:
    """The figures of the last process, and how many inputs ended one while read apart."""
    first = crashes = 0
    while True:
        words = [sys.executable, "-m", "tests.damaged_models", kind, str(first), str(count), str(folder)]
        done = subprocess.run(words, capture_output=True, text=True, check=False, errors="replace")
        if done.returncode == 0:
            return json.loads((folder / "done").read_text()), crashes
        number, place = (folder / "at").read_text().split()
        assert done.returncode < 0, f"input {number}: {done.stderr[-3000:]}"
        assert place == "apart", f"input {number} ends the program by signal {-done.returncode}"
        first, crashes = int(number) + 1, crashes + 1


@pytest.mark.parametrize("kind", FORMATS)
def test_some_damaged_models_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    figures, _ = read_damaged(kind, 40, tmp_path)
    assert figures["MB"] < 1000


@pytest.mark.long
@pytest.mark.timeout(7200)
@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_models_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    figures, crashes = read_damaged(kind, COUNT, tmp_path)
    print(kind, figures, crashes)
    assert figures["MB"] < 1000
    assert crashes < COUNT / 10
