"""Importing TensorFlow: only once, from any thread, and without an installed TensorFlow an error."""

import gc
import importlib.util
import json
import os
import subprocess
import sys
import threading
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

import pytest

from vae_explorer import tensorflow_import

FRESH = """
import gc, json, sys, threading
from vae_explorer import tensorflow_import
from vae_explorer.tensorflow_import import import_ahead, import_keras

found = {"before": "tensorflow" in sys.modules}
interval = sys.getswitchinterval()
import_ahead()
import_ahead()
found["in background"] = any(thread.name == "import-tensorflow" for thread in threading.enumerate())
results = []
threads = [threading.Thread(target=lambda: results.append(import_keras())) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
results.append(import_keras())
found["same"] = len(results) == 3 and all(result == results[0] for result in results)
keras = results[0]
found["names"] = [keras.__name__, keras.config.backend()]
found["restored"] = gc.isenabled() and sys.getswitchinterval() == interval
found["frozen"] = gc.get_freeze_count() > 100_000
before = threading.active_count()
import_ahead()
found["nothing left to do"] = threading.active_count() == before
tensorflow = sys.modules["tensorflow"]
dilated = tensorflow.nn.conv2d_transpose(
    tensorflow.ones((1, 4, 4, 1)), tensorflow.ones((3, 3, 1, 1)), (1, 4, 4, 1), 1, dilations=2
)
found["dilated"] = float(tensorflow.reduce_max(dilated))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def fresh() -> dict[str, Any]:
    """What a new process finds in which TensorFlow chooses whether to use oneDNN."""
    environment = {name: value for name, value in os.environ.items() if name != "TF_ENABLE_ONEDNN_OPTS"}
    words = [sys.executable, "-c", FRESH]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_all_who_ask_at_once_get_the_same_from_one_import(fresh: dict[str, Any]):
    assert {name: value for name, value in fresh.items() if name != "dilated"} == {
        "before": False,
        "in background": True,
        "same": True,
        "names": ["keras", "tensorflow"],
        "restored": True,
        "frozen": True,
        "nothing left to do": True,
    }


def test_a_dilated_transposed_convolution_can_be_computed(fresh: dict[str, Any]):
    assert fresh["dilated"] == 4  # of a kernel of 3 x 3 ones, 2 pixels apart, 2 x 2 lie within 4 x 4 pixels


@pytest.fixture
def not_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has not imported TensorFlow, in an installation without it."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("keras", "tensorflow")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [])
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)


def test_an_import_that_fails_raises_each_time_and_leaves_the_process_as_it_was(not_imported: None):
    interval = sys.getswitchinterval()
    for _ in range(2):
        with pytest.raises(ModuleNotFoundError, match="keras"):
            tensorflow_import.import_keras()
        assert gc.isenabled()
        assert sys.getswitchinterval() == interval


def test_an_import_ahead_that_fails_is_logged(not_imported: None, caplog: pytest.LogCaptureFixture):
    tensorflow_import.import_ahead()
    for thread in threading.enumerate():
        if thread.name == "import-tensorflow":
            thread.join(60)
    assert "TensorFlow cannot be imported" in caplog.text


@pytest.mark.parametrize("content", [None, b"no library"])
def test_a_library_that_is_missing_or_damaged_is_left_to_the_import(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    spec = ModuleSpec("tensorflow", None, is_package=True)
    spec.submodule_search_locations = [str(tmp_path)]
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    if content is not None:
        (tmp_path / "libtensorflow_cc.so.2").write_bytes(content)
    tensorflow_import._load_libraries()


def test_the_installed_tensorflow_has_a_library_to_load():
    spec = importlib.util.find_spec("tensorflow")
    assert spec is not None
    assert spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0])
    assert [path for pattern in tensorflow_import.LIBRARIES for path in folder.glob(pattern)]
