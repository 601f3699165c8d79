"""Several devices of one machine train what one trains. A processor divided in two stands for two GPUs."""

import json
import subprocess
import sys

import numpy as np
import pytest

# TensorFlow divides the processor only before it is first used, so the trainings have a process of their own.
pytestmark = pytest.mark.long
TRAININGS = """
import dataclasses, json, sys
from pathlib import Path
import numpy as np
import tensorflow as tf

parts = [tf.config.LogicalDeviceConfiguration()] * 2
tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], parts)

from vae_explorer.data.reading import make_dataset
from vae_explorer.run.config import training_config
from vae_explorer.training.devices import ONE, devices_here
from vae_explorer.training.events import EpochEnded, Started
from vae_explorer.training.start import resume, train

rng = np.random.default_rng(0)
images = rng.integers(0, 256, (150, 8, 8, 1), np.uint8)
dataset = make_dataset("noise", "noise", images, None, np.arange(150) >= 140, ())
# 129 images to train on: the third batch of an epoch has a single one, which one device of two gets.
config = training_config(
    "deep", epochs=3, batch_size=64, validation_share=11 / 140, pixels="binarized", kl_warmup=1, restore_best=True
)
folder, two = Path(sys.argv[1]), devices_here()
names, cut = [], []

def seen(event):
    if isinstance(event, Started):
        names.append(event.device)

def cut_off(event):
    if isinstance(event, EpochEnded) and event.record.epoch == 2:
        raise KeyError

def told(run):
    losses = [dataclasses.astuple(record)[1:7] for record in run.history]
    return {"losses": losses, "z_mean": run.codes.z_mean.tolist(), "held_out": run.info.held_out.negative_elbo}

found = {
    "one": told(train(config, dataset, folder / "one", seen, devices=ONE)),
    "two": told(train(config, dataset, folder / "two", seen, devices=two)),
}
try:
    train(config, dataset, folder / "cut", cut_off, devices=two)
except KeyError:
    found["resumed"] = told(resume(folder / "cut", dataset, devices=two))
print(json.dumps(found | {"names": names}))
"""


@pytest.fixture(scope="module")
def trainings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, np.ndarray]]:
    words = [sys.executable, "-c", TRAININGS, str(tmp_path_factory.mktemp("devices"))]
    done = subprocess.run(words, capture_output=True, text=True, timeout=220, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.pop("names") == ["CPU", "2 x CPU"]
    return {name: {key: np.array(value) for key, value in run.items()} for name, run in found.items()}


def test_two_devices_give_the_losses_of_one(trainings: dict[str, dict[str, np.ndarray]]) -> None:
    np.testing.assert_allclose(trainings["two"]["losses"], trainings["one"]["losses"], rtol=0, atol=1e-4)


def test_the_run_of_two_devices_is_that_of_one(trainings: dict[str, dict[str, np.ndarray]]) -> None:
    np.testing.assert_allclose(trainings["two"]["z_mean"], trainings["one"]["z_mean"], rtol=0, atol=1e-4)
    np.testing.assert_allclose(trainings["two"]["held_out"], trainings["one"]["held_out"], rtol=0, atol=1e-4)


def test_a_training_on_two_devices_that_is_cut_off_resumes_exactly(trainings: dict[str, dict[str, np.ndarray]]) -> None:
    for name, values in trainings["two"].items():
        np.testing.assert_array_equal(trainings["resumed"][name], values)
