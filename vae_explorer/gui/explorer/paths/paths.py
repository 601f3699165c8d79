"""The path through latent space: anchors, the paths found between them, and what is shown of them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from vae_explorer.array_types import Bytes, Floats
from vae_explorer.exploring.paths import KINDS, NEED_CODES, Kind, Path
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.history import Change, History
from vae_explorer.gui.explorer.paths.anchors import Anchors
from vae_explorer.gui.explorer.paths.finding import PathFinding, Wanted
from vae_explorer.gui.explorer.paths.hands import AnchorHands
from vae_explorer.gui.explorer.paths.item import EMPTY, NOTHING, Drawing, PathItem
from vae_explorer.gui.explorer.paths.panel import PathPanel
from vae_explorer.gui.explorer.view import LatentView
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.plane import Plane
from vae_explorer.model.decoder import Decoder, as_pixels

AT_ONCE: tuple[Kind, ...] = ("straight", "spherical", "data")  # kinds that take so little time that all are found
AFTER = 400  # milliseconds from the last change of the model until those are found again
NO_ANCHORS = "Click on the map to set an anchor; two or more make a path. Shift+P sets one at the handle."
ONE_ANCHOR = "Set another anchor: two or more make a path."
OTHER_MODEL = "This path was found with another model or at another epoch; its images are decoded by the present one."
NO_CODES = "This kind needs the latent codes of the data, which an imported model without images has not."


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A path and what it was found for."""

    path: Path
    anchors: Floats  # (A, latent_dim)
    model: tuple[Subject, int]  # the subject, and how often its decoder had changed


class Paths(QObject):
    """Finds the paths when an anchor moves, and draws them; it does nothing while the panel is hidden."""

    errored = Signal(str)
    code_wanted = Signal(object, int)  # a latent code (latent_dim,) to go to, and the number of the drag that does
    kind_changed = Signal()  # the person chose another kind, or took that back

    def __init__(self, view: LatentView, history: History, code: Callable[[], Floats], parent: QObject) -> None:
        """code: returns the latent code at the handle (latent_dim,)."""
        super().__init__(parent)
        self._history = history
        self.subject: Subject | None = None
        self._plane: Plane | None = None
        self._changes = 0  # of the decoder's weights
        self._wanted: Wanted | None = None  # what is being found, or was last
        self._model: tuple[Subject, int] | None = None  # for which it is found
        self._found: dict[Kind, Found] = {}
        self._failed: dict[Kind, str] = {}  # why there is no path of a kind between these anchors, one sentence
        self._given_up = False  # whether the person cancelled
        self.kind: Kind = "straight"
        self.anchors, self.panel, self.item = Anchors(history, self), PathPanel(), PathItem()
        self.hands = AnchorHands(view, self.anchors, code, self._present_plane)
        self.finding = PathFinding(self)
        self._decoding = LatestWorker(_decode, "decoding the path", self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(AFTER)
        self._rest.timeout.connect(self._follow_model)
        view.addItem(self.item, ignoreBounds=True)
        self.panel.kinds.choose(self.kind)
        self._wire()

    def _wire(self) -> None:
        panel, finding = self.panel, self.finding
        self.anchors.changed.connect(self._anchors_changed)
        panel.kinds.chosen.connect(self._want_kind)
        panel.images_changed.connect(self._show)
        panel.travelled.connect(self._travel)
        panel.again_wanted.connect(self.find_again)
        panel.cancel_wanted.connect(self._give_up)
        panel.clear_wanted.connect(self._clear)
        finding.found.connect(self._take)
        finding.failed.connect(self._take_failure)
        finding.progressed.connect(self._show_progress)
        finding.rested.connect(self._rested)
        self._decoding.answered.connect(self._show_images)
        for source in (finding, self._decoding):
            source.errored.connect(self.errored)

    # What the map shows

    def show_subject(self, subject: Subject) -> None:
        """Follow the subject; called 30 times per second during a replay."""
        self.subject = self.hands.subject = subject
        if subject.decoder.latent_dim != self.anchors.codes.shape[1]:
            self._found.clear()
            self.anchors.begin(np.zeros((0, subject.decoder.latent_dim), np.float32))
        few = len(subject.z_mean) < 2
        self.panel.kinds.offer(dict.fromkeys(NEED_CODES, NO_CODES) if few else {})
        if few and self.kind in NEED_CODES:
            self.choose("straight")
        self._model_changed()

    def decoder_changed(self) -> None:
        """The decoder has other weights than before, because the model is in training."""
        self._changes += 1
        self._model_changed()

    def go(self, plane: Plane) -> None:
        """The map shows this plane, which goes through the handle."""
        before, self._plane = self._plane, plane
        if before is None or plane.directions is not before.directions:
            self._draw()

    def set_theme(self, theme: Theme) -> None:
        self.item.theme = theme
        self.item.moved()

    def set_shown(self, on: bool) -> None:
        """Show or hide the path, as its panel was opened or closed."""
        if on:
            self._find()
            self._show()
        else:
            self.finding.cancel()
            self.panel.pause()
            self._draw()

    def end(self) -> None:
        """Stop finding and decoding."""
        self.panel.pause()
        self._rest.stop()
        self.finding.end()
        self._decoding.end()

    # What the person does

    def choose(self, kind: Kind) -> None:
        """Show the path of this kind, and find it if it is not known yet."""
        self.kind = kind
        self.panel.kinds.choose(kind)
        self._find()
        self._show()

    def find_again(self) -> None:
        """Find the paths again, with the model of now."""
        self._found.clear()
        self._failed.clear()
        self._find()
        self._show()

    def load(self, anchors: Floats, kind: Kind) -> None:
        """Take these anchors (A, latent_dim) and this kind, as one step of the history."""
        self._history.beginMacro("path")
        self._want_kind(self._possible(kind))
        self.anchors.put(anchors)
        self._history.endMacro()

    def begin(self, anchors: Floats, kind: Kind) -> None:
        """As `load`, but as the state to begin with, which is no step of the history."""
        self.kind = self._possible(kind)
        self.panel.kinds.choose(self.kind)
        self.anchors.begin(anchors)

    def _possible(self, kind: Kind) -> Kind:
        few = self.subject is None or len(self.subject.z_mean) < 2
        return "straight" if few and kind in NEED_CODES else kind

    def _want_kind(self, kind: Kind) -> None:
        if kind == self.kind:
            self.choose(kind)
        else:
            self._history.do(Change("kind of path", self.kind, kind, self._show_kind))

    def _show_kind(self, kind: Kind) -> None:
        self.choose(self._possible(kind))
        self.kind_changed.emit()

    @property
    def chosen(self) -> Path | None:
        """The path that is shown; None: there is none of these anchors."""
        found = self._found.get(self.kind)
        return found.path if found is not None and found.anchors is self.anchors.codes else None

    @property
    def known(self) -> list[Path]:
        """The paths of these anchors that were found, the chosen one first."""
        known = [found.path for found in self._found.values() if found.anchors is self.anchors.codes]
        return sorted(known, key=lambda path: path.kind != self.kind)

    @property
    def _shown(self) -> bool:
        return not self.panel.isHidden()

    @property
    def stale(self) -> bool:
        """Whether the chosen path was found with another model."""
        found, subject = self._found.get(self.kind), self.subject
        return found is not None and subject is not None and not _same(found.model, (subject, self._changes))

    def _present_plane(self) -> Plane:
        assert self._plane is not None
        return self._plane

    def _anchors_changed(self) -> None:
        if self._wanted is None or self._wanted.anchors is not self.anchors.codes:
            self._failed.clear()
            self._given_up = False
        self._find()
        self._show()

    def _clear(self) -> None:
        if len(self.anchors.codes):
            self.anchors.put(self.anchors.codes[:0])

    def _give_up(self) -> None:
        self._given_up = True
        self.finding.cancel()

    # Finding

    def _find(self) -> None:
        """Find what is missing between these anchors."""
        subject, anchors = self.subject, self.anchors.codes
        if not self._shown or subject is None or self._given_up:
            return
        if len(anchors) < 2:
            self.finding.cancel()
            return
        kinds = [kind for kind in AT_ONCE if kind not in NEED_CODES or len(subject.z_mean) > 1]
        kinds += [] if self.kind in kinds else [self.kind]
        found = {kind for kind, each in self._found.items() if each.anchors is anchors}
        missing = tuple(kind for kind in kinds if kind not in found and kind not in self._failed)
        if missing:
            self._wanted = Wanted(missing, anchors, subject.decoder, subject.z_mean)
            self._model = subject, self._changes
            self.finding.find(self._wanted)

    def _model_changed(self) -> None:
        if self._shown:
            self._show()
            self._rest.start()

    def _follow_model(self) -> None:
        """Find those paths again that take no time; a geodesic is found again when the person asks for it."""
        if self.stale and self.kind in AT_ONCE:
            self.find_again()

    def _take(self, wanted: Wanted, path: Path) -> None:
        if wanted is self._wanted and self._model is not None:
            self._found[path.kind] = Found(path, wanted.anchors, self._model)
            self._show()

    def _take_failure(self, wanted: Wanted, kind: Kind, sentence: str) -> None:
        if wanted is self._wanted:
            self._failed[kind] = sentence
            self._found.pop(kind, None)
            self._show()

    def _show_progress(self, _text: str, share: float) -> None:
        if self.finding.running:
            self.panel.show_progress(share)

    def _rested(self) -> None:
        self.panel.hide_progress()
        self._say()

    def _travel(self, share: float, drag: int) -> None:
        path = self.chosen
        if path is not None:
            self.code_wanted.emit(path.point(share, self.panel.images[1]), drag)

    # Showing

    def _show(self) -> None:
        subject, path = self.subject, self.chosen
        for kind in KINDS:
            found = self._found.get(kind)
            current = found is not None and found.anchors is self.anchors.codes
            self.panel.kinds.show_path(kind, found.path if found is not None and current else None)
        self.panel.enable(path is not None)
        if path is not None and subject is not None and self._shown:
            self._decoding.request(subject.decoder, path.points(*self.panel.images))
        elif len(self.anchors.codes) < 2 or self.kind in self._failed:
            self.panel.show_images(np.zeros((0, 1, 1, 1), np.uint8))
        self._say()
        self._draw()

    def _show_images(self, generation: int, images: Bytes) -> None:
        if generation == self._decoding.newest and self.chosen is not None:
            self.panel.show_images(images)

    def _say(self) -> None:
        count, path = len(self.anchors.codes), self.chosen
        if count < 2:
            self.panel.show_note(ONE_ANCHOR if count else NO_ANCHORS)
        elif self.kind in self._failed:
            self.panel.show_note(self._failed[self.kind])
        elif path is None:
            self.panel.show_note("Cancelled." if self._given_up else "Finding the path", again=self._given_up)
        elif self.stale:
            self.panel.show_note(OTHER_MODEL, again=True)
        else:
            self.panel.show_note(self._compared(path))

    def _compared(self, path: Path) -> str:
        """What sets this path apart from the straight one, in one sentence."""
        straight = next((each for each in self.known if each.kind == "straight"), None)
        if straight is None or path is straight or not straight.in_z[-1] or not straight.in_image[-1]:
            return f"{len(path.anchors)} anchors"
        longer = [float(mine[-1] / line[-1] - 1) for mine, line in (
            (path.in_z, straight.in_z), (path.in_image, straight.in_image),
        )]  # fmt: skip
        in_z, in_images = (f"{abs(share):.0%} {'longer' if share > 0 else 'shorter'}" for share in longer)
        return f"Than straight: {in_z} in z, {in_images} in images."

    def _draw(self) -> None:
        plane, shown = self._plane, self._found.get(self.kind)
        if plane is None or not self._shown or plane.latent_dim != self.anchors.codes.shape[1]:
            self.item.put(EMPTY)
            return
        across, path = plane.directions.T, self.chosen
        others = tuple(each.curve @ across for each in self.known if each is not path)
        curve = NOTHING if shown is None else shown.path.curve @ across
        steps = NOTHING if path is None else path.points(*self.panel.images) @ across
        anchors, marked = self.anchors.codes @ across, self.anchors.marked
        self.item.put(Drawing(anchors, marked, curve, path is not None, others, steps))


def _same(one: tuple[Subject, int], other: tuple[Subject, int]) -> bool:
    """Whether two moments are of one model, though the subjects may differ in what is known of their images."""
    (a, changes), (b, other_changes) = one, other
    if a.decoder is b.decoder and a.z_mean is b.z_mean:
        return changes == other_changes
    return a.run is not None and a.run is b.run and a.decoded_class == b.decoded_class


def _decode(decoder: Decoder, codes: Floats) -> Bytes:
    return as_pixels(decoder(codes))
