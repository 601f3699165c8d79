"""Reading a file that may be damaged, or made to do harm, in a process of its own: what crashes or hangs is that one.

The libraries that read HDF5 and ONNX are written in C and C++, and there are files that end the process that reads
them, or that ask for more memory than there is.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence

from vae_explorer.errors import UserError

SECONDS = 20  # for the smallest file, where starting the process takes longest
BYTES_A_SECOND = 10 * 2**20  # that a slow machine reads at least
MOST_MEMORY = 8 * 2**30  # bytes of addresses, of which most are libraries
REFUSED = 3


def most_seconds(size: int) -> float:
    """How long a file of so many bytes may take: a damaged one is small as a rule, and is not to be waited for long."""
    return SECONDS + size / BYTES_A_SECOND


def read_apart(module: str, words: Sequence[str], file: str, seconds: float) -> str:
    """Run `python -m MODULE WORDS` and return what it prints.

    Raises UserError with its sentence, or for its crash, or if it takes more than so many seconds.
    """
    try:
        done = subprocess.run(
            [sys.executable, "-m", module, *words], capture_output=True, timeout=seconds, text=True, check=False,
            encoding="utf-8", errors="replace",
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise UserError(f"{file} takes more than {seconds:.0f} seconds to read: it may be damaged.") from None
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}.") from error
    if done.returncode == REFUSED:
        raise UserError(one_line(done.stdout.strip().rpartition("\n")[2], 1000) + ".")
    if done.returncode:
        raise UserError(f"{file} is damaged: the library that reads it fails.")
    return done.stdout.strip().rpartition("\n")[2]  # a library may have printed lines of its own


def one_line(text: object, most: int = 160) -> str:
    """What a library says of a file, which may quote from it, as a part of a sentence."""
    line = "".join(letter if letter.isprintable() else "?" for letter in str(text).strip().partition("\n")[0])
    return line[:most].rstrip(". ")


def answer(function: Callable[[], str]) -> int:
    """What `read_apart` runs: print the answer, or the sentence of a UserError. Returns the exit status."""
    _limit_memory()
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        print(function())
    except UserError as error:
        print(error)
        return REFUSED
    return 0


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none; the checks of sizes hold there, too
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(hard, MOST_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
