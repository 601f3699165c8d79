"""The line below the decoded image: the rule and the words of the exported page."""

from dataclasses import replace

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from vae_explorer.exploring.gauge import Gauge
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.explorer.tab import ExplorerTab
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.latent.support import VERDICTS, measure_support


def test_it_follows_the_handle(qtbot: QtBot, tab: ExplorerTab, subject: Subject) -> None:
    tab.go_to(*subject.z_mean[0].tolist())
    qtbot.waitUntil(lambda: tab.panel.gauge.text == VERDICTS[0])
    tab.go_to(40, -40)
    qtbot.waitUntil(lambda: tab.panel.gauge.text == VERDICTS[2])


def test_the_verdict_is_that_of_the_distance_in_all_of_z(subject: Subject) -> None:
    random = np.random.default_rng(0)
    codes = random.normal(size=(500, 6)).astype(np.float32)
    many, gauge = replace(subject, z_mean=codes, nearby=Neighbours(codes)), Gauge()
    support = measure_support(codes)
    assert support is not None
    said = set()
    for scale in (0.1, 1.0, 1.6, 2.0, 3.0):
        code = (scale * random.normal(size=6)).astype(np.float32)
        judgement = gauge(many, code)
        assert judgement is not None
        distance = float(np.linalg.norm(codes - code, axis=1).min())
        assert judgement.distance == pytest.approx(distance, rel=1e-4)
        assert judgement.verdict == support.verdict(distance)
        assert f"{judgement.distance:.3g} away in all of z" in judgement.reason
        said.add(judgement.level)
    assert {0, 2} <= said


def test_codes_whose_images_are_missing_count_too(subject: Subject) -> None:
    gone = replace(subject, with_image=Neighbours(subject.z_mean, np.zeros(len(subject.z_mean), bool)))
    judgement = Gauge()(gone, subject.z_mean[3])
    assert judgement is not None
    assert judgement.verdict == VERDICTS[0]


def test_of_too_few_codes_nothing_is_said(subject: Subject) -> None:
    few = subject.z_mean[:5]
    assert Gauge()(replace(subject, z_mean=few, nearby=Neighbours(few)), few[0]) is None
