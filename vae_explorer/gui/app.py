"""The one way to start the window, for people and for tests."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from typing import Any, Literal, overload

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from vae_explorer.gui.main_window import MainWindow, run_to_open
from vae_explorer.gui.settings import log_path, open_settings

log = logging.getLogger(__name__)


@overload
def create_app(argv: Sequence[str], exec_app: Literal[True] = True) -> int: ...
@overload
def create_app(argv: Sequence[str], exec_app: Literal[False]) -> MainWindow: ...
def create_app(argv: Sequence[str], exec_app: bool = True) -> MainWindow | int:
    """Open the window on argv[1], a run, or on the last or the built-in run.

    Runs until the window is closed and returns the exit status; with exec_app=False returns the shown window.
    """
    app = QApplication.instance() or QApplication(list(argv[:1]))
    assert isinstance(app, QApplication)
    app.setApplicationName("VAE Explorer")
    app.setStyle("Fusion")
    settings = open_settings()
    window = MainWindow(settings)
    folder, fallback = run_to_open(argv[1] if len(argv) > 1 else None, settings)
    window.open_run(folder, fallback)
    window.show()
    return _run(app, window) if exec_app else window


def _run(app: QApplication, window: MainWindow) -> int:
    _start_log()
    reporter = _ErrorReporter()
    reporter.errored.connect(window.toast.error)
    sys.excepthook = reporter.report
    threading.excepthook = lambda hook: reporter.report(hook.exc_type, hook.exc_value, hook.exc_traceback)
    signal.signal(signal.SIGINT, lambda *_: window.close())
    awake = QTimer()  # Python sees Ctrl-C only while it runs
    awake.timeout.connect(lambda: None)
    awake.start(250)
    status = app.exec()
    if any(thread.daemon and thread.is_alive() for thread in threading.enumerate()):
        # A thread inside TensorFlow can outlive its welcome; the window is closed, so the process ends.
        logging.shutdown()
        os._exit(status)
    return status


class _ErrorReporter(QObject):
    """Errors that nothing caught go to the log and into the window, from whatever thread."""

    errored = Signal(str)

    def report(self, kind: type[BaseException], error: BaseException | None, traceback: Any) -> None:
        log.error("uncaught error", exc_info=(kind, error, traceback))  # type: ignore[arg-type]
        self.errored.emit(f"{kind.__name__}: {error} (Help > Open log has more)")


def _start_log() -> None:
    path = log_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    logging.basicConfig(
        level=logging.INFO, handlers=[handler], format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
