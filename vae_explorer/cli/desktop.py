"""`vae-explorer --install-desktop`: the program among those of a Linux desktop, with its icon."""

import argparse
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from vae_explorer.assets import asset
from vae_explorer.commands import DONE
from vae_explorer.errors import UserError
from vae_explorer.files import replacing

NAME = "vae-explorer"  # of both files; windows carry it, too, so that the task bar knows whose they are
ENTRY = """[Desktop Entry]
Type=Application
Name=VAE Explorer
GenericName=Latent space explorer
Comment=Train variational autoencoders on images and walk through what they learned
Exec={command} %f
TryExec={program}
Icon=vae-explorer
Terminal=false
Categories=Education;Science;ArtificialIntelligence;
StartupNotify=true
StartupWMClass=vae-explorer
"""


class InstallDesktop(argparse.Action):
    """The option as argparse calls it: does its work and ends the program, as --version does."""

    def __init__(self, option_strings: Any, dest: str, **more: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **more)

    def __call__(self, *_: Any) -> None:
        for path in install():
            print(f"Wrote {path}")
        print("VAE Explorer is in the menu of your desktop; to take it out, delete these files.")
        raise SystemExit(DONE)


def install() -> tuple[Path, Path]:
    """Write the menu entry and the icon into the user's folders. Returns both paths.

    Raises UserError on another system than Linux, and if the program is not installed or a file cannot be written.
    """
    if not sys.platform.startswith("linux"):
        raise UserError("Menu entries are written on Linux only: on this system make a shortcut to vae-explorer.")
    program = shutil.which(NAME, path=os.pathsep.join([str(Path(sys.argv[0]).parent), os.environ.get("PATH", "")]))
    if program is None:
        raise UserError("The command vae-explorer was not found: install the program first, with pip install .")
    program = os.path.abspath(program)  # noqa: PTH100 - `resolve` would leave a virtual environment by its links
    shared = _shared_data()
    entry = shared / "applications" / f"{NAME}.desktop"
    icon = shared / "icons/hicolor/scalable/apps" / f"{NAME}.svg"
    written = ENTRY.format(command=_quoted(program), program=program.replace("\\", "\\\\"))
    for path, content in ((entry, written.encode()), (icon, asset(f"icon/{NAME}.svg").read_bytes())):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UserError(f"{path.parent} cannot be made: {error.strerror}.") from error
        with replacing(path) as temporary:
            temporary.write_bytes(content)
            temporary.chmod(0o644)
    return entry, icon


def _shared_data() -> Path:
    """The folder that the XDG base directory specification names; one that is not absolute does not count."""
    named = os.environ.get("XDG_DATA_HOME", "")
    return Path(named) if Path(named).is_absolute() else Path.home() / ".local/share"


def _quoted(program: str) -> str:
    """A path as the value of Exec: quoted, and then escaped as every value is."""
    inside = re.sub(r'(["`$\\])', r"\\\1", program).replace("%", "%%")
    return f'"{inside}"'.replace("\\", "\\\\")
