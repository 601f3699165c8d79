"""The range of losses that an axis shows, and what lies outside."""

import numpy as np

from vae_explorer.gui.training.loss_history import Buckets
from vae_explorer.gui.training.loss_range import Extent, extent_of

NO_BATCHES = Buckets.single(np.empty(0, np.int64), np.empty((0, 3)))


def of_epochs(losses: list[float]) -> Extent:
    """Epochs whose losses are the same in training and in validation."""
    values = np.repeat(np.array(losses)[:, None], 6, axis=1)
    return extent_of(NO_BATCHES, Buckets.single(np.arange(1, len(losses) + 1), values), [], (0, 1))


def test_of_many_epochs_the_first_are_left_out_and_known_to_be() -> None:
    extent = of_epochs([300, 160, *np.linspace(140, 130, 40)])
    assert (extent.low, extent.most) == (130, 300)
    assert extent.high < 145
    assert extent.cuts_off == (False, True)
    assert extent.whole.cuts_off == (False, False)


def test_of_few_epochs_none_is_left_out() -> None:
    assert of_epochs([250, 199]) == Extent(199, 250, 199, 250)


def test_losses_that_are_not_finite_are_no_part_of_it() -> None:
    assert of_epochs([200, 199, np.nan, np.inf]) == Extent(199, 200, 199, 200)
    assert of_epochs([np.nan]) == Extent(0, 1, 0, 1)


def test_beside_other_runs_the_losses_of_training_are_not_drawn_and_do_not_count() -> None:
    epochs = Buckets.single(np.array([1, 2]), np.array([[500.0, 490, 10, 200, 190, 10], [180, 170, 10, 190, 180, 10]]))
    other = np.array([[210.0, np.nan, 5], [205, np.nan, 5]])
    assert extent_of(NO_BATCHES, epochs, [other], (0,)) == Extent(190, 210, 190, 210)
