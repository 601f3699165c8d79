"""What the points of a subject can be coloured by, as the entries of a combo box."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox

from vae_explorer.exploring.image_figures import FIGURES
from vae_explorer.exploring.subject import Subject

CLASS, CLUSTER, GROUP, PLAIN = "class", "cluster", "group", "plain"
NO_GROUPS = "No image is in a group: select images and make a group of them."
VALUE, FIGURE = "value ", "figure "  # prefixes of a column's name, and of a figure's


@dataclass(frozen=True, slots=True)
class Offer:
    """An entry of the combo box."""

    text: str
    choice: str  # the name in a ColourChoice
    sentence: str = ""  # what it is
    reason: str = ""  # why it cannot be chosen, one sentence; "": it can


def offers_of(subject: Subject, has_groups: bool) -> list[Offer]:
    """What the points of this subject can be coloured by, in the order of the combo box."""
    classes = [Offer("class", CLASS)] if subject.columns.class_names else []
    columns = [Offer(name, VALUE + name) for name in subject.columns.value_names]
    figures = [
        Offer(figure.title, FIGURE + figure.name, figure.sentence, figure.missing(subject))
        for figure in FIGURES.values()
    ]
    group = Offer("group", GROUP, "The groups that you made of selected images", "" if has_groups else NO_GROUPS)
    return [*classes, *columns, group, Offer("cluster", CLUSTER), *figures, Offer("one colour", PLAIN)]


def add_to(combo: QComboBox, offer: Offer) -> None:
    """Add an entry with its tooltip to a combo box, disabled if there is a reason to."""
    combo.addItem(offer.text, offer.choice)
    model, row, said = combo.model(), combo.count() - 1, offer.reason or offer.sentence
    combo.setItemData(row, said, Qt.ItemDataRole.ToolTipRole)
    combo.setItemData(row, said, Qt.ItemDataRole.AccessibleDescriptionRole)
    assert isinstance(model, QStandardItemModel)
    model.item(row).setEnabled(not offer.reason)
