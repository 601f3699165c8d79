"""When a model in training is previewed."""

import numpy as np
import pytest

from vae_explorer.run.arrays import Sample
from vae_explorer.training import preview
from vae_explorer.training.preview import PREVIEW_SECONDS, LiveModel


def test_in_the_first_epoch_it_is_previewed_as_seldom_as_costs_little(monkeypatch: pytest.MonkeyPatch) -> None:
    now, shown = 100.0, []
    sample = Sample(np.empty((0, 2, 2, 1), np.uint8), np.empty(0, np.int64))
    live = LiveModel(None, None, sample, print)  # type: ignore[arg-type]
    monkeypatch.setattr(preview.time, "perf_counter", lambda: now)

    def show(*_: object) -> None:
        nonlocal now
        shown.append(now)
        now += 1.0  # a slow one

    monkeypatch.setattr(live, "follow", lambda: None)
    monkeypatch.setattr(live, "encode_sample", lambda: (None, None))
    monkeypatch.setattr(live, "preview", show)
    while now < 200:
        live.preview_if_due(now)
        now += 0.5
    assert shown[0] == pytest.approx(100 + PREVIEW_SECONDS, abs=0.5)
    assert min(np.diff(shown)) >= 20
    assert 4 <= len(shown) <= 5
