"""What is shown, without a window."""

from dataclasses import replace

from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.gui.shown import Shown, title_of
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InFolder
from vae_explorer.training.events import DecoderUpdated, Preview, Started


def opened(run: Run, subject: Subject) -> tuple[Shown, list[None]]:
    """What is shown once a run is open, and a list that grows whenever it changes."""
    shown, changes = Shown(), []
    shown.open_run(run, subject)
    shown.changed.connect(lambda: changes.append(None))
    return shown, changes


def test_at_first_there_is_nothing() -> None:
    shown = Shown()
    assert (shown.run, shown.subject, shown.source, shown.shown_run) == (None, None, None, None)
    assert not shown.shows_live
    assert not shown.can_locate


def test_an_open_run_is_shown_with_the_epochs_of_its_snapshots(tiny_run: Run, tiny_subject: Subject) -> None:
    shown, _ = opened(tiny_run, tiny_subject)
    assert shown.run is shown.shown_run is shown.source is tiny_run
    assert shown.subject is tiny_subject
    assert shown.snapshots[-1] == tiny_run.info.epochs


def test_images_that_are_missing_can_be_located_and_found(tiny_run: Run, tiny_subject: Subject) -> None:
    shown, changes = opened(tiny_run, tiny_subject)
    shown.images_not_found(tiny_run)
    assert shown.can_locate
    found = run_subject(tiny_run, None)
    shown.images_found(tiny_run, found)
    assert shown.subject is found
    assert not shown.can_locate
    assert len(changes) == 2


def test_results_for_another_run_are_ignored(tiny_run: Run, tiny_subject: Subject) -> None:
    shown, changes = opened(tiny_run, tiny_subject)
    other = replace(tiny_run)
    shown.images_not_found(other)
    shown.images_found(other, run_subject(other, None))
    assert shown.subject is tiny_subject
    assert not shown.images_missing
    assert not changes


def test_a_training_is_shown_from_its_first_codes_on(
    tiny_run: Run, tiny_subject: Subject, started: Started, preview: Preview
) -> None:
    shown, changes = opened(tiny_run, tiny_subject)
    shown.images_not_found(tiny_run)
    shown.set_training(True)
    assert not shown.live_available
    shown.follow(started)
    assert shown.live_available
    assert shown.live_wanted
    assert not shown.shows_live
    assert shown.subject is tiny_subject
    shown.follow(preview)
    assert shown.shows_live
    assert shown.shown_run is None
    assert shown.run is tiny_run
    assert shown.source is started
    assert not shown.can_locate
    live = shown.subject
    assert live is not None
    assert (live.columns.class_names, live.columns.value_names) == (("all",), ("weight",))
    shown.follow(preview)
    assert shown.subject is not live
    assert shown.source is started
    count = len(changes)
    shown.follow(DecoderUpdated())
    assert len(changes) == count


def test_the_open_run_can_be_shown_during_a_training(
    tiny_run: Run, tiny_subject: Subject, started: Started, preview: Preview
) -> None:
    shown, _ = opened(tiny_run, tiny_subject)
    shown.follow(started)
    shown.follow(preview)
    shown.want_live(False)
    assert shown.subject is tiny_subject
    shown.follow(preview)
    assert shown.subject is tiny_subject
    shown.want_live(True)
    assert shown.shows_live


def test_without_a_training_the_live_model_cannot_be_shown(tiny_run: Run, tiny_subject: Subject) -> None:
    shown, changes = opened(tiny_run, tiny_subject)
    shown.want_live(True)
    assert not shown.live_wanted
    assert changes  # so that a clicked checkbox is reset


def test_the_open_run_is_shown_after_a_training(
    tiny_run: Run, tiny_subject: Subject, started: Started, preview: Preview
) -> None:
    shown, _ = opened(tiny_run, tiny_subject)
    shown.set_training(True)
    shown.follow(started)
    shown.follow(preview)
    shown.set_training(False)
    assert not shown.training
    assert not shown.live_available
    assert shown.subject is tiny_subject
    shown.follow(preview)  # a preview before any training has no model to show
    assert shown.subject is tiny_subject


def test_opening_a_run_hides_the_training_but_keeps_it_available(
    tiny_run: Run, tiny_subject: Subject, started: Started, preview: Preview
) -> None:
    shown, _ = opened(tiny_run, tiny_subject)
    shown.follow(started)
    shown.follow(preview)
    other = replace(tiny_run)
    shown.open_run(other, tiny_subject)
    assert shown.shown_run is other
    assert shown.live_available


def test_a_replay_is_of_the_open_run_and_ends_with_it(
    tiny_run: Run, tiny_subject: Subject, started: Started, preview: Preview
) -> None:
    shown, _ = opened(tiny_run, tiny_subject)
    shown.images_not_found(tiny_run)
    shown.set_replaying(True)
    assert shown.shown_run is tiny_run
    assert not shown.can_locate
    shown.set_replaying(False)
    assert shown.can_locate
    shown.set_replaying(True)
    shown.open_run(replace(tiny_run), tiny_subject)
    assert not shown.replaying
    shown.set_replaying(True)
    shown.follow(started)
    assert shown.replaying  # there is no model in training to show yet
    shown.follow(preview)
    assert not shown.replaying


def test_a_run_in_a_few_words(tiny_run: Run) -> None:
    info = tiny_run.info
    assert info.held_out is not None
    loss = f"{info.held_out.negative_elbo:.1f} nats held-out"
    assert title_of(tiny_run) == f"{info.name}: MNIST-512, dense, {loss}"
    stopped = replace(info, status="stopped", held_out=None)
    assert title_of(replace(tiny_run, info=stopped)) == f"{info.name}: MNIST-512, dense, stopped after epoch 2 of 2"
    assert title_of(replace(tiny_run, storage=InFolder(find_run(BUILTIN)))).startswith("built-in: ")
