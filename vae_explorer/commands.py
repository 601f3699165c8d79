"""The names of the commands, which the launch needs before it loads their parser."""

import os
import sys
from collections.abc import Sequence

COMMANDS = (
    "train", "data", "import", "grid", "map", "reconstructions", "samples", "losses", "animate", "encode",
    "select", "path", "traverse", "compare", "html", "info", "quality",
)  # fmt: skip
DONE, FAILED, USAGE = 0, 1, 2  # exit statuses
TOUR, TOUR_STEPS = "--tour", 8  # option of the window, and the number of steps of the tour
NEED_NO_DISPLAY = f"These commands need no display: {', '.join(f'vae-explorer {name}' for name in COMMANDS)}."


def take_tour(words: Sequence[str]) -> tuple[int | None, list[str]]:
    """The step of the tour on which the window is to open, None: no tour, and the other words.

    Raises ValueError with a sentence for a step that does not exist.
    """
    rest = [word for word in words if word.partition("=")[0] != TOUR]
    if len(rest) == len(words):
        return None, rest
    place = next(place for place, word in enumerate(words) if word not in rest)
    step, rest = words[place].partition("=")[2], [*words[:place], *words[place + 1 :]]
    if "=" not in words[place]:
        step = rest.pop(place) if place < len(rest) else "nothing"
    if step not in map(str, range(1, TOUR_STEPS + 1)):
        raise ValueError(f"{TOUR} takes the number of a step, 1 to {TOUR_STEPS}, not {step}")
    return int(step), rest


def check_window_words(words: Sequence[str]) -> int:
    """Check that the window can be opened with these words of the command line.

    Returns DONE, or another exit status after writing a sentence to stderr.
    """
    if len(words) > 1:
        print(f"vae-explorer: one RUN at most, not {len(words)}: see vae-explorer --help", file=sys.stderr)
        return USAGE
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in screens):
        print(f"vae-explorer: there is no display to open a window on. {NEED_NO_DISPLAY}", file=sys.stderr)
        return FAILED
    return DONE
