"""exploring/subject.py and exploring/decoded.py: what is shown at a point of the latent space."""

from pathlib import Path

import numpy as np
import pytest

from vae_explorer.data.dataset import Dataset
from vae_explorer.exploring.decoded import explore
from vae_explorer.exploring.opening import run_subject
from vae_explorer.model.decoder import as_pixels
from vae_explorer.model.litert import LiteRTDecoder
from vae_explorer.run.run import Run


def test_answer_is_the_decoded_code_and_the_nearest_real_image(tiny_run: Run, digits: Dataset) -> None:
    subject = run_subject(tiny_run, digits)
    z = np.array([0.3, -0.2], np.float32)
    answer = explore(subject, z)
    decoder = LiteRTDecoder(tiny_run.networks.decoder, 2, (28, 28, 1))
    np.testing.assert_array_equal(answer.pixels, as_pixels(decoder(z[None]))[0])
    distances = np.linalg.norm(tiny_run.codes.z_mean - z, axis=1)
    assert answer.distance == pytest.approx(distances.min(), abs=1e-6)
    assert distances[answer.nearest] == pytest.approx(distances.min(), abs=1e-6)
    expected = as_pixels(decoder(tiny_run.codes.z_mean[answer.nearest][None]))[0]
    np.testing.assert_array_equal(answer.reconstruction, expected)


def test_every_code_leads_to_its_own_image(tiny_run: Run, digits: Dataset) -> None:
    subject = run_subject(tiny_run, digits)
    np.testing.assert_array_equal(subject.images[subject.image_of], digits.images[tiny_run.codes.index])


def test_without_the_data_set_only_codes_of_the_sample_have_an_image(tiny_run: Run) -> None:
    subject = run_subject(tiny_run, None)
    known = subject.image_of >= 0
    assert set(tiny_run.codes.index[known]) == set(tiny_run.sample.index)
    for row in np.flatnonzero(known)[:20]:
        image = np.flatnonzero(tiny_run.sample.index == tiny_run.codes.index[row])[0]
        np.testing.assert_array_equal(subject.images[subject.image_of[row]], tiny_run.sample.images[image])
    answer = explore(subject, np.array([0.0, 0.0], np.float32))
    assert known[answer.nearest]


def test_a_run_without_any_image_still_decodes(tiny_run: Run, tmp_path: Path) -> None:
    from dataclasses import replace

    from vae_explorer.run.arrays import Sample

    empty = Sample(np.empty((0, 28, 28, 1), np.uint8), np.empty(0, np.int64))
    answer = explore(run_subject(replace(tiny_run, sample=empty), None), np.zeros(2, np.float32))
    assert answer.nearest == -1
    assert answer.reconstruction is None
    assert answer.pixels.shape == (28, 28, 1)
