"""Many files are read by processes: the same as by threads, in order, from any script, and none of them stays."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from vae_explorer.data import in_parallel as module
from vae_explorer.data.in_parallel import in_parallel
from vae_explorer.data.options import AS_FOUND
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError

BLOCKS = [[4, 1, 3], [], [2], [9, 9, 8, 7], [5]]


@pytest.fixture
def by_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MANY", 1)


def square_and_process(number: int) -> tuple[int, int]:
    return number**2, os.getpid()


def end_process(number: int) -> None:
    os._exit(number)


def write_images(folder: Path) -> None:
    rng = np.random.default_rng(0)
    for number in range(600):
        (folder / f"{number % 3}").mkdir(parents=True, exist_ok=True)
        Image.fromarray(rng.integers(0, 256, (9, 8)).astype(np.uint8)).save(folder / f"{number % 3}" / f"{number}.png")
    (folder / "1" / "1.png").write_bytes(b"\x89PNG\r\n\x1a\nbroken")


def test_few_items_are_left_to_this_process() -> None:
    for block, results in zip(BLOCKS, in_parallel(square_and_process, BLOCKS), strict=True):
        assert results == [(number**2, os.getpid()) for number in block]


@pytest.mark.usefixtures("by_processes")
def test_many_are_computed_by_other_processes_in_the_same_order() -> None:
    processes = set()
    for block, results in zip(BLOCKS, in_parallel(square_and_process, BLOCKS), strict=True):
        assert [square for square, _ in results] == [number**2 for number in block]
        processes |= {process for _, process in results}
    assert processes
    assert os.getpid() not in processes


def test_both_read_the_same_from_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_images(tmp_path / "set")
    read = []
    for many in (10**9, 1):
        monkeypatch.setattr(module, "MANY", many)
        monkeypatch.setenv("VAE_EXPLORER_CACHE", str(tmp_path / f"cache {many}"))
        read.append(load_dataset(str(tmp_path / "set"), AS_FOUND))
    assert read[0].info.images == 599
    assert read[0].info == read[1].info  # with the fingerprint of the images
    assert [skipped.name for skipped in read[0].skipped] == ["1/1.png"]
    assert read[0].skipped == read[1].skipped


@pytest.mark.usefixtures("by_processes")
def test_a_process_that_is_ended_is_said() -> None:
    with pytest.raises(UserError, match="process that decodes images was ended"):
        list(in_parallel(end_process, [[1], [1]]))


@pytest.mark.usefixtures("by_processes")
def test_after_that_others_are_started() -> None:
    with pytest.raises(UserError):
        list(in_parallel(end_process, [[1], [1]]))
    assert [results[0][0] for results in in_parallel(square_and_process, [[2], [3]])] == [4, 9]


SCRIPT = """
import sys
from vae_explorer.data import in_parallel
in_parallel.MANY = 1
import vae_explorer as vx
print("begins")
print(len(vx.read_images(sys.argv[1]).images), flush=True)
"""


@pytest.mark.long
def test_a_script_without_a_main_guard_can_read_a_folder(tmp_path: Path) -> None:
    write_images(tmp_path / "set")
    (tmp_path / "script.py").write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, tmp_path / "script.py", tmp_path / "set"], capture_output=True, text=True, timeout=100
    )
    assert (done.stdout, done.stderr) == ("begins\n599\n", "")


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "linux", reason="looks for the processes in /proc")
def test_no_process_stays_when_the_program_is_killed(tmp_path: Path) -> None:
    (tmp_path / "sleeps.py").write_text("import time\ndef function(seconds):\n    time.sleep(seconds)\n")
    (tmp_path / "script.py").write_text(
        "from vae_explorer.data import in_parallel\nfrom sleeps import function\n"
        "in_parallel.MANY, in_parallel.IDLE = 1, 2\n"
        "list(in_parallel.in_parallel(function, [[0.5]] * 1000))\n"
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path), "MARK_OF_THIS_TEST": str(tmp_path)}
    process = subprocess.Popen([sys.executable, tmp_path / "script.py"], env=environment)

    def marked() -> int:
        found = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                found += f"MARK_OF_THIS_TEST={tmp_path}".encode() in (folder / "environ").read_bytes()
            except OSError:
                continue
        return found

    def wait_for(condition: object) -> None:
        for _ in range(600):
            if condition():  # type: ignore[operator]
                return
            time.sleep(0.1)
        raise AssertionError(marked())

    wait_for(lambda: marked() > 1)
    time.sleep(2)
    process.send_signal(signal.SIGKILL)
    process.wait()
    wait_for(lambda: marked() == 0)
