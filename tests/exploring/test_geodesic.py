"""exploring/geodesic.py: geodesics of decoders whose geodesics are known."""

import numpy as np
import pytest

from vae_explorer.exploring.geodesic import geodesic
from vae_explorer.latent.curves import along, line
from vae_explorer.progress import LeftError


class Surface:
    """(x, y) -> a surface in three dimensions, as an image of three pixels."""

    engine, latent_dim = "test", 2

    def __init__(self, surface) -> None:
        self._surface = surface

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return np.column_stack(self._surface(*z.T.astype(np.float64))).reshape(-1, 1, 3, 1).astype(np.float32)

    def length(self, curve: np.ndarray) -> float:
        return float(along(self(curve).reshape(len(curve), -1))[-1])


LINEAR = Surface(lambda x, y: (2 * x + y, x - 3 * y, 0.5 * y))
SPHERE = Surface(lambda angle, height: (np.cos(height) * np.cos(angle), np.cos(height) * np.sin(angle), np.sin(height)))
PARABOLOID = Surface(lambda x, y: (x, y, (x**2 + y**2) / 2))
FLAT = Surface(lambda x, y: (x, y, 0 * x))


def shortest(surface: Surface, start: tuple[float, float], end: tuple[float, float]) -> np.ndarray:
    return geodesic(surface, line(np.array(start, np.float32), np.array(end, np.float32), 33))


def test_that_of_a_linear_decoder_is_the_line():
    curve = shortest(LINEAR, (-1, 2), (2, -1))
    np.testing.assert_allclose(curve, line(curve[0], curve[-1], 33), atol=1e-4)


@pytest.mark.parametrize(
    ("start", "end"), [((0.0, 0.9), (2.0, 0.9)), ((-1.0, 0.2), (1.5, 1.2)), ((0.0, -0.8), (2.5, 0.9))]
)
def test_that_of_a_sphere_is_a_great_circle(start: tuple[float, float], end: tuple[float, float]):
    curve = shortest(SPHERE, start, end)
    on_sphere = SPHERE(curve).reshape(-1, 3)
    angle = np.arccos(np.clip(on_sphere[0] @ on_sphere[-1], -1, 1))
    assert SPHERE.length(curve) == pytest.approx(angle, rel=0.01)
    normal = np.cross(on_sphere[0], on_sphere[-1])  # a great circle lies in the plane of its ends
    assert np.abs(on_sphere @ normal / np.linalg.norm(normal)).max() < 0.01


def test_that_of_a_paraboloid_through_its_apex_is_the_meridian():
    def meridian(r: float) -> float:  # the arc length of r²/2 from 0 to r
        return (r * np.sqrt(1 + r**2) + np.arcsinh(r)) / 2

    bent = line(np.array([-2, 0], np.float32), np.array([1, 0], np.float32), 33)
    bent[1:-1, 1] += 0.3 * np.sin(np.linspace(0, np.pi, 33))[1:-1]
    curve = geodesic(PARABOLOID, bent)
    assert PARABOLOID.length(curve) == pytest.approx(meridian(2) + meridian(1), rel=0.01)
    assert np.abs(curve[:, 1]).max() < 0.03


def test_that_of_a_paraboloid_between_other_points_fulfils_the_geodesic_equation():
    """x'' + x |z'|² / (1 + |z|²) = 0 and likewise for y: the acceleration on the surface is normal to it."""
    curve = shortest(PARABOLOID, (-1.5, 1.0), (1.5, 1.0)).astype(np.float64)
    speed = np.gradient(curve, axis=0)
    acceleration = np.gradient(speed, axis=0)
    wanted = -curve * (np.square(speed).sum(axis=1) / (1 + np.square(curve).sum(axis=1)))[:, None]
    inner = slice(3, -3)
    assert np.abs(acceleration - wanted)[inner].max() < 0.02 * np.abs(wanted)[inner].max() + 1e-4


def test_its_steps_change_the_image_equally():
    steps = np.diff(along(SPHERE(shortest(SPHERE, (0.0, 0.9), (2.0, 0.2))).reshape(-1, 3)))
    np.testing.assert_allclose(steps, steps.mean(), rtol=0.01)


def test_a_factor_bends_it_as_light_is_bent():
    """In a layered medium Snell's law holds: the factor times the cosine of the slope stays the same."""

    def factor(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return 1 + points[:, 1] ** 2, np.column_stack([np.zeros(len(points)), 2 * points[:, 1]])

    curve = geodesic(FLAT, line(np.array([-1, 1], np.float32), np.array([1, 1], np.float32), 65), factor)
    steps = np.diff(curve.astype(np.float64), axis=0)
    middles = (curve[:-1, 1] + curve[1:, 1]) / 2
    constant = (1 + middles**2) * steps[:, 0] / np.linalg.norm(steps, axis=1)
    assert curve[:, 1].min() < 0.7
    np.testing.assert_allclose(constant, constant.mean(), rtol=0.01)


def test_a_report_can_end_it():
    def leave(_task: str, _share: float) -> None:
        raise LeftError

    with pytest.raises(LeftError):
        geodesic(SPHERE, line(np.zeros(2, np.float32), np.ones(2, np.float32), 9), progress=leave)
