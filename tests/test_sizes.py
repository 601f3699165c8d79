"""sizes.py: the width first."""

from vae_explorer.sizes import shape_text, size_text


def test_sizes_name_the_width_first():
    assert size_text(40, 48) == "48 x 40"
    assert shape_text((40, 48, 1)) == "48 x 40"
    assert shape_text((40, 48, 3)) == "48 x 40, colour"
