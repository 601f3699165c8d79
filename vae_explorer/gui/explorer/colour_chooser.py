"""Chooses what the points on the map are coloured by."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from vae_explorer.array_types import Ints
from vae_explorer.errors import UserError
from vae_explorer.exploring.clusters import MOST, find_clusters
from vae_explorer.exploring.colouring import Colouring, by_class, by_cluster, by_value, plainly
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.latest_worker import LatestWorker

CLASS, CLUSTER, PLAIN = "class", "cluster", "plain"
VALUE = "value "  # prefix of a column's name
AUTOMATIC = 1  # value of the box for the number of clusters that means: choose the number by silhouette


@dataclass(frozen=True, slots=True)
class ColourChoice:
    """What the person chose to colour by, even if the present subject does not offer it."""

    name: str = ""  # CLASS, CLUSTER, PLAIN or VALUE + column name; "": the default of the subject
    clusters: int = AUTOMATIC  # number of clusters


class ColourChooser(QWidget):
    """Makes a Colouring of the subject; `chosen` is emitted with it, at once or as soon as the clusters are found."""

    wanted = Signal(object)  # ColourChoice of the person; `choose` applies it
    chosen = Signal(object)  # Colouring
    refused = Signal()  # the choice cannot be shown; the default is shown instead
    errored = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._subject: Subject | None = None
        self.choice = ColourChoice()  # what the person chose last
        self._shown = ""  # name of the present colouring
        self._worker: LatestWorker | None = None
        self._generation = 0  # generation of the clusters that are wanted; 0: none are
        self._found: tuple[Subject, int, Ints] | None = None  # subject, requested number, cluster of each code
        self.combo = QComboBox()
        self.combo.setObjectName("colorCombo")
        self.combo.setAccessibleName("Colour by")
        self.combo.setToolTip("What the colour of a point shows: the class of its image, a number stored with the "
                              "image, or the cluster of its latent code")  # fmt: skip
        self.combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.combo.setMinimumContentsLength(9)
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
        self.state.setProperty("muted", True)
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
        choices = {"class": CLASS} if subject.columns.class_names else {}
        choices |= {name: VALUE + name for name in subject.columns.value_names}
        self._subject = subject
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for text, choice in choices.items():
                self.combo.addItem(text, choice)
            self.combo.addItem("cluster", CLUSTER)
            self.combo.addItem("one colour", PLAIN)
        self._show_choice(subject)
        return self._colouring(subject)

    def choose(self, choice: ColourChoice) -> None:
        """Colour by this choice if the subject offers it, else by the default."""
        self.choice = choice
        if self._subject is not None:
            self._show_choice(self._subject)
            self.chosen.emit(self._colouring(self._subject))

    def end(self) -> None:
        """Stop searching for clusters."""
        if self._worker is not None:
            self._worker.end()

    def _choose(self) -> None:
        choice = replace(self.choice, name=str(self.combo.currentData()))
        if choice.name == self._shown:
            self.choice = choice  # the default is now the person's choice, also for the next subject
        else:
            self.wanted.emit(choice)

    def _show_choice(self, subject: Subject) -> None:
        with QSignalBlocker(self.combo), QSignalBlocker(self.clusters):
            row = self.combo.findData(self.choice.name)
            usual = CLASS if subject.columns.class_names else PLAIN
            self.combo.setCurrentIndex(row if row >= 0 else self.combo.findData(usual))
            self.clusters.setValue(self.choice.clusters)

    def _colouring(self, subject: Subject) -> Colouring:
        choice = self._shown = str(self.combo.currentData())
        self._generation = 0
        self.state.hide()
        self.clusters.setVisible(choice == CLUSTER)
        if choice == CLASS:
            return by_class(subject.label, subject.columns.class_names, subject.images_key)
        if choice.startswith(VALUE):
            name = choice.removeprefix(VALUE)
            return by_value(name, subject.columns.value(name), subject.images_key)
        return self._clustered(subject) if choice == CLUSTER else plainly(subject.label, subject.images_key)

    def _clustered(self, subject: Subject) -> Colouring:
        """Colour by the clusters if they are known; else start a search for them."""
        wanted = self.clusters.value()
        if self._found is not None:
            known, count, cluster = self._found
            if known.z_mean is subject.z_mean and count == wanted:
                return by_cluster(cluster, subject.images_key)
        if self._worker is None:
            self._worker = LatestWorker(_cluster, "finding clusters", self)
            self._worker.answered.connect(self._take_clusters)
            self._worker.errored.connect(self._refuse)
        self._generation = self._worker.request(subject, wanted)
        self.state.setText("finding clusters…")
        self.state.show()
        if self._found is not None and self._found[0].images_key == subject.images_key:
            return by_cluster(self._found[2], subject.images_key)  # clusters of older codes of the same images
        return plainly(subject.label, subject.images_key)

    def _take_clusters(self, generation: int, answer: tuple[Subject, int, Ints] | UserError) -> None:
        if generation != self._generation:
            return
        if isinstance(answer, UserError):
            self._refuse(str(answer))
            return
        self._found = answer
        self.state.hide()
        if self._subject is not None:
            self.chosen.emit(by_cluster(answer[2], self._subject.images_key))

    def _refuse(self, text: str) -> None:
        """Go back to the default colouring, and report the error and that the choice was refused."""
        self.choice = replace(self.choice, name="")
        self.errored.emit(text)
        if self._subject is not None:
            self.chosen.emit(self.show_subject(self._subject))
        self.refused.emit()


def _cluster(subject: Subject, wanted: int) -> tuple[Subject, int, Ints] | UserError:
    """Find the clusters of the subject's latent codes; runs in the worker's thread."""
    try:
        return subject, wanted, find_clusters(subject.z_mean, None if wanted == AUTOMATIC else wanted)
    except UserError as error:
        return error
