"""The statistics of selected images, and the images that stand for them, against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from vae_explorer.exploring.mean_image import mean_images
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.statistics import describe, moments
from vae_explorer.exploring.subject import Subject
from vae_explorer.run.run import Run


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    return run_subject(tiny_run, None)


def test_the_moments_of_1_to_5_are_3_and_the_root_of_2_5() -> None:
    found = moments(np.array([1, 2, np.nan, 3, 4, np.inf, 5], np.float32))
    assert (found.count, found.mean) == (5, 3)
    assert found.deviation == pytest.approx(2.5**0.5)


def test_one_value_has_no_deviation_and_none_is_not_known(subject: Subject) -> None:
    errors = np.full(len(subject.z_mean), np.nan, np.float32)
    errors[3] = 0.25
    table = dict(row[:2] for row in describe(subject, np.array([3]), {"error": errors}).rows())
    assert table["error"] == "0.25"
    assert dict(row[:2] for row in describe(subject, np.array([4]), {"error": errors}).rows())["error"] == "not known"


def test_the_shares_of_classes_are_those_of_the_selection_and_of_all(subject: Subject) -> None:
    count = len(subject.z_mean)
    labels = np.zeros(count, np.int32)
    labels[:4] = 1, 1, -1, 2
    columns = replace(subject.columns, labels=labels)
    found = describe(replace(subject, columns=columns), np.array([0, 1, 2, 3]), {})
    assert [(share.name, share.selected, share.total) for share in found.classes] == [("1", 2, 2), ("2", 1, 1)]
    assert found.unlabelled == 1
    assert ("class 1", "2 (50.0 %)", f"2 ({2 / count:.1%})".replace("%", " %")) in found.rows()


def test_each_dimension_of_z_is_described(subject: Subject) -> None:
    rows = np.arange(10)
    second = describe(subject, rows, {}).dimensions[1]
    for found, codes in zip(second, (subject.z_mean[:10], subject.z_mean), strict=True):
        assert found.mean == pytest.approx(codes[:, 1].mean(), rel=1e-4)
        assert found.deviation == pytest.approx(codes[:, 1].std(ddof=1), rel=1e-4)


def test_the_mean_image_is_of_the_originals_at_hand_and_the_decoded_one_of_the_mean_code(subject: Subject) -> None:
    at_hand, missing = np.flatnonzero(subject.image_of >= 0)[:2], np.flatnonzero(subject.image_of < 0)[:1]
    found = mean_images(subject, np.concatenate([at_hand, missing]))
    expected = np.rint(subject.images[subject.image_of[at_hand]].mean(axis=0))
    assert found.at_hand == 2
    assert found.originals is not None
    np.testing.assert_array_equal(found.originals, expected)
    code = subject.z_mean[np.concatenate([at_hand, missing])].mean(axis=0)
    assert found.decoded is not None
    np.testing.assert_allclose(found.decoded / 255, subject.decoder(code[None])[0], atol=0.003)


def test_without_an_original_there_is_no_mean_of_them(subject: Subject) -> None:
    found = mean_images(subject, np.flatnonzero(subject.image_of < 0)[:3])
    assert found.originals is None
    assert found.decoded is not None
