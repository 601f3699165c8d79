"""Each damaged model file is read or refused with a sentence: no other exception, no hang, bounded memory.

The separate processes that read some files, and that damage may crash or hang, get one second each here.
tests/test_reading_apart.py tests the sentences for these cases.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.damaged_models import FORMATS

COUNT = 5000


def read_damaged(kind: str, count: int, folder: Path) -> dict[str, float]:
    words = [sys.executable, "-m", "tests.damaged_models", kind, str(count), str(folder)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, errors="replace")
    number = (folder / "at").read_text() if (folder / "at").exists() else "none"
    assert done.returncode == 0, f"input {number}: status {done.returncode}, {done.stderr[-3000:]}"
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["read"] + figures["refused"] == count
    assert figures["MB"] < 1000
    assert figures["MB apart"] < 1000
    return figures


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_models_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    figures = read_damaged(kind, COUNT, tmp_path)
    print(kind, figures)
    assert min(figures["read"], figures["refused"]) > COUNT / 50, "damage of this kind tests nothing"
    assert figures["crashes"] + figures["hangs"] < COUNT / 20
