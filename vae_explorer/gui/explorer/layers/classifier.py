"""Somebody's classifier: the regions of the classes it sees in what is decoded, and its probabilities at the handle."""

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal

from vae_explorer.array_types import Floats
from vae_explorer.exploring.classifying import ClassifierField, names_in
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.field_layer import FieldLayer
from vae_explorer.gui.explorer.layers.handle_classes import HandleClasses
from vae_explorer.gui.explorer.layers.scale_key import ScaleKey
from vae_explorer.gui.parts.latest_worker import LatestWorker
from vae_explorer.gui.parts.theme import Theme
from vae_explorer.latent.palette import class_colours
from vae_explorer.latent.plane import Plane
from vae_explorer.model.classifier import RANGE_TEXTS, Classifier
from vae_explorer.run.imported import InputRange

RANGES: dict[str, InputRange | None] = {"pixels as found": None}  # by choice, the range of the pixels that it takes
RANGES |= {f"pixels {text}": each for each, text in RANGE_TEXTS.items()}


class ClassifierLayer(FieldLayer):
    """A card over the map lists the likeliest classes of the image at the handle while the layer is on."""

    name = "classifier"
    title = "Classes by a classifier"
    decodes = True
    choices = tuple(RANGES)
    sentence = (
        "The class that your classifier sees in the image decoded at each point, pale where it is not confident, with "
        "the boundaries between classes. It was trained on real images: for one that is blurred or is none it must "
        "name a class, too, often with confidence. In more than two dimensions it is the plane through the handle."
    )
    used = Signal(bool)  # whether there is a classifier now
    range_wanted = Signal(object)  # the InputRange with which to read the classifier again, None: as it is found

    def __init__(self) -> None:
        self._classes = ClassifierField()
        self._range: InputRange | None = None  # that it was read with
        self._code: Floats | None = None
        self._worker = LatestWorker(_probabilities_at, "classifying at the handle")
        super().__init__(self._classes, ScaleKey("", (0.0, 0.0)))
        self.card = HandleClasses()
        self.legend = self.card
        self._worker.answered.connect(self._show_classes)
        self._worker.errored.connect(self._scale.say)
        self._has_something(drawn=True, explained=False)

    @property
    def notes(self) -> tuple[str, ...]:
        """What was found out about the classifier, in sentences."""
        return self._classes.classifier.notes if self._classes.classifier is not None else ()

    def use(self, classifier: Any, input_range: InputRange | None = None) -> None:
        """Show this Classifier; None: none. input_range: that was chosen when it was read; None: it was found out."""
        self._classes.classifier, self._range = classifier, input_range
        choice = next(text for text, each in RANGES.items() if each == input_range)
        if choice != self.choice:
            self.set_state(replace(self.state, choice=choice))
        self._scale.say("")
        self._has_something(drawn=True, explained=False)
        self.used.emit(classifier is not None)
        if self._subject is not None:
            self.show(self._subject)

    def show(self, subject: Subject) -> None:
        super().show(subject)
        self._ask()

    def go(self, code: Floats, plane: Plane) -> None:
        self._code = code
        super().go(code, plane)
        self._ask()

    def decoder_changed(self) -> None:
        super().decoder_changed()
        self._ask()

    def state_changed(self) -> None:
        super().state_changed()
        self._ask()
        wanted = RANGES[self.choice]
        if wanted != self._range and self._classes.classifier is not None:
            self._range = wanted
            self.range_wanted.emit(wanted)

    def set_theme(self, theme: Theme) -> None:
        super().set_theme(theme)
        self._ask()

    def end(self) -> None:
        super().end()
        self._worker.end()

    def _ask(self) -> None:
        subject, code, classifier = self._subject, self._code, self._classes.classifier
        if subject is None or code is None or classifier is None or not self.active:
            return
        if len(code) == subject.decoder.latent_dim:
            self._worker.request(classifier, subject, code)

    def _show_classes(self, _generation: int, answer: tuple[Classifier, Subject, Floats]) -> None:
        classifier, subject, probabilities = answer
        if classifier is self._classes.classifier and subject is self._subject:
            colours = class_colours(classifier.classes, self._theme.dark)
            self.card.show_classes(names_in(classifier, subject), colours, probabilities)
            self._has_something(drawn=True, explained=True)


def _probabilities_at(classifier: Classifier, subject: Subject, code: Floats) -> tuple[Classifier, Subject, Floats]:
    return classifier, subject, classifier(subject.decoder(code[None].astype("float32")))[0]
