"""A sentence on the dimensions that have collapsed."""

from vae_explorer.array_types import Flags

NAMED = 5  # most dimensions that are named one by one


def collapse_note(active: Flags) -> str:
    """A sentence on the dimensions that have collapsed, those not `active` (latent_dim,); "" if none has."""
    names = [f"z{i}" for i, tells in enumerate(active, 1) if not tells]
    if not names:
        return ""
    if len(names) == 1:
        return f"{names[0]} has collapsed: it says nothing about the images"
    if len(names) > NAMED:
        names[NAMED - 1 :] = [f"{len(names) - NAMED + 1} more"]
    return f"{', '.join(names[:-1])} and {names[-1]} have collapsed: they say nothing about the images"
