"""The layer of a classifier: it waits for one, draws its regions, lists its classes at the handle, and follows."""

from dataclasses import replace

import numpy as np
from pytestqt.qtbot import QtBot

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.classifier import ClassifierLayer
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.model.classifier import Classifier


def constant(subject: Subject) -> Classifier:
    """Sure by 80 % that each image is of class 1 of 3."""
    logs = np.log(np.array([0.15, 0.8, 0.05], np.float32))
    notes = ("It is a test.",)
    return Classifier(
        "c.onnx",
        subject.image_shape,
        3,
        "last",
        "0..1",
        "logits",
        notes,
        lambda values: np.tile(logs, (len(values), 1)),
    )


def test_it_is_drawn_and_lists_the_classes_at_the_handle(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    layer = tab.view.layers.find(ClassifierLayer)
    assert "File > Open classifier" in layer.reason
    layer.use(constant(subject))
    layer.switch(True)
    qtbot.waitUntil(lambda: layer.field.ready and layer.card.text != "", timeout=20_000)
    assert layer.card.text == "class 1 80 %, class 0 15 %, class 2 5 %"
    assert layer.card.isVisible()
    assert "It is a test." in layer._scale.text
    layer.use(None)
    assert not layer.card.isVisible()
    assert layer.reason


class Plain:
    """Decodes each code as an image of one brightness, which stands for the weights."""

    engine, latent_dim = "test", 2

    def __init__(self, brightness: float) -> None:
        self.brightness = brightness

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return np.full((len(z), 28, 28, 1), self.brightness, np.float32)


def by_brightness(subject: Subject) -> Classifier:
    """Class 1 for images brighter than 0.5."""

    def run(values: np.ndarray) -> np.ndarray:
        bright = values.reshape(len(values), -1).mean(axis=1)
        return np.stack([0 * bright, 10 * (bright - 0.5)], axis=1)

    return replace(constant(subject), classes=2, run=run)


def test_it_follows_a_replay(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    layer = tab.view.layers.find(ClassifierLayer)
    layer.use(by_brightness(subject))
    layer.switch(True)
    for brightness in (0.2, 0.4, 1.0):
        tab.show_moment(replace(subject, decoder=Plain(brightness), run=None))
    qtbot.waitUntil(lambda: layer.field.ready and layer.card.text == "class 1 99 %, class 0 1 %", timeout=20_000)
    assert layer.field._drawing is not None
    assert [name for name, *_ in layer.field._drawing.field.names] == ["class 1"]


def test_it_follows_the_decoder_of_a_training(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    layer, decoder = tab.view.layers.find(ClassifierLayer), Plain(0.0)
    layer._newer_weights.setInterval(0)
    layer.use(by_brightness(subject))
    layer.switch(True)
    tab.show_subject(replace(subject, decoder=decoder, run=None), same=True)
    qtbot.waitUntil(lambda: layer.field.ready and layer.card.text.startswith("class 0 99 %"), timeout=20_000)
    decoder.brightness = 1.0
    tab.decode_again()
    qtbot.waitUntil(lambda: layer.card.text.startswith("class 1 99 %"), timeout=20_000)
    qtbot.waitUntil(lambda: layer.field._drawing.field.names[0][0] == "class 1", timeout=20_000)


def test_the_range_of_its_pixels_can_be_chosen(tab: ExplorerTab, subject: Subject) -> None:
    layer, wanted = tab.view.layers.find(ClassifierLayer), list[object]()
    layer.range_wanted.connect(wanted.append)
    layer.set_state(replace(layer.state, choice="pixels 0 to 255"))
    layer.use(constant(subject))
    assert (layer.choice, wanted) == ("pixels as found", [])
    layer.set_state(replace(layer.state, choice="pixels 0 to 255"))
    layer.use(constant(subject), "0..255")
    assert (layer.choice, wanted) == ("pixels 0 to 255", ["0..255"])
