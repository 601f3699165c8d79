"""A line that says which dimensions of the open run have collapsed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.parts.elided_label import ElidedLabel
from vae_explorer.latent.collapse import collapse_note

REMEDY = "Train with fewer dimensions, a smaller beta or a KL warm-up to change that."
FEW = 2  # most dimensions that a line has room to name


class CollapsedNote(ElidedLabel):
    """Hidden if no dimension has collapsed. The tooltip names them, and says what changes it."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("collapsedNote")
        self.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.hide()

    def show_subject(self, subject: Subject) -> bool:
        """Show the note on a subject, or hide it. Returns whether it has come or gone."""
        active = subject.dimensions.active
        # Of a model that is still learning it cannot be said yet.
        note = collapse_note(active) if subject.run is not None else ""
        self.setText(f"{(~active).sum()} of {len(active)} dimensions collapsed" if note and len(active) > FEW else note)
        self.setToolTip(f"{note}. {REMEDY}" if note else "")
        changed = self.isHidden() == bool(note)
        self.setVisible(bool(note))
        return changed
