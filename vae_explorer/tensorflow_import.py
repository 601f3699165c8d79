"""Importing TensorFlow without blocking the other threads, such as the one that handles the mouse.

Two things hold Python's global lock for 0.1 to 0.4 s at a time: loading the 1.1 GB library, which the import does under
the lock, and collecting garbage in a heap that only grows. `_load_libraries` and `_giving_way` avoid them. The modules'
own Python code gives up the lock on request, but every call into Qt releases the lock and has to request it again, tens
of times per frame; a short switch interval keeps that fast. A lower priority of the importing thread did not help. A
trace showed no other module that holds the lock for as long as a frame, so another order of imports would not help.
"""

import ctypes
import gc
import importlib.util
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

LIBRARIES = ("libtensorflow_cc.*", "python/_pywrap_tensorflow_common.dll")  # Linux and macOS; Windows
SWITCH_INTERVAL = 0.0001  # seconds until a thread gives up the lock on request; Python's default is 0.005

_importing = threading.Lock()


def import_keras() -> Any:
    """Import Keras with TensorFlow, 2 to 4 s the first time. May be called in any thread.

    Callers wait while another thread imports. Raises what the import raises; after a failure each call tries again.
    """
    with _importing:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        # TensorFlow turns oneDNN on for some processors only. On one with AVX2 it computes convolutions 1.5 to 2 times
        # as fast, and the dilated transposed ones, which TensorFlow's own operations cannot compute.
        os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
        if "keras" not in sys.modules:
            with _giving_way():
                _load_libraries()
                importlib.import_module("keras")
        return sys.modules["keras"]


def import_ahead() -> None:
    """Start `import_keras` in the background. An error is only logged: the next call of `import_keras` raises it."""
    if "keras" not in sys.modules and not _importing.locked():
        threading.Thread(target=_try_import, name="import-tensorflow", daemon=True).start()


def _try_import() -> None:
    try:
        import_keras()
    except Exception:
        log.exception("TensorFlow cannot be imported")


@contextmanager
def _giving_way() -> Iterator[None]:
    """Collect no garbage and switch threads often. Afterwards exclude the imported objects from garbage collection.

    The exclusion also removes the longest pauses of a training. Its cost: objects that exist at this point and later
    become cyclic garbage stay in memory.
    """
    collecting, interval = gc.isenabled(), sys.getswitchinterval()
    gc.disable()
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        yield
    finally:
        sys.setswitchinterval(interval)
        gc.freeze()
        if collecting:
            gc.enable()


def _load_libraries() -> None:
    """Load TensorFlow's large library as the import would, but through a foreign call, which releases Python's lock.

    `ctypes.CDLL(path)` would hold the lock. If the call fails, the import loads the library or raises the reason.
    """
    spec = importlib.util.find_spec("tensorflow")
    for folder in (spec and spec.submodule_search_locations) or ():
        for path in (path for pattern in LIBRARIES for path in Path(folder).glob(pattern)):
            if sys.platform == "win32":
                load = ctypes.WinDLL("kernel32").LoadLibraryExW
                load.argtypes, load.restype = (ctypes.c_wchar_p, ctypes.c_void_p, ctypes.c_uint32), ctypes.c_void_p
                load(str(path), None, 0x1100)  # search its dependencies beside it and in the usual folders
            else:
                load = ctypes.CDLL(None).dlopen
                load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
                load(os.fsencode(path), os.RTLD_NOW | os.RTLD_LOCAL)
