"""exploring/comparing.py: two runs beside each other."""

import json
from dataclasses import replace

import numpy as np
import pytest

from tests.exploring.compared_runs import of_other_data, with_codes
from tests.run.test_imported import MODEL
from vae_explorer.exploring.comparing import compare_runs, describe_comparison, difference_picture
from vae_explorer.exploring.settings_compared import Setting, differing_settings, told_apart
from vae_explorer.run.plain import finite
from vae_explorer.run.run import Run


def test_a_run_is_equal_to_itself(tiny_run: Run) -> None:
    found = compare_runs(tiny_run, tiny_run)
    assert len(found.common) == len(tiny_run.codes.index)
    assert found.alignment is not None
    assert found.alignment.correlation == pytest.approx(1)
    assert found.settings == found.notes == ()
    assert found.decoded is not None
    assert found.decoded.value == 0
    assert {each.verdict for each in found.figures} <= {"within the error", ""}
    assert {each.field for each in found.figures if each.paired} == {
        "negative_elbo", "reconstruction_loss", "kl_loss", "reconstruction_error",
    }  # fmt: skip


def test_another_training_on_the_same_images_is_compared_in_pairs(tiny_run: Run, deep_run: Run) -> None:
    found = compare_runs(tiny_run, deep_run)
    loss = next(each for each in found.figures if each.field == "negative_elbo")
    assert loss.paired
    assert loss.a is not None
    assert loss.difference is not None
    assert loss.difference.images == loss.a.images == 128
    assert found.alignment is not None
    assert found.alignment.turn.shape == (2, 4)
    assert found.decoded is not None
    assert found.decoded.value > 0
    names = [setting.name for setting in found.settings]
    assert "latent dimensions" in names
    assert "seed" not in names
    described = json.loads(json.dumps(finite(describe_comparison(found)), allow_nan=False))
    assert described["figures"]["negative_elbo"]["difference"]["value"] == loss.difference.value
    assert described["settings"]["latent dimensions"] == ["2", "4"]


def test_other_data_are_named_and_nothing_is_aligned(tiny_run: Run, wide_run: Run) -> None:
    other = of_other_data(tiny_run)
    other = replace(other, sample=replace(other.sample, images=other.sample.images // 2))
    found = compare_runs(tiny_run, other)
    assert found.alignment is found.decoded is None
    assert all(each.difference is None for each in found.figures)
    assert len(found.notes) == 1
    assert "other images, of MNIST-512 and of others." in found.notes[0]


def test_other_sizes_of_images_are_named(tiny_run: Run, deep_run: Run) -> None:
    names = [str(index) for index in deep_run.codes.index.tolist()]
    kept = np.zeros((0, 32, 32, 1), np.uint8)
    large = of_other_data(deep_run, names, image_shape=(32, 32, 1))
    large = replace(large, sample=replace(large.sample, images=kept, index=np.zeros(0, np.int64)))
    named = of_other_data(tiny_run, [str(index) for index in tiny_run.codes.index.tolist()], fingerprint="one")
    found = compare_runs(named, large)
    assert found.alignment is not None
    assert found.decoded is None
    assert "those of A are 28 x 28, those of B 32 x 32." in found.notes[0]
    assert not any(each.paired for each in found.figures)


def test_other_distributions_of_pixels_are_named(tiny_run: Run) -> None:
    gaussian = replace(tiny_run, info=replace(tiny_run.info, likelihood="gaussian", sigma=0.1))
    found = compare_runs(tiny_run, gaussian)
    compared = {each.field for each in found.figures if each.difference is not None}
    assert "reconstruction_error" in compared
    assert not compared & {"negative_elbo", "reconstruction_loss", "log_likelihood"}
    assert any("other distributions" in note for note in found.notes)


def test_images_read_in_another_way_are_not_paired(tiny_run: Run) -> None:
    inverted = replace(tiny_run, sample=replace(tiny_run.sample, images=255 - tiny_run.sample.images))
    found = compare_runs(tiny_run, inverted)
    assert not any(each.paired for each in found.figures)
    assert any("in other ways" in note for note in found.notes)


def test_too_few_images_align_nothing(tiny_run: Run, wide_run: Run) -> None:
    few = replace(tiny_run, codes=tiny_run.codes.take(slice(2)))
    assert any("not aligned" in note for note in compare_runs(few, tiny_run).notes)


def test_a_turned_map_is_turned_back(tiny_run: Run) -> None:
    turned = with_codes(tiny_run, tiny_run.codes.z_mean @ np.array([[0, 1], [1, 0]]) * 2)
    found = compare_runs(tiny_run, turned).alignment
    assert found is not None
    np.testing.assert_allclose(found.to_b(tiny_run.codes.z_mean), turned.codes.z_mean, atol=1e-4)


def test_settings_are_named_in_words(tiny_run: Run) -> None:
    config = replace(tiny_run.info.trained_with(), beta=4.0, restore_best=True)
    assert differing_settings(tiny_run.info, replace(tiny_run.info, origin=config)) == (
        Setting("beta", "1", "4"),
        Setting("best epoch restored", "no", "yes"),
    )


def test_what_was_chosen_differently_tells_runs_apart_in_a_few_words(tiny_run: Run, deep_run: Run) -> None:
    info = tiny_run.info
    assert told_apart(info, info) == ("", "")
    stronger = replace(info, origin=replace(info.trained_with(), beta=4.0))
    assert told_apart(info, stronger) == ("beta 1", "beta 4")
    assert told_apart(info, replace(info, origin=MODEL)) == ("beta 1, epochs trained 2, batch size 64, …", "")
    assert told_apart(info, deep_run.info) == (  # not that its decoder has more parameters, which follows
        "latent dimensions 2, epochs trained 2", "latent dimensions 4, epochs trained 1, most images 256",
    )  # fmt: skip


def test_a_difference_is_orange_where_b_is_brighter_and_blue_where_it_is_darker() -> None:
    a = np.array([[[0.0], [0.5], [1.0]]], np.float32)
    red, ground, blue = difference_picture(a, a[:, ::-1], (10, 20, 30))[0].astype(int)
    assert red[0] > red[2]
    np.testing.assert_array_equal(ground, (10, 20, 30))
    assert blue[2] > blue[0]
