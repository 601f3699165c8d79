"""exploring/directions.py: the direction from one group to another."""

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.exploring.directions import difference_of_means

CODES = np.array([(0, 0), (2, 0), (0, 4), (2, 6), (np.nan, 0)], np.float32)


def test_it_is_the_difference_of_the_means() -> None:
    np.testing.assert_array_equal(difference_of_means(CODES, np.array([2, 3, 4]), np.array([0, 1])), [0, 5])


@pytest.mark.parametrize(("these", "those"), [([0], [0]), ([], [1]), ([4], [1])])
def test_without_a_direction_there_is_a_sentence(these: list[int], those: list[int]) -> None:
    with pytest.raises(UserError):
        difference_of_means(CODES, np.array(these, int), np.array(those, int))
