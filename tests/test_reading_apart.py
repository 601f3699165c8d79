"""reading_apart.py: a crash or a hang of the reading process becomes one sentence."""

import pytest

from vae_explorer.errors import UserError
from vae_explorer.reading_apart import most_seconds, one_line, read_apart


def run(statement: str, seconds: float) -> str:
    """Run a statement as if it read a file: timeit runs it and prints how long it took."""
    return read_apart("timeit", ["-n", "1", "-r", "1", statement], "bad.h5", seconds)


def test_an_answer_is_the_last_line():
    assert run("print('of a library')", 60).startswith("1 loop, best of 1")


def test_a_process_that_hangs_is_ended_with_a_sentence():
    with pytest.raises(UserError, match=r"^bad\.h5 takes more than 1 seconds to read: it may be damaged\.$"):
        run("while True: pass", 1)


@pytest.mark.parametrize("statement", ["import os; os.abort()", "bytearray(2**60)", "raise SystemExit(1)"])
def test_a_file_that_crashes_its_process_is_called_damaged(statement: str):
    with pytest.raises(UserError, match=r"^bad\.h5 is damaged: the library that reads it fails\.$"):
        run(statement, 60)


def test_a_large_file_may_take_longer_than_a_small_one():
    assert most_seconds(1000) < 21
    assert most_seconds(2**30) > 100


def test_a_long_message_ends_after_a_whole_word():
    text = one_line("The layer (named first) is unknown to this program", 22)
    assert text == "The layer (named…"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"
    assert one_line("A short sentence.\nAnd more.") == "A short sentence"
