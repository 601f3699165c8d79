"""Starts the window, for people and for tests."""

import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any, Literal, overload

from PySide6.QtCore import QMessageLogContext, QObject, QTimer, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from vae_explorer.assets import asset
from vae_explorer.commands import NEED_NO_DISPLAY
from vae_explorer.exploring.opening import load_run
from vae_explorer.gui.parts.background_task import begin
from vae_explorer.gui.parts.garbage import GarbageCollector
from vae_explorer.gui.parts.settings import LOG_HAS_MORE, log_path, open_settings, run_to_open
from vae_explorer.gui.parts.text_size import USUAL, chosen_text_size, show_text_size
from vae_explorer.run.places import BUILTIN, find_run

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow

log = logging.getLogger(__name__)


@overload
def create_app(argv: Sequence[str], exec_app: Literal[True] = True, tour: int | None = None) -> int: ...
@overload
def create_app(argv: Sequence[str], exec_app: Literal[False], tour: int | None = None) -> "MainWindow": ...
def create_app(argv: Sequence[str], exec_app: bool = True, tour: int | None = None) -> "MainWindow | int":
    """Open the window with the run argv[1], the last opened run, or the built-in run.

    tour: a step of the tour, from 1, to begin on; the run is opened at its end.
    Runs until the window is closed and returns the exit status; with exec_app=False returns the shown window.
    """
    if exec_app:
        _start_log()
        qInstallMessageHandler(_take_qt_message)
    # If GTK supplies the desktop's colours to Qt, it also loads OpenGL and the system's LLVM. TensorFlow contains
    # another LLVM, and importing it beside the system's one aborts the process.
    os.environ.setdefault("GDK_GL", "disable")
    app = QApplication.instance() or QApplication(list(argv[:1]))
    assert isinstance(app, QApplication)
    app.setApplicationName("VAE Explorer")
    app.setDesktopFileName("vae-explorer")  # by which a task bar finds the entry that --install-desktop writes
    if sys.platform == "win32":  # which otherwise shows the windows of all Python programs as one
        from ctypes import windll

        windll.shell32.SetCurrentProcessExplicitAppUserModelID("vae-explorer")
    app.setStyle("Fusion")
    settings = open_settings()
    size = chosen_text_size(settings)
    if size != USUAL:  # asking for the desktop's font takes a hundredth of the launch
        show_text_size(size)
    folder, fallback = run_to_open(argv[1] if len(argv) > 1 else None, settings)
    first = folder if tour is None else find_run(BUILTIN)
    loading = begin(lambda: load_run(first))
    # Imported late, because importing pyqtgraph takes longer than loading a run.
    from vae_explorer.gui.main_window import MainWindow

    window = MainWindow(settings)
    if exec_app:
        reporter = _ErrorReporter(window)
        reporter.errored.connect(window.toast.error)
        sys.excepthook = reporter.report
        threading.excepthook = lambda hook: reporter.report(hook.exc_type, hook.exc_value, hook.exc_traceback)
    window.open_run(first, fallback, loading)
    if tour is not None:
        window.tours.open_first(tour, back_to=folder)
    window.show()
    app.setWindowIcon(QIcon(str(asset("icon/vae-explorer.svg"))))  # drawn after the window stands
    return _run(app, window) if exec_app else window


def _run(app: QApplication, window: "MainWindow") -> int:
    signal.signal(signal.SIGINT, lambda *_: window.close())
    gc.freeze()  # imported objects stay, so the garbage collector need not search them
    collector = GarbageCollector()
    awake = QTimer()  # Python handles Ctrl-C only while Python code runs
    awake.timeout.connect(lambda: None)
    awake.start(250)
    status = app.exec()
    collector.end()
    if any(thread.daemon and thread.is_alive() for thread in threading.enumerate()):
        # A TensorFlow thread may still be running after the window is closed, and must not keep the process alive.
        logging.shutdown()
        os._exit(status)
    return status


def _take_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Write Qt's messages to the log. On a fatal one, such as a missing display, exit before Qt aborts."""
    log.warning("Qt: %s", text)
    if kind == QtMsgType.QtFatalMsg:
        print(f"vae-explorer: the window cannot be opened: {text.splitlines()[0]} {NEED_NO_DISPLAY}", file=sys.stderr)
        sys.stderr.flush()
        os._exit(1)


class _ErrorReporter(QObject):
    """Reports uncaught errors of all threads in the log and in the window."""

    errored = Signal(str)

    def report(self, kind: type[BaseException], error: BaseException | None, traceback: Any) -> None:
        log.error("uncaught error", exc_info=(kind, error, traceback))  # type: ignore[arg-type]
        self.errored.emit(f"{kind.__name__}: {error} ({LOG_HAS_MORE})")


def _start_log() -> None:
    """Log to the user's log file; if it cannot be written, run without a log."""
    handler: logging.Handler
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(log_path(), maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
