"""Training a run further: a second segment, whose history begins with the earlier epochs."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tests.training.test_resume import CutOffError, losses
from vae_explorer.data.dataset import Dataset
from vae_explorer.data.reading import make_dataset
from vae_explorer.errors import UserError
from vae_explorer.run.checkpoint import read_checkpoint
from vae_explorer.run.config import training_config
from vae_explorer.run.folder import is_unfinished
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import is_run
from vae_explorer.run.run import Run
from vae_explorer.run.segments import Segment, best_epoch, first_comparable, seams
from vae_explorer.run.snapshots import snapshot_epochs
from vae_explorer.training.events import BatchProgress, Control, EpochEnded, Event, Started
from vae_explorer.training.further import epochs_drawn_for, further_config
from vae_explorer.training.start import resume, train, train_further

CONFIG = training_config(
    "dense", epochs=2, limit=256, batch_size=64, restore_best=True, validation_share=0.2, learning_rate=0.002
)
STEPS = 4  # per epoch


@pytest.fixture(scope="module")
def first(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Run:
    run = train(CONFIG, digits, tmp_path_factory.mktemp("first") / "run", note="a note")
    assert run is not None
    return run


@pytest.fixture(scope="module")
def further(first: Run, digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, list[Event]]:
    """`first` trained for two more epochs, and the events."""
    events: list[Event] = []
    folder = tmp_path_factory.mktemp("further") / "run"
    run = train_further(first, further_config(first, 2, learning_rate=0.001), folder, digits, events.append)
    assert run is not None
    return run, events


@pytest.mark.long
def test_the_history_continues_and_the_segments_are_recorded(first: Run, further: tuple[Run, list[Event]]) -> None:
    run, _ = further
    assert run.history[:2] == first.history
    assert [record.epoch for record in run.history] == [1, 2, 3, 4]
    assert run.history[2].val_loss < first.history[0].val_loss  # it does not start from new weights
    assert (run.info.epochs, run.info.steps, run.info.origin.epochs) == (4, 4 * STEPS, 4)
    assert (run.info.status, run.info.note) == ("finished", "a note")
    one, two = run.info.segments
    assert one == first.info.segments[0]
    assert dataclasses.replace(two, began="", ended="") == Segment(
        3, 2, 2 * STEPS, 0.001, "cosine", "adam", beta=1.0, seed=0, began="", ended=""
    )
    assert one.began <= one.ended <= two.began <= two.ended
    assert run.info.seams == (2,)
    assert open_run(run.folder).info == run.info


@pytest.mark.long
def test_its_snapshots_are_those_of_all_segments(first: Run, further: tuple[Run, list[Event]]) -> None:
    assert snapshot_epochs(first.folder) == (0, 1, 2)
    assert snapshot_epochs(further[0].folder) == (0, 1, 2, 3, 4)


@pytest.mark.long
def test_its_schedule_restarts(first: Run, further: tuple[Run, list[Event]]) -> None:
    rates = [record.learning_rate for record in further[0].history]
    assert rates[1] == pytest.approx(0, abs=1e-9)
    assert rates[2:] == pytest.approx([0.0005, 0], abs=1e-9)


@pytest.mark.long
def test_steps_continue_and_the_start_reports_the_earlier_epochs(first: Run, further: tuple[Run, list[Event]]) -> None:
    _, events = further
    [started] = [event for event in events if isinstance(event, Started)]
    assert (started.history, started.first_comparable, started.seams) == (first.history, 2, (2,))
    steps = np.concatenate([event.steps for event in events if isinstance(event, BatchProgress)])
    np.testing.assert_array_equal(steps, np.arange(2 * STEPS + 1, 4 * STEPS + 1))


@pytest.mark.long
def test_the_best_epoch_is_one_of_the_new_ones(further: tuple[Run, list[Event]]) -> None:
    run, events = further
    assert run.info.best_epoch in (3, 4)
    assert all(event.best is not None and event.best.epoch > 2 for event in events if isinstance(event, EpochEnded))


@pytest.mark.long
def test_one_that_is_cut_off_in_the_second_segment_ends_as_one_that_was_not(
    first: Run, further: tuple[Run, list[Event]], digits: Dataset, tmp_path: Path
) -> None:
    def watch(event: Event) -> None:
        if isinstance(event, EpochEnded):
            raise CutOffError

    config = further_config(first, 2, learning_rate=0.001)
    with pytest.raises(CutOffError):
        train_further(first, config, tmp_path / "run", digits, watch)
    assert is_unfinished(tmp_path / "run")
    assert read_checkpoint(tmp_path / "run").segments == first.info.segments
    run = resume(tmp_path / "run", digits)
    assert run is not None
    np.testing.assert_allclose(losses(run.history), losses(further[0].history), rtol=0, atol=1e-6)
    np.testing.assert_allclose(run.codes.z_mean, further[0].codes.z_mean, atol=1e-6)
    assert [dataclasses.replace(part, began="", ended="") for part in run.info.segments] == [
        dataclasses.replace(part, began="", ended="") for part in further[0].info.segments
    ]


@pytest.mark.long
def test_a_run_to_be_replaced_stays_until_the_new_one_is_whole(
    first: Run, further: tuple[Run, list[Event]], digits: Dataset, tmp_path: Path
) -> None:
    import shutil

    run = open_run(Path(shutil.copytree(first.folder, tmp_path / "run")))
    config = further_config(run, 2, learning_rate=0.001)
    with pytest.raises(UserError, match="exists already"):
        train_further(run, config, run.folder, digits)
    control = Control()

    def discard(event: Event) -> None:
        if isinstance(event, EpochEnded):
            control.discard()

    assert train_further(run, config, run.folder, digits, discard, control, overwrite=True) is None
    assert open_run(run.folder).info == run.info
    again = train_further(run, config, run.folder, digits, overwrite=True)
    assert again is not None
    assert open_run(run.folder).info.epochs == 4
    np.testing.assert_allclose(losses(again.history), losses(further[0].history), rtol=0, atol=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


def test_a_stop_before_the_first_new_step_changes_nothing(first: Run, digits: Dataset, tmp_path: Path) -> None:
    control = Control()
    control.stop()
    assert train_further(first, further_config(first, 2), tmp_path / "run", digits, control=control) is None
    assert not (tmp_path / "run").exists()


@pytest.mark.long
def test_orders_and_draws_that_a_stopped_epoch_used_are_not_used_again(
    first: Run, digits: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vae_explorer.model import batches
    from vae_explorer.training import calls, reporting

    monkeypatch.setattr(reporting, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(calls, "MOST_STEPS", 1)
    control = Control()

    def stop(event: Event) -> None:
        if isinstance(event, BatchProgress) and event.steps[-1] == STEPS + 2:
            control.stop()

    stopped = train(CONFIG, digits, tmp_path / "stopped", stop, control)
    assert stopped is not None
    assert (stopped.info.epochs, stopped.info.steps) == (1, STEPS + 3)  # a step more is in progress
    drawn = []
    usual = batches.training_batches

    def watched(images: np.ndarray, config: object, first_epoch: int, steps_per_call: int) -> object:
        drawn.append(first_epoch)
        return usual(images, config, first_epoch, steps_per_call)  # type: ignore[arg-type]

    monkeypatch.setattr(batches, "training_batches", watched)
    run = train_further(stopped, further_config(stopped, 1), tmp_path / "further", digits)
    assert run is not None
    assert drawn == [2]  # the third; the second was begun
    assert [record.epoch for record in run.history] == [1, 2]
    assert run.info.steps == stopped.info.steps + STEPS
    assert epochs_drawn_for(run.info.segments, STEPS) == 1


def test_a_run_from_before_there_were_segments_has_one(first: Run) -> None:
    info = dataclasses.replace(first.info, segments=())
    [part] = info.all_segments
    assert (part.first_epoch, part.epochs, part.steps, part.began) == (1, 2, 2 * STEPS, "")
    assert info.seams == ()


@pytest.mark.parametrize(
    ("name", "value"), [("beta", 2.0), ("seed", 1), ("latent_dim", 3), ("pixels", "binarized"), ("batch_size", 8)]
)
def test_a_setting_that_has_to_stay_is_refused(
    first: Run, digits: Dataset, tmp_path: Path, name: str, value: object
) -> None:
    with pytest.raises(UserError, match=f"trained further with the {name.replace('_', ' ')} that it has"):
        further_config(first, 2, **{name: value})
    config = dataclasses.replace(further_config(first, 2), **{name: value})
    with pytest.raises(UserError, match=f"trained further with the {name.replace('_', ' ')} that it has"):
        train_further(first, config, tmp_path / "run", digits)


def test_no_epochs_are_refused(first: Run) -> None:
    with pytest.raises(UserError, match="1 epoch or more"):
        further_config(first, 0)


def test_other_images_and_another_division_are_refused(first: Run, digits: Dataset, tmp_path: Path) -> None:
    config = further_config(first, 1)
    other = make_dataset("other", "other", 255 - digits.images, digits.labels, digits.held_out)
    with pytest.raises(UserError, match="does not hold the images"):
        train_further(first, config, tmp_path / "run", other)
    divided = make_dataset("same", "same", digits.images, digits.labels, np.roll(digits.held_out, 128))
    assert divided.info.fingerprint == digits.info.fingerprint
    with pytest.raises(UserError, match="does not hold out the images"):
        train_further(first, config, tmp_path / "run", divided)
    assert not is_run(tmp_path / "run")


def test_which_epochs_can_be_the_best(first: Run) -> None:
    [one] = first.info.segments
    two = dataclasses.replace(one, first_epoch=3)
    warming = dataclasses.replace(CONFIG, kl_warmup=1)
    assert [first_comparable(warming, parts) for parts in ((), (one,), (one, two))] == [1, 1, 2]
    assert (seams((one,)), seams((one, two))) == ((), (2,))
    assert best_epoch(first.history, 2) is None
    assert best_epoch(first.history, 1) is first.history[1]
