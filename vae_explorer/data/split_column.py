"""A column of a table that divides a set, such as "split" with train, val and test."""

from collections.abc import Sequence
from dataclasses import dataclass

from vae_explorer.data.names import printable
from vae_explorer.data.naming import Part, parse_name
from vae_explorer.data.splits import NO_TEST, VALIDATION_JOINS, quoted

NUMBERED: dict[str, Part] = {"0": "training", "1": "validation", "2": "held-out"}
MOST_PARTS = 10  # different cells


@dataclass(frozen=True, slots=True)
class SplitColumn:
    """A column whose cells are named like the parts of a divided set."""

    column: int
    parts: dict[str, Part]  # by cell

    def notes(self, title: str) -> list[str]:
        """Sentences on what is made of the column called `title`."""
        of_part = {
            part: sorted(cell for cell in self.parts if self.parts[cell] == part) for part in self.parts.values()
        }
        if "held-out" in of_part:
            held_out = quoted(of_part["held-out"])
            notes = [f"its column {printable(title)!r} divides the set: images of {held_out} are held out."]
        else:
            notes = [f"its column {printable(title)!r} divides the set. {NO_TEST}"]
        if "validation" in of_part and "training" in of_part:
            notes.append(f"the images of {quoted(of_part['validation'])} {VALIDATION_JOINS}.")
        return notes


def find_split(header: Sequence[str], columns: Sequence[Sequence[str]]) -> SplitColumn | None:
    """The first column whose cells are all named like parts of a set, of which there are at least two; None: none.

    CelebA numbers its parts in a column "partition".
    """
    for number, (title, column) in enumerate(zip(header, columns, strict=True)):
        different = set(column) - {""}
        if title.lower() == "partition" and {"0", "2"} <= different <= set(NUMBERED):
            return SplitColumn(number, NUMBERED)
        if not 2 <= len(different) <= MOST_PARTS:
            continue
        parts = {cell: part for cell in different if (part := parse_name(cell).part) is not None}
        if len(parts) == len(different) and len(set(parts.values())) > 1:
            return SplitColumn(number, parts)
    return None
