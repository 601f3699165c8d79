"""training/taking_part.py; tests/training/test_cluster.py has the trainings with several hosts, which take long."""

import inspect
import re

from vae_explorer.training import epochs
from vae_explorer.training.taking_part import _Nothing


def test_what_shows_and_keeps_nothing_can_all_that_an_epoch_asks_for() -> None:
    asked = set(re.findall(r"\b_?(?:live|keeper)\.(\w+)", inspect.getsource(epochs)))
    assert {"preview_if_due", "keep_epoch"} <= asked
    assert asked <= set(dir(_Nothing))
