"""`vae-explorer` and `python -m vae_explorer`: choose between the window and the commands."""

import gc
import sys

from vae_explorer.commands import COMMANDS, USAGE, check_window_words, take_tour


def main() -> int:
    """Run the command that the first word names, or open the window. Returns the exit status."""
    words = sys.argv[1:]
    if words[:1] == ["--cache"] and len(words) > 1:  # of the window; a command has its own option
        from vae_explorer.data.cache import choose_cache

        choose_cache(words[1])
        words = words[2:]
    tour = None
    if not words or words[0] not in COMMANDS:
        try:
            tour, words = take_tour(words)
        except ValueError as error:
            print(f"vae-explorer: {error}", file=sys.stderr)
            return USAGE
    if words and (words[0] in COMMANDS or words[0].startswith("-")):
        from vae_explorer.cli.main import run_command  # the window needs no parser

        return run_command(words)
    status = check_window_words(words)
    if status:
        return status
    gc.disable()  # until the window is open: collecting garbage takes a tenth of the launch and finds little
    try:
        from vae_explorer.gui.app import create_app
    except ImportError as error:  # Qt needs a system library that pip cannot install
        print(f"vae-explorer: the window cannot be opened: {error}. README.md names what to install.", file=sys.stderr)
        return 1
    return create_app([sys.argv[0], *words], tour=tour)


if __name__ == "__main__":
    sys.exit(main())
