"""Importing TensorFlow without holding up the other threads, such as the one a person drags in.

Two things hold Python's lock for 0.1 to 0.4 s at a stretch, and each has its remedy: loading the 1.1 GB library, which
the import does under the lock, and collecting garbage in a heap that only grows. Beside those the modules' own code
runs; it gives way on request, but every call into Qt lets the lock go and has to ask again, tens of times a frame.
A lower priority of the importing thread brought nothing beside these. A trace showed no other module, and no reading of
a .pyc file, that holds the lock for as long as a frame, so there is nothing to gain from another order of imports.
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
SWITCH_INTERVAL = 0.0001  # seconds after which a thread gives way to one that asks; Python's own is 0.005

_importing = threading.Lock()


def import_keras() -> Any:
    """Import Keras with TensorFlow, 2 to 4 s the first time. May be called in any thread.

    Callers wait for the one that is importing. Raises what the import raises; each call tries anew.
    """
    with _importing:
        os.environ["KERAS_BACKEND"] = "tensorflow"
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
        if "keras" not in sys.modules:
            with _giving_way():
                _load_libraries()
                importlib.import_module("keras")
        return sys.modules["keras"]


def import_ahead() -> None:
    """Begin `import_keras` in the background. An error is logged; whoever needs TensorFlow meets it again."""
    if "keras" not in sys.modules and not _importing.locked():
        threading.Thread(target=_try_import, name="import-tensorflow", daemon=True).start()


def _try_import() -> None:
    try:
        import_keras()
    except Exception:
        log.exception("TensorFlow cannot be imported")


@contextmanager
def _giving_way() -> Iterator[None]:
    """Collect no garbage and let other threads in often; afterwards what was imported is never searched for garbage.

    That last spares a training its longest pauses, too. Its price: what exists by then and becomes garbage in a circle
    later stays in memory, once.
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
    """Load TensorFlow's large library as the import would, but through a foreign call, which lets Python's lock go.

    `ctypes.CDLL(path)` would keep it. Where that fails the import still does it, or says why not.
    """
    spec = importlib.util.find_spec("tensorflow")
    for folder in (spec and spec.submodule_search_locations) or ():
        for path in (path for pattern in LIBRARIES for path in Path(folder).glob(pattern)):
            if sys.platform == "win32":
                load = ctypes.WinDLL("kernel32").LoadLibraryExW
                load.argtypes, load.restype = (ctypes.c_wchar_p, ctypes.c_void_p, ctypes.c_uint32), ctypes.c_void_p
                load(str(path), None, 0x1100)  # dependencies: beside it and in the usual folders
            else:
                load = ctypes.CDLL(None).dlopen
                load.argtypes, load.restype = (ctypes.c_char_p, ctypes.c_int), ctypes.c_void_p
                load(os.fsencode(path), os.RTLD_NOW | os.RTLD_LOCAL)
