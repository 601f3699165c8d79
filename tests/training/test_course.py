"""The progress of a training, tested without a training."""

from dataclasses import replace

import pytest

from vae_explorer.data.dataset import DatasetInfo
from vae_explorer.run.checkpoint import Checkpoint
from vae_explorer.run.config import training_config
from vae_explorer.run.history import EpochRecord
from vae_explorer.run.segments import segment
from vae_explorer.training.course import Course

CONFIG = training_config("dense", epochs=5, patience=2)
STEPS = 8


def record(epoch: int, val_loss: float = 100.0) -> EpochRecord:
    return EpochRecord(epoch, 100.0, 95.0, 5.0, val_loss, val_loss - 5, 5.0, 1.0, 0.001)


def checkpoint(epochs: int, earlier: int = 0) -> Checkpoint:
    """A checkpoint after `epochs` epochs; the first `earlier` of them belong to another segment."""
    segments = (segment(CONFIG, 1, earlier, earlier * STEPS + 3, "", ""),) if earlier else ()
    history = tuple(record(epoch + 1) for epoch in range(epochs))
    images = DatasetInfo("none", "", "", (28, 28, 1), 0, 0, ())
    return Checkpoint(CONFIG, images, "", history, [], [], None, segments, began="then", log="")


def test_a_new_training_is_at_its_first_epoch_and_has_learned_nothing() -> None:
    course = Course(CONFIG, STEPS, None)
    assert (course.epoch, course.step, course.steps_left) == (1, 0, 40)
    assert not course.has_learned
    assert not course.has_all_epochs
    course.step += 1
    assert course.has_learned


def test_a_resumed_training_continues_after_its_whole_epochs() -> None:
    course = Course(CONFIG, STEPS, checkpoint(3))
    assert (course.epoch, course.step, course.steps_left) == (4, 24, 16)
    assert course.has_learned
    assert course.segments[0].began == "then"
    assert course.segments[0].steps == 24


def test_a_new_segment_has_learned_nothing_yet() -> None:
    course = Course(CONFIG, STEPS, checkpoint(3, earlier=3))
    assert not course.has_learned
    course.step += 2
    assert [part.steps for part in course.segments] == [27, 2]
    assert [part.first_epoch for part in course.segments] == [1, 4]
    assert course.first_comparable == 3
    assert course.seams == (3,)


def test_patience_counts_from_the_best_epoch() -> None:
    course = Course(CONFIG, STEPS, None)
    for epoch, val_loss in enumerate((90, 80, 85), start=1):
        course.end_epoch(record(epoch, val_loss))
    assert course.best is course.history[1]
    assert not course.is_out_of_patience
    course.end_epoch(record(4, 81))
    assert course.is_out_of_patience


@pytest.mark.parametrize("patience", [None, 2])
def test_while_beta_rises_there_is_no_best_epoch_and_no_end_of_patience(patience: int | None) -> None:
    course = Course(replace(CONFIG, kl_warmup=3, patience=patience), STEPS, None)
    for epoch in (1, 2, 3):
        course.end_epoch(record(epoch, 80.0 + epoch))
    assert course.best is None
    assert not course.is_out_of_patience
