"""The window that compares two runs: their maps, what they decode, their figures and settings."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QColor, QTextOption
from PySide6.QtWidgets import QDialog, QHBoxLayout, QSplitter, QTextBrowser, QWidget

from vae_explorer.exploring.comparing import compare_runs
from vae_explorer.exploring.linking import DecodedPair, Linked, decode_pair
from vae_explorer.gui.comparing.pair_images import PairImages
from vae_explorer.gui.comparing.report import report
from vae_explorer.gui.comparing.two_maps import TwoMaps
from vae_explorer.gui.explorer.frame_clock import FrameClock
from vae_explorer.gui.parts.background_task import BackgroundTask
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.theme import LIGHT, Theme

MARGIN = 40  # pixels by which it is smaller than the main window


class ComparingWindow(QDialog):
    """Compares two runs that are linked. The figures are measured in the background."""

    errored = Signal(str)

    def __init__(self, linked: Linked, titles: tuple[str, str], parent: QWidget) -> None:
        """titles: both runs in a few words."""
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("comparingWindow")
        names = " and ".join(run.info.name for run in linked.runs)
        self.setWindowTitle(f"Compare {names} – VAE Explorer")
        self.linked = linked
        self.clock = FrameClock()
        self._theme = LIGHT
        self._generation = 0  # of the images that are shown
        self.maps = TwoMaps(linked, titles, self.clock)
        self.images = PairImages()
        self.text = QTextBrowser()
        self.text.setObjectName("comparison")
        self.text.setAccessibleName("Figures of quality and settings of both runs")
        self.text.setWordWrapMode(QTextOption.WrapMode.WordWrap)
        self.text.setHtml("Measuring both runs on the same images…")
        self._lay_out()
        self.maps.moved.connect(self._decode)
        self.maps.image_chosen.connect(self._show_original)
        self.images.decoded[1].painted.connect(lambda: self.clock.image_painted(self._generation))
        self.worker = LatestWorker(decode_pair, "decoding by both runs", self)
        self.worker.answered.connect(self._show_decoded)
        self.worker.errored.connect(self.errored)
        self._task = BackgroundTask(lambda progress: report(compare_runs(*linked.runs, progress)))
        self._task.returned.connect(self.text.setHtml)
        self._task.errored.connect(self.text.setPlainText)
        self._show_original(0, -1)
        self._decode()
        self.resize(parent.width() - MARGIN, parent.height() - MARGIN)
        self._task.start()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.maps.set_theme(theme)
        self._decode()

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() == QEvent.Type.UpdateRequest:  # all is painted
            self.clock.frame_painted()
        return done

    def done(self, result: int) -> None:
        """Stop decoding, drawing and measuring, and close."""
        self._task.cancel()
        self.worker.end()
        self.maps.end()
        super().done(result)

    def _lay_out(self) -> None:
        below, both = QSplitter(Qt.Orientation.Horizontal), QSplitter(Qt.Orientation.Vertical)
        for split, parts, shares in ((below, (self.images, self.text), (2, 3)), (both, (self.maps, below), (2, 1))):
            split.setChildrenCollapsible(False)
            for number, (part, share) in enumerate(zip(parts, shares, strict=True)):
                split.addWidget(part)
                split.setStretchFactor(number, share)
            split.setSizes([1000 * share for share in shares])
        layout = QHBoxLayout(self)
        layout.addWidget(both)

    def _decode(self) -> None:
        ground = QColor(self._theme.base)
        generation = self.worker.request(
            self.linked, tuple(self.maps.codes), (ground.red(), ground.green(), ground.blue())
        )
        self.clock.image_asked(generation)

    def _show_decoded(self, generation: int, pair: DecodedPair) -> None:
        self._generation = generation
        self.images.show_pair(pair)

    def _show_original(self, side: int, row: int) -> None:
        alone = "AB"[side] if row >= 0 and self.linked.partners[side][row] < 0 else ""
        self.images.show_original(self.linked.subjects[side], row, alone)
