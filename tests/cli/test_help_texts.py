"""cli/help_texts.py: what `--help` tells below the options."""

import pytest

from vae_explorer.cli.help_texts import BELOW, WINDOW
from vae_explorer.cli.main import run_command
from vae_explorer.commands import COMMANDS
from vae_explorer.run.config import PRESETS


@pytest.mark.parametrize("name", ["", *BELOW])
def test_each_text_is_shown_as_it_is_written_and_fits_a_terminal(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not name or name in COMMANDS
    with pytest.raises(SystemExit):
        run_command([*filter(None, [name]), "--help"])
    text = BELOW[name] if name else WINDOW
    assert text.strip() in capsys.readouterr().out
    assert max(map(len, text.splitlines())) < 80


def test_every_preset_is_explained() -> None:
    assert all(f"  {preset}: " in BELOW["train"] for preset in PRESETS)
