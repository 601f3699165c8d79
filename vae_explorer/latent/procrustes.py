"""Aligns the latent codes of two models by rotation or reflection, translation and scale."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Doubles, Floats
from vae_explorer.errors import UserError


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """A similarity from the latent space of a model A to that of a model B, and back."""

    centre_a: Doubles  # (Da,)
    centre_b: Doubles  # (Db,)
    turn: Doubles  # (Da, Db), of the smaller of both spaces a rotation or reflection
    scale: float  # length in B of a length of 1 in A, above 0
    correlation: float  # of the aligned codes, 0 to 1; its square is the share of B's variance that A explains

    def to_b(self, codes: Floats) -> Floats:
        """Where codes (..., Da) of A lie in B: (..., Db)."""
        moved = self.centre_b + self.scale * (codes.astype(np.float64) - self.centre_a) @ self.turn
        return np.asarray(moved, np.float32)

    def to_a(self, codes: Floats) -> Floats:
        """Where codes (..., Db) of B lie in A: (..., Da). If A has as many dimensions, it undoes `to_b`."""
        moved = self.centre_a + (codes.astype(np.float64) - self.centre_b) @ self.turn.T / self.scale
        return np.asarray(moved, np.float32)


def align(codes_a: Floats, codes_b: Floats) -> Alignment:
    """The similarity that brings codes (N, Da) of images nearest to the codes (N, Db) of the same images.

    The rotation or reflection solves the orthogonal Procrustes problem of the centred codes: Schoenemann 1966, "A
    generalized solution of the orthogonal Procrustes problem", Psychometrika 31; if Da and Db differ, the shorter codes
    are padded with zeros. The scale is the ratio of the spreads, so that A aligned with B is the inverse of B aligned
    with A: Horn 1987, "Closed-form solution of absolute orientation using unit quaternions", section 2.E. The scale of
    least squares would shrink towards 0 where codes agree little. Raises UserError unless more images than dimensions
    are given.
    """
    count, dims = len(codes_a), (codes_a.shape[1], codes_b.shape[1])
    if count <= max(dims):
        raise UserError(f"Codes of {max(dims)} dimensions are aligned by more than {max(dims)} images, not {count:,}.")
    from scipy.linalg import orthogonal_procrustes

    centres = [codes.mean(axis=0, dtype=np.float64) for codes in (codes_a, codes_b)]
    padded = []
    for codes, centre in zip((codes_a, codes_b), centres, strict=True):
        padded.append(np.zeros((count, max(dims))))
        padded[-1][:, : codes.shape[1]] = codes - centre
    turn, shared = orthogonal_procrustes(*padded)
    spread_a, spread_b = (float(np.linalg.norm(codes)) for codes in padded)
    apart = spread_a > 0 and spread_b > 0  # else all codes of one model are one code
    return Alignment(
        centres[0],
        centres[1],
        turn[: dims[0], : dims[1]],
        spread_b / spread_a if apart else 1.0,
        min(1.0, float(shared) / (spread_a * spread_b)) if apart else 0.0,
    )
