"""training/calls.py: in which way steps are computed, and how many by one call."""

import pytest

from vae_explorer.model.vae import VAE
from vae_explorer.run.config import training_config
from vae_explorer.training import calls
from vae_explorer.training.calls import MOST_STEPS, XLA_STEPS, steps_per_call, way_of


@pytest.fixture(scope="module")
def vaes() -> dict[str, VAE]:
    return {preset: VAE(training_config(preset), (28, 28, 1)) for preset in ("dense", "blog")}


def test_only_long_trainings_are_compiled_or_use_quick_forms(vaes):
    assert way_of(vaes["dense"], XLA_STEPS) == "compiled"
    assert way_of(vaes["blog"], XLA_STEPS) == "quick"
    for vae in vaes.values():
        assert way_of(vae, XLA_STEPS - 1) == "plain"


def test_a_gpu_needs_no_quick_forms(vaes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("tensorflow.config.list_logical_devices", lambda kind: [kind])
    assert way_of(vaes["dense"], XLA_STEPS) == "compiled"
    assert way_of(vaes["blog"], XLA_STEPS) == "plain"


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
