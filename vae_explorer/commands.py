"""The names of the commands, which the launch needs before it loads their parser."""

import os
import sys
from collections.abc import Sequence

COMMANDS = (
    "train", "data", "import", "grid", "map", "reconstructions", "samples", "losses", "animate", "encode",
    "select", "path", "traverse", "compare", "html", "info", "quality",
)  # fmt: skip
DONE, FAILED, USAGE = 0, 1, 2  # exit statuses
NEED_NO_DISPLAY = f"These commands need no display: {', '.join(f'vae-explorer {name}' for name in COMMANDS)}."


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
