"""check.js: the page notices if it computes other images than Keras."""

import math

import pytest
from playwright.sync_api import Browser

from vae_explorer.assets import asset


@pytest.mark.parametrize(
    ("found", "expected"),
    [([0.5, 0.25, 0.0], 0.5), ([0.0, 0.0, 0.25], 0.25), ([0.5, math.nan, 0.0], math.inf), ([math.inf, 0, 0], math.inf)],
)
def test_the_largest_difference_is_found_and_nan_is_infinite(
    browser: Browser, found: list[float], expected: float
) -> None:
    page = browser.new_page()
    page.set_content(f"<script>{asset('page/check.js').read_text(encoding='utf-8')}</script>")
    largest = page.evaluate(
        """(found) => largestDifference({ latentDim: 1, imageShape: [3, 1, 1], decode: () => Float32Array.from(found) },
        new Float32Array(2), new Float32Array(6))""",
        found,
    )
    page.close()
    assert largest == expected
