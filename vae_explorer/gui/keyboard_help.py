"""Help > Keyboard and mouse: the keys of the menus, and what mouse and fingers do on the map."""

from vae_explorer.gui.explorer.gestures import GESTURES
from vae_explorer.gui.explorer.pad_keys import PAD_KEYS
from vae_explorer.gui.menus import Heard, Menu, actions_of, key_text, plain
from vae_explorer.gui.text_dialog import table

WHERE: dict[Heard, str] = {"window": "", "explorer": "in the Explorer", "map": "on the map"}


def key_rows(menus: tuple[Menu, ...]) -> list[tuple[str, str, str]]:
    """For each action with keys, and each key of the pad: the keys, what they do, where they work if not everywhere."""
    of_menus = [
        (key_text(record.keys), plain(record.text), WHERE[record.heard]) for record in actions_of(menus) if record.keys
    ]
    return of_menus + [(key.text, key.effect, "on the drawing pad") for key in PAD_KEYS]


def keyboard_help(menus: tuple[Menu, ...]) -> str:
    """Two tables, as HTML."""
    gestures = ((each.gesture, each.effect) for each in GESTURES)
    return f"<h3>Keys</h3>{table(key_rows(menus))}<br><h3>Mouse and keys on the map</h3>{table(gestures)}"
