"""The one way to start the window, for people and for tests."""

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
from PySide6.QtWidgets import QApplication

from vae_explorer.commands import NEED_NO_DISPLAY
from vae_explorer.exploring.opening import load_run
from vae_explorer.gui.parts.background_task import begin
from vae_explorer.gui.parts.settings import log_path, open_settings, run_to_open

if TYPE_CHECKING:
    from vae_explorer.gui.main_window import MainWindow

log = logging.getLogger(__name__)


@overload
def create_app(argv: Sequence[str], exec_app: Literal[True] = True) -> int: ...
@overload
def create_app(argv: Sequence[str], exec_app: Literal[False]) -> "MainWindow": ...
def create_app(argv: Sequence[str], exec_app: bool = True) -> "MainWindow | int":
    """Open the window on argv[1], a run, or on the last or the built-in run.

    Runs until the window is closed and returns the exit status; with exec_app=False returns the shown window.
    """
    if exec_app:
        _start_log()
        qInstallMessageHandler(_take_qt_message)
    # Where GTK tells Qt the desktop's colours it would also load OpenGL, and with that the system's LLVM. TensorFlow
    # brings an LLVM of its own: importing it beside that one ends the process.
    os.environ.setdefault("GDK_GL", "disable")
    app = QApplication.instance() or QApplication(list(argv[:1]))
    assert isinstance(app, QApplication)
    app.setApplicationName("VAE Explorer")
    app.setStyle("Fusion")
    settings = open_settings()
    folder, fallback = run_to_open(argv[1] if len(argv) > 1 else None, settings)
    loading = begin(lambda: load_run(folder))
    # Only now, since pyqtgraph comes with it: importing that takes longer than loading a run.
    from vae_explorer.gui.main_window import MainWindow

    window = MainWindow(settings)
    if exec_app:
        reporter = _ErrorReporter(window)
        reporter.errored.connect(window.toast.error)
        sys.excepthook = reporter.report
        threading.excepthook = lambda hook: reporter.report(hook.exc_type, hook.exc_value, hook.exc_traceback)
    window.open_run(folder, fallback, loading)
    window.show()
    return _run(app, window) if exec_app else window


def _run(app: QApplication, window: "MainWindow") -> int:
    signal.signal(signal.SIGINT, lambda *_: window.close())
    gc.freeze()  # what was imported stays, and need not be searched again and again
    gc.enable()
    awake = QTimer()  # Python sees Ctrl-C only while it runs
    awake.timeout.connect(lambda: None)
    awake.start(250)
    status = app.exec()
    if any(thread.daemon and thread.is_alive() for thread in threading.enumerate()):
        # A thread inside TensorFlow can outlive its welcome; the window is closed, so the process ends.
        logging.shutdown()
        os._exit(status)
    return status


def _take_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    """Qt's messages go to the log. After a fatal one, such as no display to connect to, Qt would abort."""
    log.warning("Qt: %s", text)
    if kind == QtMsgType.QtFatalMsg:
        print(f"vae-explorer: the window cannot be opened: {text.splitlines()[0]} {NEED_NO_DISPLAY}", file=sys.stderr)
        sys.stderr.flush()
        os._exit(1)


class _ErrorReporter(QObject):
    """Errors that nothing caught go to the log and into the window, from whatever thread."""

    errored = Signal(str)

    def report(self, kind: type[BaseException], error: BaseException | None, traceback: Any) -> None:
        log.error("uncaught error", exc_info=(kind, error, traceback))  # type: ignore[arg-type]
        self.errored.emit(f"{kind.__name__}: {error} (Help > Open log has more)")


def _start_log() -> None:
    """Log to the user's file; where that cannot be written, the program runs without."""
    handler: logging.Handler
    try:
        log_path().parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(log_path(), maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
