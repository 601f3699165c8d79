"""Geodesics of the decoder: curves in latent space along which the decoded image changes as little as possible."""

from collections.abc import Callable, Iterator

import numpy as np

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.exploring.derivatives import derivatives
from vae_explorer.model.decoder import Decoder
from vae_explorer.progress import Progress, no_progress, portion

MOST_ROUNDS = 40
SETTLED = 1e-5  # share of the energy below which a round has changed nothing that matters
VALUES = 1 << 22  # most pixel values that are decoded at a time

Factor = Callable[[Doubles], tuple[Doubles, Doubles]]  # points (N, D) -> factors (N,), their gradients (N, D)


def geodesic(decoder: Decoder, curve: Floats, factor: Factor | None = None, progress: Progress = no_progress) -> Floats:
    """The curve (N, latent_dim) that begins as `curve`, with its ends, and then shrinks to a geodesic: (N, latent_dim).

    It minimises the energy of the pull-back metric, the sum of the squared distances of the decoded images of
    consecutive points (Shao, Kumar and Fletcher 2018, "The Riemannian geometry of deep generative models", eq. 5), here
    by the method of Levenberg and Marquardt, whose derivatives of the decoder are central differences; so any decoder
    will do. At the minimum all steps change the image equally. factor: of the length of a step at its middle.
    """
    now: Doubles = curve.astype(np.float64)
    images = _decode(decoder, now)
    steps, energy = _steps(now, images, factor)
    damping = 1e-3
    for number in range(MOST_ROUNDS):
        of_round = portion(progress, number / MOST_ROUNDS, (number + 1) / MOST_ROUNDS)
        bands, slope = _normal_equations(decoder, now, images, steps, factor, of_round)
        while True:
            of_round("Shortening the path", 1.0)  # each try takes seconds in hundreds of dimensions
            moved = now.copy()
            moved[1:-1] += _solve(bands, slope, damping).reshape(-1, now.shape[1])
            moved_images = _decode(decoder, moved)
            moved_steps, moved_energy = _steps(moved, moved_images, factor)
            if moved_energy < energy:
                break
            damping *= 10
            if damping > 1e6:
                return now.astype(np.float32)
        gained = (energy - moved_energy) / energy
        now, images, steps, energy = moved, moved_images, moved_steps, moved_energy
        damping = max(damping / 10, 1e-7)
        if gained < SETTLED:
            break
    return now.astype(np.float32)


def _decode(decoder: Decoder, codes: Doubles) -> Floats:
    return decoder(codes.astype(np.float32)).reshape(len(codes), -1)


def _steps(curve: Doubles, images: Floats, factor: Factor | None) -> tuple[Floats, float]:
    """The steps of the decoded image (N - 1, P), times the factor, and their energy."""
    steps = np.diff(images, axis=0)
    if factor is not None:
        steps = steps * factor((curve[:-1] + curve[1:]) / 2)[0][:, None].astype(np.float32)
    return steps, float(np.square(steps, dtype=np.float64).sum())


def _normal_equations(
    decoder: Decoder, curve: Doubles, images: Floats, steps: Floats, factor: Factor | None, progress: Progress
) -> tuple[Doubles, Doubles]:
    """Those of Gauss and Newton for the inner points: half the Hessian as upper bands, and half the gradient.

    Step i depends on the points i and i + 1 alone, so two neighbouring derivatives are held at a time.
    """
    count, latent_dim = curve.shape
    whole, beside = np.zeros((count, latent_dim, latent_dim)), np.zeros((count - 1, latent_dim, latent_dim))
    slope = np.zeros((count, latent_dim))
    factors = gradients = None
    if factor is not None:
        factors, gradients = factor((curve[:-1] + curve[1:]) / 2)
    derivatives = _derivatives(decoder, curve)
    after = next(derivatives)
    for step in range(count - 1):
        progress("Shortening the path", step / count)
        before, after = after, next(derivatives)
        ends = -before, after  # (latent_dim, P), by the two points
        if factors is not None and gradients is not None:
            turn = np.outer(gradients[step] / 2, images[step + 1] - images[step])  # the factor moves with the middle
            ends = turn - factors[step] * before, turn + factors[step] * after
        for point, end in zip((step, step + 1), ends, strict=True):
            slope[point] += end @ steps[step]
            whole[point] += end @ end.T
        beside[step] = ends[0] @ ends[1].T
    return _bands(whole[1:-1], beside[1:-1]), slope[1:-1].ravel()


def _derivatives(decoder: Decoder, curve: Doubles) -> Iterator[Doubles]:
    """The derivative of the pixel values by each point of the curve, (latent_dim, P), one after the other."""
    count, latent_dim = curve.shape
    at_once = max(1, VALUES // (2 * latent_dim * _decode(decoder, curve[:1]).size))
    for start in range(0, count, at_once):
        yield from derivatives(decoder, curve[start : start + at_once], np.eye(latent_dim))


def _bands(whole: Doubles, beside: Doubles) -> Doubles:
    """The upper bands of a symmetric matrix of blocks: the entry (i, j) is at [bands - 1 + i - j, j].

    whole: (N, D, D), the blocks on the diagonal; beside: (N - 1, D, D), those at the right of each but the last.
    """
    count, side, _ = whole.shape
    bands = np.zeros((2 * side, count * side))
    for blocks, right in ((whole, 0), (beside, 1)):
        rows, columns = np.indices((side, side)) + np.array([0, right * side])[:, None, None]
        upper = rows <= columns
        rows, columns = rows[upper], columns[upper]
        places = np.arange(len(blocks))[:, None] * side
        bands[2 * side - 1 + rows - columns, places + columns] = blocks[:, upper]
    return bands


def _solve(bands: Doubles, slope: Doubles, damping: float) -> Doubles:
    from scipy.linalg import solveh_banded

    damped = bands.copy()
    damped[-1] = damped[-1] * (1 + damping) + 1e-12 * max(damped[-1].max(), 1e-12)
    found: Doubles = solveh_banded(damped, -slope)
    return found
