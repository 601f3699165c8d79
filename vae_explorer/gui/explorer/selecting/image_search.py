"""The search box for images: by index, class or name, with suggestions while one types."""

from PySide6.QtCore import QModelIndex, QStringListModel, Signal
from PySide6.QtWidgets import QCompleter, QLineEdit

from vae_explorer.exploring.finding import Found, find
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.latest_worker import LatestWorker

MOST = 12  # suggestions of a kind


class ImageSearch(QLineEdit):
    """Searches in the background, so that typing does not wait for a million names. Return takes the first one."""

    found = Signal(object)  # Found, which the person took
    missed = Signal(str)  # why there is nothing to take, one sentence
    errored = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("imageSearch")
        self.setAccessibleName("Find images")
        self.setPlaceholderText("Index, class or name")
        self.setToolTip("Type an index, a class or a part of a file name.\nShift and Return adds, Ctrl toggles.")
        self.setClearButtonEnabled(True)
        self._subject: Subject | None = None
        self._found: list[Found] = []
        self._searched = ""  # what the suggestions are for
        self._taking = False  # whether the first suggestion is to be taken as soon as it is there
        self._texts = QStringListModel(self)
        self.suggestions = QCompleter(self._texts, self)
        self.suggestions.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self.suggestions.setMaxVisibleItems(MOST)
        self.suggestions.setWidget(self)  # not setCompleter, which would open the list before the answer is there
        self.suggestions.activated[QModelIndex].connect(  # type: ignore[index]  # the stubs do not know overloads
            lambda index: self._take(index.row())
        )
        self._worker = LatestWorker(_find, "finding images", self)
        self._worker.answered.connect(self._suggest)
        self._worker.errored.connect(self.errored)
        self.textEdited.connect(self._ask)
        self.returnPressed.connect(self._return_pressed)

    def show_subject(self, subject: Subject | None) -> None:
        """Search among the images of this subject."""
        if subject is not self._subject:
            self._subject, self._searched = subject, ""

    def stop(self) -> None:
        """Stop searching."""
        self._worker.end()

    def _ask(self) -> None:
        self._taking = False
        if self._subject is not None and self.text().strip():
            self._worker.request(self._subject, self.text())
        else:
            self.suggestions.popup().hide()

    def _suggest(self, generation: int, answer: tuple[str, list[Found]]) -> None:
        if generation != self._worker.newest or answer[0] != self.text():
            return
        self._searched, self._found = answer
        self._texts.setStringList([found.text for found in self._found])
        if self._taking:
            self._take(0)
        elif self._found and self.hasFocus():
            self.suggestions.complete()
        else:
            self.suggestions.popup().hide()

    def _return_pressed(self) -> None:
        popup = self.suggestions.popup()
        if not self.text().strip():
            return
        if popup.isVisible() and popup.currentIndex().isValid():
            self._take(popup.currentIndex().row())
        elif self._searched == self.text():
            self._take(0)
        else:
            self._ask()
            self._taking = True

    def _take(self, place: int) -> None:
        self._taking = False
        self.suggestions.popup().hide()
        if place < len(self._found):
            self.selectAll()
            self.found.emit(self._found[place])
        else:
            self.missed.emit("No index, class or name of an image is like this.")

    def focusNextPrevChild(self, forward: bool) -> bool:
        self.suggestions.popup().hide()
        return super().focusNextPrevChild(forward)


def _find(subject: Subject, text: str) -> tuple[str, list[Found]]:
    return text, find(subject, text, MOST)
