"""Starts the program in a separate process, as a person does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vae_explorer.gui.main_window import MainWindow
from vae_explorer.gui.parts.settings import log_path


def start(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    env = {**os.environ, **environment}
    return subprocess.run(
        [sys.executable, "-m", "vae_explorer", *words], capture_output=True, text=True, timeout=60, env=env
    )


def test_without_a_display_a_sentence_names_the_commands() -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    found = subprocess.run([sys.executable, "-m", "vae_explorer"], capture_output=True, text=True, timeout=60, env=env)
    assert found.returncode == 1
    assert "no display" in found.stderr
    assert "vae-explorer grid" in found.stderr
    assert "Traceback" not in found.stderr


def test_two_runs_at_once_are_a_usage_error() -> None:
    found = start("a", "b")
    assert found.returncode == 2
    assert "one RUN at most" in found.stderr


def test_ctrl_c_ends_the_window_and_the_process() -> None:
    code = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from vae_explorer.__main__ import main
app = QApplication(["vae-explorer"])
QTimer.singleShot(0, lambda: print("events are handled", flush=True))
sys.argv = ["vae-explorer"]
main()
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"events are handled\n"
        process.send_signal(2)
        assert process.wait(20) == 0
    assert (Path(os.environ["XDG_CONFIG_HOME"]) / "vae-explorer/settings.ini").exists()


def test_uncaught_error_reaches_the_log_and_the_window(tmp_path: Path) -> None:
    code = """
import sys
from PySide6.QtCore import QTimer
from vae_explorer.gui import app as app_module
from PySide6.QtWidgets import QApplication
def fail():
    QTimer.singleShot(300, check)
    raise RuntimeError("out of cheese")
def check():
    window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "mainWindow")
    print(window.toast.text.text(), flush=True)
    window.close()
app = QApplication(["vae-explorer"])
QTimer.singleShot(1500, fail)
app_module.create_app(["vae-explorer"])
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert "out of cheese" in found.stdout
    assert "out of cheese" in log_path().read_text()


@pytest.mark.long
def test_garbage_is_collected_once_the_window_is_open() -> None:
    code = """
import gc, sys, time
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from vae_explorer.__main__ import main
collected = []
gc.callbacks.append(lambda phase, info: collected.append(info["generation"]))
def check():
    if not collected and time.monotonic() < began + 30:
        return QTimer.singleShot(100, check)
    print(bool(collected), gc.get_freeze_count() > 10_000, flush=True)
    next(w for w in QApplication.topLevelWidgets() if w.objectName() == "mainWindow").close()
app = QApplication(["vae-explorer"])
began = time.monotonic()
QTimer.singleShot(1000, check)
sys.argv = ["vae-explorer"]
main()
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert found.stdout.split() == ["True", "True"], found.stderr


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="DISPLAY names a screen on Linux only")
def test_a_display_that_does_not_answer_gives_a_sentence_and_no_abort() -> None:
    env = {k: v for k, v in os.environ.items() if k not in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM")} | {"DISPLAY": ":97"}
    found = subprocess.run([sys.executable, "-m", "vae_explorer"], capture_output=True, text=True, timeout=60, env=env)
    assert found.returncode == 1
    assert found.stderr.startswith("vae-explorer: the window cannot be opened")
    assert "vae-explorer grid" in found.stderr


def test_gtk_does_not_load_opengl_which_conflicts_with_tensorflow(window: MainWindow) -> None:
    assert os.environ["GDK_GL"] == "disable"
