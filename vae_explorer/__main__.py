"""`vae-explorer` and `python -m vae_explorer`: choose between the window and the commands."""

import gc
import sys

from vae_explorer.commands import COMMANDS, check_window_words


def main() -> int:
    """Run a command where the first word is one, else open the window. Returns the exit status."""
    words = sys.argv[1:]
    if words and (words[0] in COMMANDS or words[0].startswith("-")):
        from vae_explorer.cli.main import run_command  # the window needs no parser

        return run_command(words)
    status = check_window_words(words)
    if status:
        return status
    gc.disable()  # until the window stands: there is little garbage, and looking for it takes a tenth of the launch
    try:
        from vae_explorer.gui.app import create_app
    except ImportError as error:  # a system library that Qt needs, and that pip cannot bring
        print(f"vae-explorer: the window cannot be opened: {error}. README.md names what to install.", file=sys.stderr)
        return 1
    return create_app(sys.argv)


if __name__ == "__main__":
    sys.exit(main())
