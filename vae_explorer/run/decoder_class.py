"""The class that a conditional decoder is given."""

from vae_explorer.data.names import printable
from vae_explorer.errors import UserError
from vae_explorer.run.info import RunInfo

LISTED = 20  # most classes that a sentence names


def chosen_class(info: RunInfo, wanted: str | int | None) -> int | None:
    """The label of the class that a person names, or None if the decoder takes none.

    wanted: its label, or its name or number as a text; None: the first one. Raises UserError if the decoder does not
    know the class, or takes no label but is given one.
    """
    names = info.decoder_classes
    if not names:
        if wanted is not None:
            raise UserError(f"The decoder of {info.name} takes no class label: leave the class out.")
        return None
    if wanted is None:
        return 0
    text = str(wanted).strip()
    if isinstance(wanted, str) and text in names:
        return names.index(text)
    if text.isdecimal() and int(text) < len(names):
        return int(text)
    raise UserError(f"The decoder of {info.name} knows no class {printable(text)!r}: choose {class_list(names)}.")


def class_list(names: tuple[str, ...]) -> str:
    """The first classes by their names, for a sentence."""
    listed = [printable(name) for name in names[:LISTED]]
    return ", ".join(listed) + (f", … ({len(names):,} in all)" if len(names) > LISTED else "")


def class_note(info: RunInfo, label: int | None) -> str:
    """A sentence on the class that images are decoded of; "" for a decoder that takes none."""
    return "" if label is None else f"All images are decoded as class {printable(info.decoder_classes[label])}."
