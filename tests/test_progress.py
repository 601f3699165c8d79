"""progress.py: the progress of a step is reported as a share of the whole task."""

import pytest

from vae_explorer.progress import portion


def test_a_portion_goes_from_its_low_share_to_its_high_one():
    reported: list[tuple[str, float]] = []
    step = portion(lambda task, share: reported.append((task, share)), 0.2, 0.6)
    for share in (0.0, 0.5, 1.0):
        step("Reading", share)
    assert [task for task, _ in reported] == ["Reading"] * 3
    assert [share for _, share in reported] == pytest.approx([0.2, 0.4, 0.6])
