"""Words for the dimensions that have collapsed."""

import numpy as np
import pytest

from vae_explorer.latent.collapse import collapse_note


@pytest.mark.parametrize(
    ("active", "note"),
    [
        ([1, 1], ""),
        ([1, 1, 0], "z3 has collapsed: it says nothing about the images"),
        ([0, 1, 0], "z1 and z3 have collapsed: they say nothing about the images"),
        ([0] * 8, "z1, z2, z3, z4 and 4 more have collapsed: they say nothing about the images"),
        ([0] * 5, "z1, z2, z3, z4 and z5 have collapsed: they say nothing about the images"),
    ],
)
def test_collapsed_dimensions_are_named(active: list[int], note: str) -> None:
    assert collapse_note(np.array(active, bool)) == note
