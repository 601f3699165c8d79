"""Latent codes in the shapes that networks of other programs take and give: (N, d), (N, d, 1, 1) or (N, 1, 1, d).

Class labels are taken in the same shapes, and single numbers as (N,), too.
"""

from collections.abc import Sequence

from vae_explorer.array_types import Floats


def code_size(shape: Sequence[int | None]) -> int | None:
    """The latent dimensions d of a tensor of this shape, with the batch; None: it holds no latent codes."""
    sides = shape[1:]
    longer = [side for side in sides if side != 1]
    if not sides or len(longer) > 1:
        return None
    return longer[0] if longer else 1


def to_shape(codes: Floats, shape: Sequence[int | None]) -> Floats:
    """Latent codes or labels (N, d) in the shape of a network's input, with the batch; other values as they are."""
    if len(shape) == 1 and codes.shape[1:] == (1,):
        return codes[:, 0]
    if codes.ndim != 2 or len(shape) <= 2 or code_size(shape) != codes.shape[1]:
        return codes
    return codes.reshape(len(codes), *(side or 1 for side in shape[1:]))


def from_shape(values: Floats) -> Floats:
    """An output of a network as (N, d), if it has the shape of latent codes; other values as they are."""
    return values.reshape(len(values), -1) if values.ndim > 2 and code_size(values.shape) is not None else values
