"""`vae-explorer` and `python -m vae_explorer`: choose between the window and the commands."""

import gc
import sys


def main() -> int:
    """Run a command where the first word is one, else open the window. Returns the exit status."""
    from vae_explorer.cli import COMMANDS, run_command

    words = sys.argv[1:]
    if words and (words[0] in COMMANDS or words[0].startswith("-")):
        return run_command(words)
    from vae_explorer.cli import check_window_words

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
