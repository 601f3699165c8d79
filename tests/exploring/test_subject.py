"""What is explored of a run: its codes, and the images at hand."""

import numpy as np

from vae_explorer.data.dataset import Dataset
from vae_explorer.exploring.decoded import explore
from vae_explorer.exploring.opening import run_subject
from vae_explorer.exploring.subject import key_of_images
from vae_explorer.run.run import Run


def test_every_code_leads_to_its_own_image(tiny_run: Run, digits: Dataset) -> None:
    subject = run_subject(tiny_run, digits)
    np.testing.assert_array_equal(subject.images[subject.image_of], digits.images[tiny_run.codes.index])


def test_without_the_data_set_only_codes_of_the_sample_have_an_image(tiny_run: Run) -> None:
    subject = run_subject(tiny_run, None)
    known = subject.image_of >= 0
    assert set(tiny_run.codes.index[known]) == set(tiny_run.sample.index)
    for row in np.flatnonzero(known)[:20]:
        place = np.flatnonzero(tiny_run.sample.index == tiny_run.codes.index[row])[0]
        np.testing.assert_array_equal(subject.images[subject.image_of[row]], tiny_run.sample.images[place])
    answer = explore(subject, np.array([0.0, 0.0], np.float32))
    assert known[answer.nearest]


def test_the_same_images_have_the_same_key_whatever_is_known_of_them(tiny_run: Run, digits: Dataset) -> None:
    without, whole = run_subject(tiny_run, None), run_subject(tiny_run, digits)
    assert without.images_key == whole.images_key
    fingerprint, index = tiny_run.info.dataset.fingerprint, tiny_run.codes.index
    assert whole.images_key == key_of_images(fingerprint, index.copy())
    assert whole.images_key != key_of_images(fingerprint, index[::-1])
    assert whole.images_key != key_of_images("other", index)
