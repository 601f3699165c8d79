"""latent/code_text.py: positions as text, there and back."""

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.latent.code_text import code_text, read_code


@pytest.mark.parametrize("code", [[0.71, -1.79], [0.0], [1e-9, 123.456, -0.000001, 3]])
def test_a_code_is_read_back_as_it_was_written(code: list[float]) -> None:
    given = np.array(code, np.float32)
    np.testing.assert_allclose(read_code(code_text(given)), given, rtol=1e-6, atol=1e-6)


def test_the_text_is_that_of_the_page() -> None:
    assert code_text(np.array([0.71, -2], np.float32)) == "#z=0.71,-2"


@pytest.mark.parametrize(
    "text", ["#z=0.5,-2", "z=0.5,-2", " 0.5, -2 ", "0.5 -2", "0.5; -2", "file:///home/a/page.html#z=0.5,-2"]
)
def test_links_and_bare_numbers_are_read(text: str) -> None:
    assert read_code(text).tolist() == [0.5, -2]


@pytest.mark.parametrize("text", ["", "#z=", "#z=a,b", "1,,2", "page.html"])
def test_what_is_no_position_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match=r"#z=0\.71,1\.79"):
        read_code(text)


@pytest.mark.parametrize("text", ["nan,0", "inf,0", "1e9,0"])
def test_what_lies_nowhere_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="from -1,000,000 to 1,000,000"):
        read_code(text)
