"""The nearest images are those of the images that the filters show."""

from dataclasses import replace

import numpy as np

from vae_explorer.exploring.decoded import NEAREST, explore
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.shown_images import shown_images
from vae_explorer.run.run import Run

Z = np.array([0.3, -0.2], np.float32)


def test_only_shown_and_available_images_are_found(tiny_run: Run) -> None:
    subject = run_subject(tiny_run, None)
    shown = subject.label == 4
    among = shown_images(subject, shown)
    assert among.filtered
    assert (among.count, among.total) == (int(shown.sum()), len(shown))
    available = subject.image_of >= 0
    assert among.missing == int((shown & ~available).sum()) > 0
    answer = explore(subject, Z, among)
    assert answer.among is among
    distances = np.where(shown & available, np.linalg.norm(subject.z_mean - Z, axis=1), np.inf)
    assert answer.rows.tolist() == distances.argsort()[:NEAREST].tolist()


def test_without_a_filter_the_search_of_the_subject_is_used(tiny_run: Run) -> None:
    subject = run_subject(tiny_run, None)
    for shown in (None, np.ones(len(subject.z_mean), bool)):
        among = shown_images(subject, shown)
        assert not among.filtered
        assert among.search is subject.with_image


def test_where_nothing_is_shown_nothing_is_found(tiny_run: Run) -> None:
    subject = run_subject(tiny_run, None)
    answer = explore(subject, Z, shown_images(subject, np.zeros(len(subject.z_mean), bool)))
    assert answer.nearest == -1
    assert answer.reconstruction is None
    unknown = replace(subject, image_of=np.full_like(subject.image_of, -1))
    among = shown_images(unknown, unknown.label == 4)
    assert among.missing == among.count
