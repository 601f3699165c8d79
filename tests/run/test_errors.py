"""run/errors.py and exploring/errors.py: the reconstruction error of each image, measured once."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.exploring import errors as measuring
from vae_explorer.exploring.errors import image_errors, why_no_errors
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import Subject
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.run.errors import keep_errors, kept_errors
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, ERRORS, find_run
from vae_explorer.run.run import Run


@pytest.fixture
def own(tiny_run_folder: Path) -> Run:
    """A copy of the run that a test may write to."""
    (tiny_run_folder / ERRORS).unlink(missing_ok=True)  # another test may have measured the run that was copied
    return open_run(tiny_run_folder)


def test_errors_are_those_of_the_images_that_are_there(own: Run):
    subject = run_subject(own, None)
    errors = image_errors(subject)
    there = subject.image_of >= 0
    assert np.isnan(errors[~there]).all()
    row = int(np.flatnonzero(there)[3])
    difference = subject.decoder(subject.z_mean[[row]])[0] - subject.images[subject.image_of[row]] / 255
    assert errors[row] == pytest.approx(np.sqrt(np.square(difference).mean()), rel=1e-4)


def test_they_are_measured_once_and_the_run_is_still_whole(own: Run, monkeypatch: pytest.MonkeyPatch):
    errors = image_errors(run_subject(own, None))
    assert (own.folder / ERRORS).is_file()
    monkeypatch.setattr(measuring, "keep_errors", None)
    again = image_errors(run_subject(open_run(own.folder), None))
    np.testing.assert_array_equal(again, errors)


def test_errors_of_another_decoder_are_not_read(own: Run):
    keep_errors(own, np.zeros(len(own.codes.index), np.float32))
    assert kept_errors(own) is not None
    assert kept_errors(replace(own, networks=replace(own.networks, decoder=b"other"))) is None


def test_a_damaged_file_is_no_fault(own: Run):
    (own.folder / ERRORS).write_bytes(b"PK\x03\x04 damaged")
    assert kept_errors(own) is None


def test_those_of_the_shipped_run_are_kept_in_the_folder_of_the_user():
    run = open_run(find_run(BUILTIN))
    keep_errors(run, np.ones(len(run.codes.index), np.float32))
    assert not (run.folder / ERRORS).exists()
    kept = kept_errors(run)
    assert kept is not None
    assert (kept == 1).all()


def test_progress_may_end_the_measuring(own: Run):
    def leave(text: str, share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        image_errors(run_subject(own, None), leave)
    assert kept_errors(own) is None


def test_two_threads_that_want_them_measure_once(own: Run):
    subject, began, decoded = run_subject(own, None), threading.Event(), list[int]()

    def decoder(z: np.ndarray) -> np.ndarray:
        began.set()
        decoded.append(len(z))
        return subject.decoder(z)

    counted = replace(subject, decoder=decoder)
    found = list[np.ndarray]()
    threads = [threading.Thread(target=lambda: found.append(image_errors(counted))) for _ in range(2)]
    threads[0].start()
    assert began.wait(20)
    threads[1].start()
    for thread in threads:
        thread.join(20)
    np.testing.assert_array_equal(*found)
    assert sum(decoded) == (subject.image_of >= 0).sum()


def test_who_waits_for_another_thread_may_leave(own: Run):
    def leave(text: str, share: float) -> None:
        raise InterruptedError

    with measuring._measuring, pytest.raises(InterruptedError):
        image_errors(run_subject(own, None), leave)


def test_a_conditional_decoder_is_given_the_class_of_each_image(own: Run):
    subject = run_subject(own, None)
    names, shape = subject.columns.class_names, subject.image_shape
    labels = np.eye(len(names), dtype=np.float32)

    def grey(values: np.ndarray) -> np.ndarray:
        """Images as grey as the number of their class."""
        level = values[:, 2:].argmax(axis=1) / len(names)
        return np.broadcast_to(level[:, None, None, None], (len(values), *shape)).astype(np.float32)

    decoder = ClassDecoder(grey, 2, "test", labels, names, 0)
    errors = image_errors(replace(subject, decoder=decoder, run=None))
    there = np.flatnonzero(subject.image_of >= 0)
    for row in there[:20]:
        difference = subject.label[row] / len(names) - subject.images[subject.image_of[row]] / 255
        assert errors[row] == pytest.approx(np.sqrt(np.square(difference).mean()), rel=1e-4)
    others = replace(decoder_named(subject, decoder, ("a", "b")), run=None)
    assert "no class that the decoder knows" in why_no_errors(others)
    assert np.isnan(image_errors(others)).all()


def decoder_named(subject: Subject, decoder: ClassDecoder, names: tuple[str, ...]) -> Subject:
    decoder = ClassDecoder(decoder, 2, "test", np.eye(2, dtype=np.float32), names, 0)
    return replace(subject, decoder=decoder)
