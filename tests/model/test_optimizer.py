"""model/optimizer.py: learning rates."""

import keras
import pytest

from vae_explorer.model.optimizer import build_optimizer
from vae_explorer.run.config import training_config


@pytest.mark.parametrize("learning_rate", [0.002, 1])
@pytest.mark.parametrize(("name", "kind"), [("adam", keras.optimizers.Adam), ("rmsprop", keras.optimizers.RMSprop)])
def test_a_constant_rate_is_the_given_one(name: str, kind: type, learning_rate: float):
    config = training_config("dense", optimizer=name, schedule="constant", learning_rate=learning_rate)
    optimizer = build_optimizer(config, steps=100)
    assert type(optimizer) is kind
    assert float(optimizer.learning_rate) == pytest.approx(learning_rate)


def test_a_cosine_schedule_goes_from_the_rate_to_zero():
    optimizer = build_optimizer(training_config("dense", learning_rate=0.004), steps=100)
    rates = []
    for step in (0, 50, 100):
        optimizer.iterations.assign(step)
        rates.append(float(optimizer.learning_rate))
    assert rates == pytest.approx([0.004, 0.002, 0], abs=1e-9)
