"""The layers that say where the map can be trusted: computed in the background, only while they are on."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.layers.density import DensityLayer
from vae_explorer.gui.explorer.layers.errors import ErrorLayer
from vae_explorer.gui.explorer.layers.field_layer import FieldLayer
from vae_explorer.gui.explorer.layers.magnification import MagnificationLayer
from vae_explorer.gui.explorer.layers.regions import RegionsLayer
from vae_explorer.gui.explorer.layers.round_trip import ArrowLayer, RoundTripLayer
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.gui.parts.theme import DARK

KINDS = DensityLayer, RegionsLayer, ErrorLayer, MagnificationLayer, RoundTripLayer


def switched_on(qtbot: QtBot, tab: ExplorerTab, kind: type[FieldLayer]) -> FieldLayer:
    layer = tab.view.layers.find(kind)
    layer.switch(True)
    qtbot.waitUntil(lambda: layer.field.ready, timeout=20_000)
    return layer


def seen(tab: ExplorerTab) -> np.ndarray:
    image = tab.view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4).copy()


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_is_off_at_first_and_drawn_when_it_is_switched_on(qtbot: QtBot, tab: ExplorerTab, kind: type) -> None:
    assert not tab.view.layers.find(kind).on
    before = seen(tab)
    layer = switched_on(qtbot, tab, kind)
    assert (seen(tab) != before).mean() > 0.01
    assert layer.sentence
    assert layer.title
    layer.switch(False)
    np.testing.assert_array_equal(seen(tab), before)


@pytest.mark.long
@pytest.mark.parametrize("kind", [DensityLayer, ErrorLayer, MagnificationLayer, RoundTripLayer])
def test_its_key_names_the_ends_of_its_scale_with_a_unit(qtbot: QtBot, tab: ExplorerTab, kind: type) -> None:
    layer = switched_on(qtbot, tab, kind)
    unit = {
        DensityLayer: "per unit of area",
        ErrorLayer: "pixels, 0 to 1",
        MagnificationLayer: "(pixel values)² per unit of area",
        RoundTripLayer: "standard deviations",
    }[kind]
    assert unit in layer._scale.text


def test_the_errors_of_a_sample_are_said_to_be_of_a_sample(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    layer = switched_on(qtbot, tab, ErrorLayer)
    there = np.count_nonzero(subject.image_of >= 0)
    assert f"From {there} of {len(subject.image_of)} images" in layer._scale.text


def test_what_cannot_be_computed_is_disabled_with_the_reason(tab: ExplorerTab, subject: Subject) -> None:
    nothing = replace(
        subject,
        encoder=None,
        why_no_encoder="No encoder was imported.",
        image_of=np.full_like(subject.image_of, -1),
        columns=replace(subject.columns, labels=np.full_like(subject.label, -1)),
    )
    tab.show_subject(nothing)
    reasons = {kind: tab.view.layers.find(kind).reason for kind in (*KINDS, ArrowLayer)}
    assert reasons == {
        DensityLayer: "",
        RegionsLayer: "The images have no classes.",
        ErrorLayer: "No images are available.",
        MagnificationLayer: "",
        RoundTripLayer: "No encoder was imported.",
        ArrowLayer: "No encoder was imported.",
    }


def test_a_kernel_estimate_is_said_to_be_one(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    layer = switched_on(qtbot, tab, DensityLayer)
    assert "Kernel estimate" not in layer._scale.text
    tab.show_subject(replace(subject, z_log_var=None))
    qtbot.waitUntil(lambda: "Kernel estimate" in layer._scale.text, timeout=20_000)


@pytest.mark.long
def test_it_follows_the_view_and_the_theme(qtbot: QtBot, tab: ExplorerTab) -> None:
    layer = switched_on(qtbot, tab, MagnificationLayer)
    tab.view.pan(0.5, 0.2)
    assert not layer.field.ready or seen(tab).any()
    qtbot.waitUntil(lambda: layer.field.ready, timeout=20_000)
    tab.set_theme(DARK)
    qtbot.waitUntil(lambda: layer.field.ready, timeout=20_000)


def test_a_drag_in_the_plane_computes_nothing_again(qtbot: QtBot, tab: ExplorerTab) -> None:
    layers = [switched_on(qtbot, tab, kind) for kind in KINDS]
    newest = [layer.field._worker.newest for layer in layers]
    for step in range(5):
        tab.go_to(step / 10, -step / 10)
        seen(tab)
    assert [layer.field._worker.newest for layer in layers] == newest


@pytest.mark.long
def test_newer_weights_of_a_training_are_followed(qtbot: QtBot, tab: ExplorerTab) -> None:
    layer = switched_on(qtbot, tab, MagnificationLayer)
    newest = layer.field._worker.newest
    tab.decode_again()
    tab.decode_again()
    qtbot.waitUntil(lambda: layer.field._worker.newest == newest + 1, timeout=20_000)


def test_the_arrow_ends_where_the_encoder_puts_the_image(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    layer = tab.view.layers.find(ArrowLayer)
    layer.switch(True)
    tab.go_to(0.5, -0.25)
    qtbot.waitUntil(lambda: layer.arrow is not None and layer.arrow[0] == (0.5, -0.25), timeout=20_000)
    assert subject.encoder is not None
    assert layer.arrow is not None
    code = np.array([[0.5, -0.25]], np.float32)
    end = subject.encoder(subject.decoder(code))[0]
    assert layer.arrow[1] == pytest.approx(end[0].tolist(), abs=1e-5)
    assert layer.arrow[2] == pytest.approx(float(np.linalg.norm(end - code)), abs=1e-5)


def test_a_layer_that_is_off_keeps_no_picture(qtbot: QtBot, tab: ExplorerTab) -> None:
    layer = switched_on(qtbot, tab, DensityLayer)
    layer.switch(False)
    assert layer.field._picture is None
    assert layer.field.contours._picture is None


@pytest.mark.parametrize(
    "kind",
    [
        DensityLayer,
        ErrorLayer,
        *(pytest.param(each, marks=pytest.mark.long) for each in (RegionsLayer, MagnificationLayer)),
    ],
)
def test_it_follows_a_replay_and_rests_on_its_last_moment(
    qtbot: QtBot, tab: ExplorerTab, subject: Subject, kind: type
) -> None:
    layer = switched_on(qtbot, tab, kind)
    for moment in range(10):
        codes = subject.z_mean + np.float32(0.05 * moment)
        tab.show_moment(replace(subject, z_mean=codes, z_log_var=None, encoder=None, run=None))
        seen(tab)
    qtbot.waitUntil(lambda: layer.field.ready, timeout=20_000)
    assert layer.field._drawing is not None
    assert layer.field._drawing.task.subject.z_mean is codes
