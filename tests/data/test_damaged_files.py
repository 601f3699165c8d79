"""Damaged files, 5,000 per format: each is read or refused with a sentence, soon and in little memory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.damaged_files import FORMATS

COUNT = 5000


@pytest.mark.long
@pytest.mark.timeout(1500)
@pytest.mark.parametrize("kind", FORMATS)
def test_damaged_files_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.damaged_files", kind, str(COUNT), "0", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=1400)
    assert done.returncode == 0, done.stderr[-5000:]
    found = json.loads(done.stdout)
    assert found["read"] + found["refused"] == COUNT
    assert min(found["read"], found["refused"]) > COUNT / 50, "the damage says nothing"
    assert found["MB"] < 1000


@pytest.mark.long
@pytest.mark.parametrize("kind", FORMATS)
def test_some_damaged_files_are_read_or_refused(kind: str, tmp_path: Path) -> None:
    words = [sys.executable, "-m", "tests.damaged_files", kind, "60", "1", str(tmp_path)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr[-5000:]
