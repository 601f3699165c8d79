"""exploring/classifying.py: boundaries at known positions, opacity by confidence, and names in the regions."""

from dataclasses import replace

import numpy as np
import pytest

from vae_explorer.exploring.classifying import ClassifierField, names_in, why_not
from vae_explorer.exploring.fields import REGION, Field, Place
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.latent.plane import FIRST_TWO, axes_plane
from vae_explorer.model.classifier import Classifier
from vae_explorer.run.run import Run


class Identity:
    """z -> z as images (N, 1, latent_dim, 1)."""

    engine = "test"

    def __init__(self, latent_dim: int) -> None:
        self.latent_dim = latent_dim

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return z.reshape(len(z), 1, -1, 1)


def linear(weights: list[list[float]], bias: list[float]) -> Classifier:
    """The softmax of z @ weights + bias."""
    matrix, offset = np.array(weights, np.float32), np.array(bias, np.float32)
    shape = 1, len(weights), 1
    return Classifier("c.onnx", shape, len(bias), "flat", "0..1", "logits", (), lambda values: values @ matrix + offset)


@pytest.fixture
def subject(tiny_run: Run) -> Subject:
    return replace(run_subject(tiny_run, None), decoder=Identity(2), image_shape=(1, 2, 1))


def field_of(classifier: Classifier, subject: Subject, latent_dim: int = 2) -> Field:
    given = replace(subject, decoder=Identity(latent_dim), image_shape=(1, latent_dim, 1))
    plane = axes_plane(FIRST_TWO, latent_dim)
    return ClassifierField(classifier)(Place(given, plane, (-2.0, 2.0, -1.0, 1.0), dark=False))


def test_two_linear_classes_meet_in_a_straight_line(subject: Subject) -> None:
    field = field_of(linear([[0, 3.0], [0, 1.5]], [0, -0.6]), subject)  # 3 x + 1.5 y = 0.6
    (contour,) = field.contours
    points = np.concatenate(contour.lines)
    np.testing.assert_allclose(points @ (3.0, 1.5), 0.6, atol=1e-4)
    assert points[:, 1].min() < -1
    assert points[:, 1].max() > 1


def test_three_linear_classes_meet_where_their_values_are_equal(subject: Subject) -> None:
    weights, bias = [[0, 4.0, 0], [0, 0, 4.0]], [0, -1.0, 0.8]
    points = np.concatenate(field_of(linear(weights, bias), subject).contours[0].lines)
    values = np.sort(points @ np.array(weights) + bias, axis=1)
    apart = values[:, 2] - values[:, 1]
    assert np.median(apart) < 1e-4
    assert apart.max() < 4 * 4 / 56  # within a cell of the point where all three meet


def test_colours_are_those_of_the_likeliest_class_and_fade_with_its_probability(subject: Subject) -> None:
    rgba = field_of(linear([[0, 6.0], [0, 0]], [0, 0]), subject).rgba
    height, width = rgba.shape[:2]
    colours = as_rgb(class_colours(2))
    np.testing.assert_array_equal(rgba[height // 2, [0, -1], :3], colours)
    opacity = rgba[height // 2, :, 3] / 255
    assert opacity[0] == pytest.approx(REGION, abs=0.01)
    x = 4 * (np.arange(width) + 0.5) / width - 2
    expected = REGION * np.tanh(np.abs(6 * x) / 2)  # 2 p - 1 for p = 1 / (1 + exp(-6 x))
    inside = slice(4, -4)
    np.testing.assert_allclose(opacity[inside], expected[inside], atol=0.02)


def test_names_stand_in_their_regions(subject: Subject) -> None:
    names = {name: x for name, x, _ in field_of(linear([[0, 6.0], [0, 0]], [0, 0]), subject).names}
    assert names["class 0"] < 0 < names["class 1"]


def test_one_latent_dimension_has_upright_boundaries(subject: Subject) -> None:
    field = field_of(linear([[0, 6.0]], [0, -3.0]), subject, latent_dim=1)
    points = np.concatenate(field.contours[0].lines)
    np.testing.assert_allclose(points[:, 0], 0.5, atol=1e-4)


def test_one_class_alone_has_no_boundary(subject: Subject) -> None:
    assert field_of(linear([[0, 0], [0, 0]], [0, 5.0]), subject).contours == ()


def test_classes_are_named_as_those_of_the_run_if_there_are_as_many(subject: Subject) -> None:
    run_names = subject.columns.class_names
    weights = [[0.0] * len(run_names)] * 2
    assert names_in(linear(weights, weights[0]), subject) == run_names
    assert names_in(linear([[0, 0], [0, 0]], [0, 0]), subject) == ("class 0", "class 1")


def test_the_reason_says_what_to_do(subject: Subject) -> None:
    classifier = linear([[0, 0], [0, 0]], [0, 0])
    assert "File > Open classifier" in why_not(None, subject)
    assert "images of 2 x 1, these have 8 x 8" in why_not(classifier, replace(subject, image_shape=(8, 8, 1)))
    assert why_not(classifier, subject) == ""
