"""The layer of a classifier: it waits for one, draws its regions, and lists its classes at the handle."""

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
