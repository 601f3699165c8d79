"""The keys of the drawing pad, for the pad itself and for Help > Keyboard and mouse."""

from dataclasses import dataclass

from PySide6.QtGui import QKeySequence


@dataclass(frozen=True, slots=True)
class PadKey:
    keys: str | QKeySequence.StandardKey
    effect: str

    @property
    def sequence(self) -> QKeySequence:
        return QKeySequence(self.keys)

    @property
    def text(self) -> str:
        """Keys as this system writes them."""
        return self.sequence.toString(QKeySequence.SequenceFormat.NativeText)


SMALLER = PadKey("[", "Smaller brush")
LARGER = PadKey("]", "Larger brush")
ERASER = PadKey("E", "Draw with the colour of the ground, or no longer")
UNDO = PadKey(QKeySequence.StandardKey.Undo, "Take back the last stroke")
REDO = PadKey(QKeySequence.StandardKey.Redo, "Draw it again")
CLEAR = PadKey("Delete", "Erase everything; it can be undone")
PASTE = PadKey(QKeySequence.StandardKey.Paste, "Paste an image")
PAD_KEYS = (SMALLER, LARGER, ERASER, UNDO, REDO, CLEAR, PASTE)
