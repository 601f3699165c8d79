"""Reading a file that may be damaged or malicious in a separate process, so that only that process crashes or hangs.

The libraries that read HDF5 and ONNX are written in C and C++. Some files crash the process that reads them, or make
it ask for more memory than the machine has.
"""

import subprocess
import sys
from collections.abc import Callable, Sequence

from vae_explorer.errors import UserError

SECONDS = 20  # time limit for the smallest file; most of it is for starting the process
BYTES_PER_SECOND = 10 * 2**20  # the least that a slow machine reads
MOST_MEMORY = 8 * 2**30  # limit of the address space in bytes; libraries take most of it
REFUSED = 3  # exit status after the sentence of a UserError


def most_seconds(size: int) -> float:
    """The time limit in seconds for reading a file of `size` bytes.

    Damaged files are usually small, so their time limit is short.
    """
    return SECONDS + size / BYTES_PER_SECOND


def read_apart(module: str, words: Sequence[str], file: str, seconds: float) -> str:
    """Run `python -m MODULE WORDS` and return what it prints.

    file: its name in error sentences. Raises UserError with the sentence that the process printed, if the process
    crashes, or if it takes longer than `seconds`.
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
    return done.stdout.strip().rpartition("\n")[2]  # a library may have printed lines before the answer


def one_line(text: object, most: int = 160) -> str:
    """The first line of a library's message, `most` characters at most, to be used inside a sentence.

    It may quote from a malicious file, so characters that are not printable become "?". A longer line ends after a
    whole word, with an ellipsis.
    """
    line = "".join(letter if letter.isprintable() else "?" for letter in str(text).strip().partition("\n")[0])
    if len(line) <= most:
        return line.rstrip(". ")
    whole, blank, _ = line[:most].rpartition(" ")
    return f"{(whole if blank else line[: most - 1]).rstrip('.,:;( ')}…"


def answer(function: Callable[[], str]) -> int:
    """Print the answer, or the sentence of a UserError, for `read_apart`. Returns the exit status."""
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
    except ImportError:  # Windows has no such limit; there only the checks of sizes protect
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MOST_MEMORY if hard == resource.RLIM_INFINITY else min(hard, MOST_MEMORY)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
