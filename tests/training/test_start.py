"""training/start.py: real trainings of a small network on real digits, and every way for them to end."""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from vae_explorer.data.dataset import HELD_OUT, TRAINING, VALIDATION, Dataset, split
from vae_explorer.data.reading import make_dataset
from vae_explorer.errors import UserError
from vae_explorer.latent.plane import axis_positions
from vae_explorer.model.litert import LiteRTDecoder
from vae_explorer.run.config import VALIDATION_SHARE, TrainingConfig, training_config
from vae_explorer.run.folder import is_unfinished
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import LOCK
from vae_explorer.run.run import Run
from vae_explorer.training import calls, preview, reporting
from vae_explorer.training.events import (
    BatchProgress,
    Control,
    DecoderUpdated,
    EpochEnded,
    Event,
    Finishing,
    Preview,
    Started,
    Warned,
    strip_rows,
)
from vae_explorer.training.start import train

STEPS_PER_EPOCH = 8  # of `digits`, 469 images to train on, in batches of 64


def config(**settings: Any) -> TrainingConfig:
    return training_config("dense", **({"epochs": 2, "batch_size": 64} | settings))


class Recorder:
    """Keeps the events, and makes requests at the one that `when` picks."""

    def __init__(self, when: Callable[[Event], bool] = lambda _: False, request: str = "stop") -> None:
        self.events: list[Event] = []
        self.control = Control()
        self._when, self._request = when, request
        self.steps_at_request: int | None = None

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        if self.steps_at_request is None and self._when(event):
            self.steps_at_request = max((int(e.steps[-1]) for e in self.all(BatchProgress)), default=0)
            getattr(self.control, self._request)()

    def all(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


def at(kind: type, **fields: Any) -> Callable[[Event], bool]:
    return lambda event: (
        isinstance(event, kind) and all(getattr(event, name) == value for name, value in fields.items())
    )


def in_the_midst_of_epoch(epoch: int) -> Callable[[Event], bool]:
    """Whether the event is the report after the third step of an epoch."""
    return lambda event: isinstance(event, BatchProgress) and event.steps[-1] == (epoch - 1) * STEPS_PER_EPOCH + 3


@pytest.fixture
def every_step_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reporting, "REPORT_SECONDS", 0.0)
    monkeypatch.setattr(calls, "MOST_STEPS", 1)


@pytest.fixture
def parent(tmp_path: Path) -> Path:
    """An empty folder, in which a test checks what a training leaves."""
    folder = tmp_path / "parent"
    folder.mkdir()
    return folder


def hashes(folder: Path) -> dict[str, str]:
    """Every file below a folder with the hash of its bytes."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }


def without_times(run: Run) -> list[Any]:
    return [replace(record, seconds=0.0) for record in run.history]


@pytest.fixture(scope="module")
def recorded(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[Recorder, Run]:
    """The same training as `tiny_run`, listened to."""
    recorder = Recorder()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporting, "REPORT_SECONDS", 0.0)
        patch.setattr(calls, "MOST_STEPS", 1)
        patch.setattr(preview, "LIVE_SECONDS", 0.0)
        run = train(config(), digits, tmp_path_factory.mktemp("runs") / "recorded", recorder)
    assert run is not None
    return recorder, run


# A whole training


def test_a_training_leaves_a_run_that_opens(tiny_run: Run, digits: Dataset):
    assert open_run(tiny_run.folder).info == tiny_run.info
    info = tiny_run.info
    assert (info.status, info.epochs, info.steps, info.name) == ("finished", 2, 2 * STEPS_PER_EPOCH, "tiny")
    assert info.origin == replace(config(), likelihood="bernoulli")
    assert (info.encoder_parameters, info.decoder_parameters) == (566_660, 567_184)
    assert set(info.versions) == {"vae_explorer", "python", "tensorflow", "keras", "numpy"}
    assert len(tiny_run.history) == 2


def test_a_training_learns(tiny_run: Run):
    first, second = tiny_run.history
    assert second.loss < first.loss < 784 * np.log(2)
    assert second.val_loss < first.val_loss


def test_the_losses_are_kept_apart_and_add_up(tiny_run: Run):
    for record in tiny_run.history:
        assert record.loss == pytest.approx(record.reconstruction_loss + record.kl_loss, rel=1e-5)
        assert record.val_loss == pytest.approx(record.val_reconstruction_loss + record.val_kl_loss, rel=1e-5)
        assert record.kl_loss > 0


def test_every_image_has_its_latent_code_and_its_split(tiny_run: Run, digits: Dataset):
    codes = tiny_run.codes
    np.testing.assert_array_equal(codes.index, np.arange(640))
    np.testing.assert_array_equal(codes.split, split(digits, seed=0, validation_share=VALIDATION_SHARE))
    assert [int((codes.split == part).sum()) for part in (TRAINING, VALIDATION, HELD_OUT)] == [469, 43, 128]
    encoder = keras.saving.load_model(tiny_run.folder / "model/encoder.keras", compile=False, safe_mode=True)
    z_mean, z_log_var = encoder(digits.images.astype(np.float32) / 255)
    np.testing.assert_allclose(codes.z_mean, z_mean.numpy(), atol=1e-5)
    np.testing.assert_allclose(codes.z_log_var, z_log_var.numpy(), rtol=2e-3, atol=1e-4)


def test_the_encoder_for_litert_is_the_same(tiny_run: Run, digits: Dataset):
    from ai_edge_litert.interpreter import Interpreter

    # By name: in the file, the order of the outputs is reversed.
    encode = Interpreter(model_content=tiny_run.networks.encoder).get_signature_runner()
    outputs = encode(image=digits.images.astype(np.float32) / 255)
    np.testing.assert_allclose(outputs["output_0"], tiny_run.codes.z_mean, atol=1e-5)
    np.testing.assert_allclose(outputs["output_1"], tiny_run.codes.z_log_var, rtol=2e-3, atol=1e-4)


def test_the_held_out_images_are_evaluated_once_at_the_end(tiny_run: Run, recorded: tuple[Recorder, Run]):
    held_out = tiny_run.info.held_out
    assert held_out is not None
    assert held_out.images == 128
    assert held_out.negative_elbo == pytest.approx(tiny_run.history[-1].val_loss, rel=0.2)
    assert 0 < held_out.negative_elbo_standard_error < 20
    tasks = [task for task, _ in groupby(event.task for event in recorded[0].all(Finishing))]
    assert tasks.count("Evaluating held-out images") == 1


def test_the_sample_is_of_held_out_images(tiny_run: Run, digits: Dataset):
    assert len(tiny_run.sample.index) == 128
    assert digits.held_out[tiny_run.sample.index].all()


def test_the_sample_keeps_2000_of_many_held_out_images(parent: Path):
    images = np.random.default_rng(0).integers(0, 256, (2540, 16, 16, 1)).astype(np.uint8)
    many = make_dataset("many", "memory", images, None, np.arange(2540) >= 40)
    recorder = Recorder(at(Preview), "discard")
    assert train(config(), many, parent / "run", recorder, recorder.control) is None
    sample = recorder.all(Started)[0].sample
    assert len(np.unique(sample.index)) == 2000
    assert (sample.index[0], sample.index[-1]) == (40, 2539)
    np.testing.assert_array_equal(sample.images, images[sample.index])


def test_the_same_seed_gives_the_same_result_to_the_last_bit(tiny_run: Run, recorded: tuple[Recorder, Run]):
    _, again = recorded
    assert without_times(again) == without_times(tiny_run)
    np.testing.assert_array_equal(again.codes.z_mean, tiny_run.codes.z_mean)
    np.testing.assert_array_equal(again.codes.z_log_var, tiny_run.codes.z_log_var)
    z = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    images = [LiteRTDecoder(run.networks.decoder, 2, (28, 28, 1))(z) for run in (again, tiny_run)]
    np.testing.assert_array_equal(*images)
    assert again.info.held_out == tiny_run.info.held_out


@pytest.mark.long
def test_another_seed_gives_another_result(tiny_run: Run, digits: Dataset, parent: Path):
    recorder = Recorder(at(EpochEnded), "discard")
    train(config(seed=1), digits, parent / "run", recorder, recorder.control)
    other, first = recorder.all(EpochEnded)[0].record, tiny_run.history[0]
    assert other.loss != first.loss
    assert other.val_kl_loss != first.val_kl_loss


@pytest.fixture(scope="module")
def colour_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Of 40 colour images without labels and held-out ones, 24 of them used, written to an empty folder."""
    images = np.random.default_rng(0).integers(0, 256, (40, 16, 20, 3)).astype(np.uint8)
    colour = make_dataset("colour", "memory", images, None, np.zeros(40, bool))
    run = train(config(latent_dim=5, epochs=1, limit=24, beta=0.0), colour, tmp_path_factory.mktemp("empty", False))
    assert run is not None
    return run


@pytest.mark.long
def test_colour_images_are_trained_on_too(colour_run: Run):
    assert colour_run.codes.z_mean.shape == (24, 5)
    decoder = LiteRTDecoder(colour_run.networks.decoder, 5, (16, 20, 3))
    assert decoder(np.zeros((1, 5), np.float32)).shape == (1, 16, 20, 3)


@pytest.mark.long
def test_without_held_out_images_nothing_is_held_out(colour_run: Run):
    assert colour_run.info.held_out is None
    assert colour_run.sample.images.shape == (0, 16, 20, 3)
    assert set(colour_run.codes.split.tolist()) == {TRAINING, VALIDATION}


@pytest.mark.long
def test_without_labels_no_code_has_one(colour_run: Run):
    assert colour_run.info.dataset.class_names == ()
    assert set(colour_run.codes.label.tolist()) == {-1}


@pytest.mark.long
def test_with_beta_0_the_loss_is_the_reconstruction_loss(colour_run: Run):
    (record,) = colour_run.history
    assert record.loss == record.reconstruction_loss
    assert record.kl_loss > 0


# Pixels and quality


def test_a_run_holds_its_quality(tiny_run: Run):
    quality, held_out = tiny_run.info.quality, tiny_run.info.held_out
    assert quality is not None
    assert held_out is not None
    assert (quality.pixels, quality.samples, len(quality.kl_by_dimension)) == ("grey", 20, 2)
    assert (quality.negative_elbo.value, quality.kl_loss.value) == (held_out.negative_elbo, held_out.kl_loss)
    assert quality.log_likelihood is not None
    assert -held_out.negative_elbo < quality.log_likelihood.value < 0
    assert quality.neighbour_accuracy is not None
    assert open_run(tiny_run.folder).info.quality == quality


@pytest.mark.long
def test_without_held_out_images_no_quality_is_measured(colour_run: Run):
    assert colour_run.info.quality is None


@pytest.mark.long
def test_binarized_pixels_are_stored_and_learned_from(tiny_run: Run, digits: Dataset, parent: Path):
    run = train(config(pixels="binarized", epochs=1), digits, parent)
    assert run is not None
    assert run.info.origin.pixels == "binarized"
    assert run.info.pixels_note == " (binarized pixels)"
    assert run.info.quality is not None
    assert run.info.quality.pixels == "binarized"
    assert run.history[0].loss != tiny_run.history[0].loss
    assert tiny_run.info.pixels_note == ""


@pytest.mark.long
def test_binarized_pixels_are_a_function_of_the_seed_and_the_step(digits: Dataset, parent: Path):
    run, again = (train(config(pixels="binarized", epochs=1), digits, parent / name) for name in ("run", "again"))
    assert run is not None
    assert again is not None
    assert without_times(run) == without_times(again)
    assert run.info.quality == again.info.quality
    np.testing.assert_array_equal(run.codes.z_mean, again.codes.z_mean)


@pytest.mark.long
@pytest.mark.parametrize("request_", ["stop", "discard"])
def test_a_request_while_the_likelihood_is_estimated(digits: Dataset, parent: Path, request_: str):
    recorder = Recorder(at(Finishing, task="Estimating the log-likelihood"), request_)
    run = train(config(epochs=1, limit=64), digits, parent / "run", recorder, recorder.control)
    if request_ == "discard":
        assert run is None
        assert list(parent.iterdir()) == []
        return
    assert run is not None
    assert run.info.status == "finished"
    assert run.info.quality is not None
    assert run.info.quality.log_likelihood is None
    assert run.info.quality.prior_distance is not None
    assert open_run(parent / "run").info == run.info


@pytest.mark.long
@pytest.mark.parametrize("task", ["Encoding all images", "Evaluating held-out images", "Estimating the log-likelihood"])
def test_the_evaluation_can_be_skipped_without_losing_the_training(digits: Dataset, parent: Path, task: str):
    control, is_there = Control(), at(Finishing, task=task)
    run = train(
        config(epochs=1, limit=64),
        digits,
        parent / "run",
        lambda event: control.skip() if is_there(event) else None,
        control,
    )
    assert run is not None
    assert run.info.status == "finished"
    measured = run.info.quality is not None
    assert measured == (task == "Estimating the log-likelihood")
    assert (run.info.held_out is not None) == measured
    assert open_run(parent / "run").info == run.info


# Events


def test_events_come_in_order(recorded: tuple[Recorder, Run]):
    events = recorded[0].events
    assert isinstance(events[0], Started)
    assert isinstance(events[1], Preview)
    kinds = [type(event) for event in events]
    ends = [index for index, kind in enumerate(kinds) if kind is EpochEnded]
    assert len(ends) == 2
    assert kinds.count(Preview) == 3
    for end in ends:
        before = [event.epoch for event in events[:end] if isinstance(event, BatchProgress)]
        after = [event.epoch for event in events[end:] if isinstance(event, BatchProgress)]
        assert set(before) == set(range(1, events[end].record.epoch + 1))
        assert all(epoch > events[end].record.epoch for epoch in after)
    assert all(kinds[end + 1] is Preview for end in ends)
    assert kinds.count(DecoderUpdated) == 2 * (STEPS_PER_EPOCH + 1)  # after each step and the batch of validation
    finishing = kinds.index(Finishing)
    assert finishing > ends[-1]
    assert set(kinds[finishing:]) == {Finishing}
    assert Warned not in kinds


def test_every_step_is_reported_once(recorded: tuple[Recorder, Run]):
    progress = recorded[0].all(BatchProgress)
    steps = np.concatenate([event.steps for event in progress])
    np.testing.assert_array_equal(steps, np.arange(1, 2 * STEPS_PER_EPOCH + 1))
    assert all(event.losses.shape == (len(event.steps), 3) for event in progress)
    assert all(event.epoch == (event.steps[-1] - 1) // STEPS_PER_EPOCH + 1 for event in progress)


@pytest.mark.long
def test_seldom_reports_lose_no_step(digits: Dataset, parent: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reporting, "REPORT_SECONDS", 1e9)
    recorder = Recorder(lambda event: isinstance(event, Finishing), "discard")
    train(config(limit=64, batch_size=8), digits, parent / "run", recorder, recorder.control)
    steps = np.concatenate([event.steps for event in recorder.all(BatchProgress)])
    np.testing.assert_array_equal(steps, np.arange(1, 17))


def test_the_loss_of_an_epoch_is_the_mean_over_its_images(recorded: tuple[Recorder, Run]):
    losses = np.concatenate([event.losses for event in recorded[0].all(BatchProgress)])
    sizes = [64] * 7 + [469 - 7 * 64]
    for epoch, record in enumerate(recorded[1].history):
        mean = np.average(losses[epoch * STEPS_PER_EPOCH : (epoch + 1) * STEPS_PER_EPOCH], axis=0, weights=sizes)
        assert mean.tolist() == pytest.approx([record.loss, record.reconstruction_loss, record.kl_loss], rel=1e-5)


def test_the_epochs_that_were_reported_are_those_of_the_history(recorded: tuple[Recorder, Run]):
    recorder, run = recorded
    assert tuple(event.record for event in recorder.all(EpochEnded)) == run.history
    assert [record.epoch for record in run.history] == [1, 2]


def test_progress_reports_the_time_left(recorded: tuple[Recorder, Run]):
    progress = recorded[0].all(BatchProgress)
    assert all(later.elapsed > earlier.elapsed for earlier, later in pairwise(progress))
    assert all(event.images_per_second > 0 for event in progress)
    assert progress[-1].seconds_left == 0
    assert progress[0].seconds_left == pytest.approx(progress[0].elapsed * 15, rel=1e-6)


def test_finishing_goes_from_task_to_task_and_forwards_in_each(recorded: tuple[Recorder, Run]):
    finishing = recorded[0].all(Finishing)
    assert list(dict.fromkeys(event.task for event in finishing)) == [
        "Encoding all images",
        "Evaluating held-out images",
        "Comparing held-out images with those of the training",
        "Estimating the log-likelihood",
        "Writing the run",
    ]
    for earlier, later in pairwise(finishing):
        assert 0 <= earlier.done <= 1
        assert later.task != earlier.task or later.done >= earlier.done


def test_the_live_decoder_follows_and_the_preview_shows_the_sample(recorded: tuple[Recorder, Run], digits: Dataset):
    recorder, run = recorded
    started = recorder.all(Started)[0]
    assert started.steps_per_epoch == STEPS_PER_EPOCH
    assert started.device
    np.testing.assert_array_equal(started.sample.images, run.sample.images)
    assert digits.labels is not None
    np.testing.assert_array_equal(started.columns.label, digits.labels[run.sample.index])
    last = recorder.all(Preview)[-1]
    np.testing.assert_allclose(last.z_mean, run.codes.z_mean[run.sample.index], atol=1e-6)
    # After the last epoch the live decoder is the one that was saved.
    z = last.z_mean[strip_rows(len(last.z_mean))]
    saved = LiteRTDecoder(run.networks.decoder, 2, (28, 28, 1))(z)
    np.testing.assert_allclose(started.decoder(z), saved, atol=1e-5)
    np.testing.assert_allclose(last.reconstructions, saved * 255, atol=0.51)


def test_the_preview_shows_the_kl_of_each_dimension_and_decodes_the_plane(recorded: tuple[Recorder, Run]):
    recorder, run = recorded
    last = recorder.all(Preview)[-1]
    shown = np.flatnonzero(np.isin(run.codes.index, run.sample.index))
    mean, log_var = run.codes.z_mean[shown], run.codes.z_log_var[shown]
    np.testing.assert_allclose(
        last.dimensions.kl, (0.5 * (np.exp(log_var) + mean**2 - 1 - log_var)).mean(axis=0), rtol=1e-2
    )
    assert last.grid.shape == (8, 8, 28, 28, 1)
    positions = axis_positions(8, "quantile")
    corner = LiteRTDecoder(run.networks.decoder, 2, (28, 28, 1))(np.array([[positions[0], positions[-1]]]))
    np.testing.assert_allclose(last.grid[0, 0], corner[0] * 255, atol=0.51)


def test_progress_reports_the_present_learning_rate_of_the_optimizer(recorded: tuple[Recorder, Run]):
    recorder, run = recorded
    assert recorder.all(BatchProgress)[-1].learning_rate == pytest.approx(run.history[-1].learning_rate)


# Stop and discard


@pytest.mark.long
@pytest.mark.usefixtures("every_step_reported")
def test_a_stop_in_mid_epoch_takes_effect_at_the_next_step_and_leaves_no_row(
    tiny_run: Run, digits: Dataset, parent: Path
):
    recorder = Recorder(in_the_midst_of_epoch(2))
    run = train(config(), digits, parent / "run", recorder, recorder.control)
    assert run is not None
    assert recorder.steps_at_request == STEPS_PER_EPOCH + 3
    assert run.info.steps == STEPS_PER_EPOCH + 4
    assert (run.info.status, run.info.epochs) == ("stopped", 1)
    assert without_times(run) == without_times(tiny_run)[:1]
    assert len(recorder.all(EpochEnded)) == 1
    # The present weights became the model, not those of the last whole epoch.
    assert run.info.held_out != tiny_run.info.held_out
    assert np.concatenate([event.steps for event in recorder.all(BatchProgress)])[-1] == STEPS_PER_EPOCH + 4
    assert open_run(parent / "run").info == run.info
    assert [path.name for path in parent.iterdir()] == ["run"]


@pytest.mark.long
@pytest.mark.usefixtures("every_step_reported")
def test_a_stop_in_the_first_epoch_keeps_what_was_learned(digits: Dataset, parent: Path):
    recorder = Recorder(in_the_midst_of_epoch(1))
    run = train(config(), digits, parent / "run", recorder, recorder.control)
    assert run is not None
    assert (run.info.status, run.info.epochs, run.info.steps, run.history) == ("stopped", 0, 4, ())
    assert run.info.held_out is not None
    assert open_run(parent / "run").history == ()


@pytest.mark.parametrize("request_", ["stop", "discard"])
def test_a_request_before_the_training_leaves_nothing(digits: Dataset, parent: Path, request_: str):
    recorder = Recorder()
    getattr(recorder.control, request_)()
    assert train(config(), digits, parent / "run", recorder, recorder.control) is None
    assert list(parent.iterdir()) == []
    assert recorder.events == []


@pytest.mark.long
@pytest.mark.parametrize("request_", ["stop", "discard"])
@pytest.mark.parametrize("kind", [Started, Preview])
def test_a_request_before_the_first_step_leaves_nothing(digits: Dataset, parent: Path, request_: str, kind: type):
    recorder = Recorder(at(kind), request_)
    assert train(config(), digits, parent / "run", recorder, recorder.control) is None
    assert list(parent.iterdir()) == []
    assert recorder.all(BatchProgress) == []


@pytest.mark.long
@pytest.mark.usefixtures("every_step_reported")
def test_a_discard_during_the_training_leaves_nothing(digits: Dataset, parent: Path):
    recorder = Recorder(in_the_midst_of_epoch(2), "discard")
    assert train(config(), digits, parent / "run", recorder, recorder.control) is None
    assert list(parent.iterdir()) == []
    assert recorder.all(Finishing) == []


@pytest.mark.long
def test_a_discard_while_the_run_is_written_leaves_nothing(digits: Dataset, parent: Path):
    when = at(Finishing, task="Writing the run", done=0.4 + (0.9 - 0.4) * (1 / 3))
    recorder = Recorder(when, "discard")
    assert train(config(epochs=1, limit=64), digits, parent / "run", recorder, recorder.control) is None
    assert recorder.control.request == "discard"
    assert list(parent.iterdir()) == []
    assert when(recorder.events[-1])


def test_discard_wins_over_stop():
    control = Control()
    assert control.request == "run"
    control.discard()
    control.stop()
    assert control.request == "discard"


@pytest.mark.long
def test_a_request_from_another_thread_is_heard(digits: Dataset, parent: Path):
    first_step = threading.Event()
    control = Control()
    discarder = threading.Thread(target=lambda: first_step.wait(120) and control.discard())
    discarder.start()

    def listen(event: Event) -> None:
        if isinstance(event, BatchProgress):
            first_step.set()

    # More epochs than could ever end: only the request ends it.
    assert train(config(epochs=100_000, limit=64, batch_size=8), digits, parent / "run", listen, control) is None
    discarder.join()
    assert list(parent.iterdir()) == []


@pytest.mark.long
def test_an_error_in_the_listener_ends_the_training_and_leaves_its_last_whole_epoch(digits: Dataset, parent: Path):
    def listen(event: Event) -> None:
        if isinstance(event, EpochEnded):
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        train(config(limit=64), digits, parent / "run", listen)
    assert is_unfinished(parent / "run")


# A loss that is no number


OVERFLOWING = config(learning_rate=10.0, batch_size=32)


@pytest.fixture(scope="module")
def overflow(digits: Dataset, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int, list[Path]]:
    """How a training at a far too high rate ends: its error, the last step that it reported, what is left on disk."""
    recorder, parent = Recorder(), tmp_path_factory.mktemp("overflow")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reporting, "REPORT_SECONDS", 0.0)
        patch.setattr(calls, "MOST_STEPS", 1)
        with pytest.raises(UserError) as caught:
            train(OVERFLOWING, digits, parent / "run", recorder)
    return str(caught.value), int(recorder.all(BatchProgress)[-1].steps[-1]), list(parent.iterdir())


@pytest.mark.long
def test_a_loss_that_is_no_number_in_the_first_epoch_names_the_setting_to_lower(overflow: tuple[str, int, list[Path]]):
    error, _, left = overflow
    assert error == "The loss stopped being a finite number in epoch 1: lower the learning rate (now 10)."
    assert left == []


def diverging(**settings: Any) -> TrainingConfig:
    """One step per epoch. The first is too long but good, one of the next overflows: so at any rate of 0.03 to 0.3."""
    return config(**({"epochs": 30, "batch_size": 512, "learning_rate": 0.1, "schedule": "constant"} | settings))


@pytest.mark.long
def test_a_loss_that_is_no_number_later_keeps_the_last_good_epoch(digits: Dataset, parent: Path):
    recorder = Recorder()
    run = train(diverging(), digits, parent / "run", recorder)
    assert run is not None
    good = len(run.history)
    assert 1 <= good < 30
    assert (run.info.status, run.info.epochs, run.info.steps) == ("stopped", good, good)
    assert [event.text for event in recorder.all(Warned)] == [
        f"The loss stopped being a finite number in epoch {good + 1}: lower the learning rate (now 0.1); "
        f"the run keeps the model of epoch {good}."
    ]
    # The model is the one that the last good epoch showed.
    preview = recorder.all(Preview)[-1]
    np.testing.assert_allclose(run.codes.z_mean[run.sample.index], preview.z_mean, rtol=1e-5)
    assert np.isfinite(run.codes.z_log_var).all()
    assert run.info.held_out is not None
    assert np.isfinite(run.info.held_out.negative_elbo)


@pytest.mark.long
@pytest.mark.usefixtures("every_step_reported")
def test_a_stop_just_as_the_weights_overflow_leaves_no_damaged_run(
    digits: Dataset, parent: Path, overflow: tuple[str, int, list[Path]]
):
    error, last_good, _ = overflow
    # The loss of the last good step is still finite, but the weights that it leads to give none that is.
    recorder = Recorder(lambda event: isinstance(event, BatchProgress) and event.steps[-1] == last_good - 1)
    with pytest.raises(UserError) as caught:
        train(OVERFLOWING, digits, parent / "run", recorder, recorder.control)
    assert recorder.steps_at_request == last_good - 1
    assert str(caught.value) == error
    assert list(parent.iterdir()) == []


# Where it is written


def test_images_that_fit_no_network_are_refused_before_anything(parent: Path):
    images = np.zeros((20, 18, 18, 1), np.uint8)
    odd = make_dataset("odd", "memory", images, None, np.zeros(20, bool))
    for preset in ("blog", "keras-io"):
        with pytest.raises(UserError, match="choose the preset deep"):
            train(training_config(preset), odd, parent / "run")
    assert list(parent.iterdir()) == []


@pytest.mark.parametrize("content", ["folder", "file"])
def test_what_exists_is_not_touched(digits: Dataset, parent: Path, content: str):
    target = parent / "mine"
    if content == "folder":
        target.mkdir()
        (target / "thesis.txt").write_text("years of work")
    else:
        target.write_text("years of work")
    before = hashes(parent)
    with pytest.raises(UserError, match="mine exists already"):
        train(config(), digits, target)
    with pytest.raises(UserError, match="mine exists and is not a run, so it is not overwritten"):
        train(config(), digits, target, overwrite=True)
    assert hashes(parent) == before


def test_a_run_is_overwritten_only_with_overwrite(digits: Dataset, tiny_run_folder: Path):
    before = hashes(tiny_run_folder)
    with pytest.raises(UserError, match="exists already"):
        train(config(), digits, tiny_run_folder)
    assert hashes(tiny_run_folder) == before


def test_an_empty_folder_will_do(colour_run: Run):
    assert open_run(colour_run.folder).folder.name == "empty"


def test_missing_parents_are_made(digits: Dataset, parent: Path):
    target = parent / "a" / "b" / "run"
    recorder = Recorder(lambda _: target.is_dir(), "discard")
    assert train(config(), digits, target, recorder, recorder.control) is None
    assert recorder.steps_at_request == 0
    assert not target.exists()


@pytest.mark.long
def test_overwriting_replaces_the_old_run(digits: Dataset, tiny_run_folder: Path):
    (tiny_run_folder / "notes.txt").write_text("of the old run")
    run = train(config(seed=3, epochs=1, limit=64), digits, tiny_run_folder, overwrite=True)
    assert run is not None
    assert open_run(tiny_run_folder).info.origin.seed == 3
    assert not (tiny_run_folder / "notes.txt").exists()
    assert [path.name for path in tiny_run_folder.parent.iterdir() if path.name != "home"] == ["tiny"]


@pytest.mark.long
@pytest.mark.parametrize("way", ["discarded", "failed", "refused settings", "error"])
def test_an_overwriting_that_comes_to_nothing_leaves_the_old_run_as_it_was(
    digits: Dataset, tiny_run_folder: Path, way: str
):
    before = hashes(tiny_run_folder)
    recorder = Recorder(at(Preview), "discard")
    if way == "discarded":
        assert train(config(), digits, tiny_run_folder, recorder, recorder.control, overwrite=True) is None
    elif way == "failed":
        # Where beta is large it is named too.
        with pytest.raises(UserError, match=r"lower the learning rate \(now 10\) or beta \(now 1000\)\."):
            train(config(learning_rate=10.0, beta=1000.0), digits, tiny_run_folder, overwrite=True)
    elif way == "refused settings":
        with pytest.raises(UserError, match="at least 2"):
            train(config(), replace(digits, held_out=np.ones(640, bool)), tiny_run_folder, overwrite=True)
    else:
        with pytest.raises(ZeroDivisionError):
            train(config(), digits, tiny_run_folder, lambda _: 1 // 0, overwrite=True)
    assert hashes(tiny_run_folder) == before
    assert [path.name for path in tiny_run_folder.parent.iterdir() if path.name != "home"] == ["tiny"]


def test_the_folder_of_a_training_takes_no_second_one(digits: Dataset, parent: Path):
    refused: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Preview) and not refused:
            for overwrite in (False, True):
                with pytest.raises(UserError) as caught:
                    train(config(), digits, parent / "run", overwrite=overwrite)
                refused.append(str(caught.value))
            recorder.control.discard()

    recorder = Recorder()
    assert train(config(), digits, parent / "run", listen, recorder.control) is None
    assert len(refused) == 2
    assert all("run is being trained by another process" in text for text in refused)


def test_a_run_that_another_process_has_locked_is_not_overwritten(digits: Dataset, tiny_run_folder: Path):
    before = hashes(tiny_run_folder)
    hold = (
        f"import filelock\nwith filelock.FileLock({str(tiny_run_folder / LOCK)!r}): print('held', flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline().split() == [b"held"]
        with pytest.raises(UserError, match="is being trained by another process"):
            train(config(), digits, tiny_run_folder, overwrite=True)
        process.stdin.write(b"\n")
    assert process.returncode == 0
    assert {name: value for name, value in hashes(tiny_run_folder).items() if name != LOCK} == before


def test_a_lock_left_behind_by_a_crash_does_not_lock_a_run(digits: Dataset, tiny_run_folder: Path):
    (tiny_run_folder / LOCK).write_bytes(b"")
    recorder = Recorder(at(Started), "discard")
    assert train(config(), digits, tiny_run_folder, recorder, recorder.control, overwrite=True) is None
    assert recorder.all(Started)


def test_a_finished_run_is_not_locked(tiny_run: Run):
    assert not (tiny_run.folder / LOCK).exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows reports another error")
def test_a_folder_below_a_file_is_refused(digits: Dataset, parent: Path):
    (parent / "file").write_text("")
    with pytest.raises(UserError, match=r"run cannot be written: "):
        train(config(), digits, parent / "file" / "run")
    assert [path.name for path in parent.iterdir()] == ["file"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="uses a file system of Linux")
def test_a_folder_where_nobody_may_write_is_refused(digits: Dataset):
    with pytest.raises(UserError, match=r"^/proc/run cannot be written: .*hoose another"):
        train(config(), digits, Path("/proc/run"))


def test_a_disk_that_is_too_full_is_refused_before_the_first_step(digits: Dataset, small_disk: Path):
    (small_disk / "others.bin").write_bytes(bytes(shutil.disk_usage(small_disk).free - 3_500_000))
    recorder = Recorder()
    with pytest.raises(UserError, match=r"about \d+ MB are needed, 3\.\d MB are free"):
        train(config(), digits, small_disk / "run", recorder)
    assert recorder.events == []
    assert [path.name for path in small_disk.iterdir()] == ["others.bin"]


@pytest.mark.long
def test_a_disk_that_fills_up_while_the_run_is_written_leaves_the_last_whole_epoch(digits: Dataset, small_disk: Path):
    def listen(event: Event) -> None:
        if at(Finishing, task="Writing the run", done=0.0)(event):
            (small_disk / "others.bin").write_bytes(bytes(shutil.disk_usage(small_disk).free - 1_000_000))

    with pytest.raises(UserError, match="The disk is full"):
        train(config(epochs=1, limit=64), digits, small_disk / "run", listen)
    assert is_unfinished(small_disk / "run")
