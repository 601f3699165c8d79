"""How a command refuses what it cannot do."""

import pytest

from vae_explorer.cli.main import run_command


def refused(capfd: pytest.CaptureFixture[str], *words: str) -> str:
    """The one sentence on stderr of a command that fails with status 1."""
    assert run_command(words) == 1
    output = capfd.readouterr()
    assert output.out == ""
    assert output.err.startswith("vae-explorer: ")
    assert "Traceback" not in output.err
    assert output.err.count("\n") == 1
    return output.err
