"""A latent code as the text that links of the HTML page end in: "#z=0.71,1.79"."""

import re

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError

MARK = "#z="
LARGEST = 1e6  # farther out no decoder has seen anything, and float32 keeps no steps of 0.1


def code_text(code: Floats) -> str:
    """The text of a latent code (latent_dim,), each number to six decimals."""
    return MARK + ",".join(np.format_float_positional(value, precision=6, trim="-") for value in code)


def read_code(text: str) -> Floats:
    """The numbers (n,) float32 of "#z=0.71,1.79", of a link that ends so, of "0.71, 1.79" or "0,71; 1,79".

    Raises UserError.
    """
    numbers = text.rpartition("z=")[2]
    if ";" in numbers:
        numbers = numbers.replace(",", ".")
    try:
        values = np.array([float(number) for number in re.split(r"\s*[,;\s]\s*", numbers.strip())], np.float64)
    except ValueError:
        raise UserError(
            f"{text.strip()!r} is no position: write its numbers with decimal points and commas between them, such as "
            f"{MARK}0.71,1.79."
        ) from None
    if not (np.abs(values) <= LARGEST).all():
        raise UserError(f"A position has numbers from {-LARGEST:,.0f} to {LARGEST:,.0f}.")
    return values.astype(np.float32)
