"""training/calls.py: which steps are compiled by XLA, and how many are computed by one call."""

import pytest

from vae_explorer.model.vae import VAE
from vae_explorer.run.config import training_config
from vae_explorer.training import calls
from vae_explorer.training.calls import MOST_STEPS, XLA_STEPS, steps_per_call, uses_xla


@pytest.fixture(scope="module")
def vaes() -> dict[str, VAE]:
    return {preset: VAE(training_config(preset), (28, 28, 1)) for preset in ("dense", "blog")}


def test_only_long_trainings_without_convolutions_are_compiled(vaes):
    assert uses_xla(vaes["dense"], XLA_STEPS)
    assert not uses_xla(vaes["dense"], XLA_STEPS - 1)
    assert not uses_xla(vaes["blog"], 100_000)


def test_a_faster_device_computes_more_steps_by_one_call(vaes, monkeypatch: pytest.MonkeyPatch):
    found = []
    for speed in (1e9, 1e11, 1e15):
        monkeypatch.setattr(calls, "_operations_per_second", lambda speed=speed: speed)
        found.append(steps_per_call(vaes["dense"]))
    # 1.1 million weights, 6 operations each for 128 images: 0.87e9 operations a step.
    assert found == [1, 11, MOST_STEPS]


def test_a_convolution_counts_once_for_each_pixel(vaes, monkeypatch: pytest.MonkeyPatch):
    # 5.1 million multiplications for one image, 6 operations each for 128 images: 3.9e9 operations a step.
    monkeypatch.setattr(calls, "_operations_per_second", lambda: 2e11)
    assert steps_per_call(vaes["blog"]) == 5


def test_the_speed_of_this_device_is_measured():
    assert 1e8 < calls._operations_per_second() < 1e16
