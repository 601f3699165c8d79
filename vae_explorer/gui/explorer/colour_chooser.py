"""Chooses what the points on the map are coloured by."""

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from vae_explorer.errors import UserError
from vae_explorer.exploring.clusters import MOST, find_clusters
from vae_explorer.exploring.colouring import Colouring, by_class, by_cluster, by_figure, by_group, by_value, plainly
from vae_explorer.exploring.image_figures import FIGURES
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.colour_offers import (
    CLASS,
    CLUSTER,
    FIGURE,
    GROUP,
    PLAIN,
    VALUE,
    Offer,
    add_to,
    offers_of,
)
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.progress import LeftError
from vae_explorer.run.groups import Groups, no_groups

AUTOMATIC = 1  # value of the box for the number of clusters that means: choose the number by silhouette


@dataclass(frozen=True, slots=True)
class ColourChoice:
    """What the person chose to colour by, even if the present subject does not offer it."""

    name: str = (
        ""  # CLASS, CLUSTER, GROUP, PLAIN, VALUE + column name, FIGURE + its name; "": the default of the subject
    )
    clusters: int = AUTOMATIC  # number of clusters


class ColourChooser(QWidget):
    """Makes a Colouring of the subject; `chosen` is emitted with it, at once or as soon as it is computed.

    Clusters and figures are computed in the background; whoever chooses something else meanwhile ends that. What is
    computed for a model in training is finished, since other codes follow at once and nothing would ever be seen.
    """

    wanted = Signal(object)  # ColourChoice of the person; `choose` applies it
    chosen = Signal(object)  # Colouring
    refused = Signal()  # the choice cannot be shown; the default is shown instead
    errored = Signal(str)
    _progressed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._subject: Subject | None = None
        self.choice = ColourChoice()  # what the person chose last
        self._shown = ""  # name of the present colouring
        self._groups = no_groups(0)
        self._offers: list[Offer] = []  # the entries of the combo box
        self._worker: LatestWorker | None = None
        self._generation = 0  # generation of the colouring that is computed; 0: none is
        self._computing: tuple[Subject, ColourChoice] | None = None  # what is computed; also read by the worker
        # Of each choice that was computed: the objects that it was computed from, and the newest result.
        self._found: dict[ColourChoice, tuple[tuple[Any, ...], Colouring]] = {}
        self.combo = QComboBox()
        self.combo.setObjectName("colorCombo")
        self.combo.setAccessibleName("Colour by")
        self.combo.setToolTip("What the colour of a point shows: the class of its image, a number stored with the "
                              "image or measured, or the cluster of its latent code")  # fmt: skip
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(13)
        self.combo.activated.connect(self._choose)
        self.clusters = QSpinBox()
        self.clusters.setObjectName("clusterCountSpin")
        self.clusters.setAccessibleName("Number of clusters")
        self.clusters.setToolTip("Number of k-means clusters; auto: the number with the best silhouette score")
        self.clusters.setRange(AUTOMATIC, MOST)
        self.clusters.setSpecialValueText("auto")
        self.clusters.setKeyboardTracking(False)
        self.clusters.valueChanged.connect(lambda count: self.wanted.emit(replace(self.choice, clusters=count)))
        self.clusters.hide()
        self.state = QLabel()
        self.state.setObjectName("colourState")
        self.state.setProperty("muted", True)
        self._progressed.connect(self._say)
        self.state.hide()
        label = QLabel("Colour by")
        label.setBuddy(self.combo)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for widget in (label, self.combo, self.clusters, self.state):
            row.addWidget(widget)

    def show_subject(self, subject: Subject) -> Colouring:
        """Offer the choices that this subject has; returns the colouring to use until `chosen` is emitted."""
        self._subject = subject
        self._found = {choice: found for choice, found in self._found.items() if found[1].fits(subject)}
        self._offer(subject)
        self._show_choice(subject)
        return self._colouring(subject)

    def show_groups(self, groups: Groups) -> None:
        """Offer the groups of the subject's images; where the colours show them, show these."""
        before, self._groups = self._groups, groups
        if self._subject is None or len(groups.member) != len(self._subject.z_mean):
            return
        if GROUP in (self.choice.name, self._shown):
            self.chosen.emit(self.show_subject(self._subject))
        elif bool(before.names) != bool(groups.names):
            self._offer(self._subject)
            self._show_choice(self._subject)

    def colour_by_group(self) -> None:
        """Colour by group, as if the person had chosen it."""
        self.wanted.emit(replace(self.choice, name=GROUP))

    def follow(self, moment: Subject) -> None:
        """Measure the figure that is shown for another moment of a replay, which offers the same.

        The last colours are shown meanwhile. Clusters stay: those of another moment would have other colours.
        """
        self._subject = moment
        if self._shown.startswith(FIGURE):
            self._begin(moment, ColourChoice(self._shown))

    def choose(self, choice: ColourChoice) -> None:
        """Colour by this choice if the subject offers it, else by the default."""
        self.choice = choice
        if self._subject is not None:
            self._show_choice(self._subject)
            self.chosen.emit(self._colouring(self._subject))

    def end(self) -> None:
        """Stop computing."""
        self._computing = None
        if self._worker is not None:
            self._worker.end()

    def _offer(self, subject: Subject) -> None:
        offers = offers_of(subject, bool(self._groups.names))
        if offers != self._offers:
            self._offers = offers
            with QSignalBlocker(self.combo):
                self.combo.clear()
                for offer in offers:
                    add_to(self.combo, offer)

    def _choose(self) -> None:
        choice = replace(self.choice, name=str(self.combo.currentData()))
        if choice.name == self._shown:
            self.choice = choice  # the default is now the person's choice, also for the next subject
        else:
            self.wanted.emit(choice)

    def _show_choice(self, subject: Subject) -> None:
        with QSignalBlocker(self.combo), QSignalBlocker(self.clusters):
            offered = {offer.choice for offer in self._offers if not offer.reason}
            usual = CLASS if subject.columns.class_names else PLAIN
            self.combo.setCurrentIndex(self.combo.findData(self.choice.name if self.choice.name in offered else usual))
            self.clusters.setValue(self.choice.clusters)

    def _colouring(self, subject: Subject) -> Colouring:
        choice = self._shown = str(self.combo.currentData())
        self._generation, self._computing = 0, None
        self.state.hide()
        self.clusters.setVisible(choice == CLUSTER)
        if choice == CLASS:
            return by_class(subject.label, subject.columns.class_names, subject.images_key)
        if choice == GROUP:
            return by_group(self._groups, subject.images_key)
        if choice.startswith(VALUE):
            name = choice.removeprefix(VALUE)
            return by_value(name, subject.columns.value(name), subject.images_key)
        if choice == PLAIN:
            return plainly(subject.label, subject.images_key)
        return self._computed(subject, ColourChoice(choice, self.clusters.value() if choice == CLUSTER else AUTOMATIC))

    def _computed(self, subject: Subject, choice: ColourChoice) -> Colouring:
        """The colouring of this choice if it is known; else start to compute it."""
        known, colouring = self._found.get(choice, ((), None))
        if colouring is not None and colouring.fits(subject) and _same(known, _parts(subject, choice)):
            return colouring
        self._begin(subject, choice)
        self._say("finding clusters…" if choice.name == CLUSTER else "measuring…")
        if colouring is not None and colouring.fits(subject):
            return colouring  # of older codes of the same images
        return plainly(subject.label, subject.images_key)

    def _begin(self, subject: Subject, choice: ColourChoice) -> None:
        if self._worker is None:
            self._worker = LatestWorker(self._compute, "computing the colours", self, gives_way=True)
            self._worker.answered.connect(self._take)
            self._worker.errored.connect(self._refuse)
        self._computing = subject, choice
        self._generation = self._worker.request(subject, choice)

    def _compute(self, subject: Subject, choice: ColourChoice) -> "Computed | UserError | None":
        """Runs in the worker's thread. None: it was ended."""

        def progress(_text: str, share: float) -> None:
            now = self._computing
            if now is None or now[1] != choice or (now[0] is not subject and subject.run is not None):
                raise LeftError
            if subject.run is not None:
                self._progressed.emit(f"measuring… {share:.0%}")

        try:
            if choice.name == CLUSTER:
                wanted = None if choice.clusters == AUTOMATIC else choice.clusters
                colouring = by_cluster(find_clusters(subject.z_mean, wanted), subject.images_key)
            else:
                colouring = by_figure(FIGURES[choice.name.removeprefix(FIGURE)], subject, progress)
        except LeftError:
            return None
        except UserError as error:
            return error
        return subject, choice, colouring

    def _take(self, generation: int, answer: "Computed | UserError | None") -> None:
        wanted = self._computing
        if generation == self._generation:
            self._generation, self._computing = 0, None
            self.state.hide()
            if isinstance(answer, UserError):
                self._refuse(str(answer))
        if wanted is not None and isinstance(answer, tuple):
            subject, choice, colouring = answer
            if choice == wanted[1] and colouring.fits(wanted[0]):  # else something else is wanted by now
                self._found[choice] = _parts(subject, choice), colouring
                self.chosen.emit(colouring)

    def _say(self, text: str) -> None:
        """Say how far the computation is."""
        if self._generation:
            self.state.setText(text)
            self.state.show()

    def _refuse(self, text: str) -> None:
        """Go back to the default colouring, and report the error and that the choice was refused."""
        self.choice = replace(self.choice, name="")
        self.errored.emit(text)
        if self._subject is not None:
            self.chosen.emit(self.show_subject(self._subject))
        self.refused.emit()


Computed = tuple[Subject, ColourChoice, Colouring]


def _parts(subject: Subject, choice: ColourChoice) -> tuple[Any, ...]:
    """The objects of the subject that the colouring is computed from."""
    if choice.name == CLUSTER:
        return (subject.z_mean,)
    return FIGURES[choice.name.removeprefix(FIGURE)].measured_from(subject)


def _same(before: tuple[Any, ...], now: tuple[Any, ...]) -> bool:
    return len(before) == len(now) and all(old is new for old, new in zip(before, now, strict=True))
