"""data/keras_sets.py: Keras's data sets, downloaded already or without a network."""

from pathlib import Path

import numpy as np
import pytest

from tests.data.test_idx import TRAIN, write_set
from vae_explorer.data.reading import load_dataset
from vae_explorer.errors import UserError


@pytest.fixture
def keras_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder for Keras's files, and no network."""
    from keras.src.backend import config

    home = tmp_path / "keras"
    monkeypatch.setenv("KERAS_HOME", str(home))
    monkeypatch.setattr(config, "_KERAS_DIR", str(home))  # read once, when Keras is imported
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    return home


@pytest.mark.parametrize("name", ["fashion_mnist", "cifar10", "cifar100"])
def test_without_a_network_a_sentence_says_where_the_file_may_be_put(keras_home: Path, name: str):
    with pytest.raises(UserError, match="there is no network") as caught:
        load_dataset(name)
    assert str(keras_home / "datasets") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_fashion_mnist_is_read_where_keras_keeps_it(keras_home: Path):
    (keras_home / "datasets").mkdir(parents=True)
    write_set(keras_home / "datasets" / "fashion-mnist")
    dataset = load_dataset("fashion_mnist")
    np.testing.assert_array_equal(dataset.images[:12, ..., 0], TRAIN)
    assert (dataset.info.name, dataset.info.source) == ("fashion_mnist", "fashion_mnist")


def test_a_folder_of_that_name_goes_first(keras_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    write_set(tmp_path / "cifar10")
    assert load_dataset("cifar10").info.source == str(tmp_path / "cifar10")
