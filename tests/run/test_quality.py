"""run/quality.py: figures as text and as data, and their meanings."""

import json
import math
from dataclasses import asdict, replace

import pytest

from vae_explorer.run.quality import (
    FIGURES,
    Figure,
    Meaning,
    Quality,
    describe_quality,
    figures,
    meanings,
    parse_quality,
)

FIGURE = Figure(1.5, 0.25, 10)
QUALITY = Quality("grey", FIGURE, FIGURE, FIGURE, (FIGURE, FIGURE), (0.5, 0.001), FIGURE, None, FIGURE, FIGURE, 500)


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure(138.3082, 0.4814, 9), "138.31 ± 0.48"),
        (Figure(-138.3082, 12.3, 9), "-138 ± 12"),
        (Figure(0.001733, 0.000318, 9), "0.00173 ± 0.00032"),
        (Figure(2, None, 9), "2"),
        (Figure(1.0, 0.0, 9), "1"),
        (Figure(math.inf, math.nan, 9), "inf"),
    ],
)
def test_a_figure_is_written_with_two_digits_of_its_error(figure: Figure, text: str) -> None:
    assert str(figure) == text


def test_figures_are_read_back_as_they_were_written() -> None:
    assert parse_quality(json.loads(json.dumps(asdict(QUALITY)))) == QUALITY


def test_a_figure_of_nan_stays_nan() -> None:
    content = asdict(replace(QUALITY, negative_elbo=Figure(math.nan, None, 3)))
    content["negative_elbo"]["value"] = None  # as JSON has it
    assert math.isnan(parse_quality(content).negative_elbo.value)


@pytest.mark.parametrize("change", [{"kl_loss": 3}, {"kl_by_dimension": 3}, {"code_variance": ["x"]}, {"samples": "x"}])
def test_damaged_figures_are_refused(change: dict[str, object]) -> None:
    with pytest.raises((TypeError, ValueError, KeyError, AttributeError)):
        parse_quality(asdict(QUALITY) | change)


def test_dimensions_that_hardly_vary_have_collapsed() -> None:
    assert QUALITY.active == (True, False)
    assert QUALITY.active_units == Figure(1, None, 10)


def test_each_single_figure_has_a_name_a_unit_and_one_sentence() -> None:
    assert [field for field, _, _ in figures(QUALITY)] == list(FIGURES)
    for meaning in FIGURES.values():
        assert isinstance(meaning, Meaning)
        assert meaning.name
        assert meaning.unit
        assert meaning.sentence.endswith(".")
        assert len(meaning.sentence) < 160


@pytest.mark.parametrize("likelihood", ["gaussian", "gaussian-fixed"])
def test_figures_that_are_densities_of_gaussian_pixels_say_so(likelihood: str) -> None:
    changed = {field for field, meaning in meanings(likelihood).items() if meaning != FIGURES[field]}
    assert changed == {"negative_elbo", "reconstruction_loss", "log_likelihood"}
    found = {field: meaning for field, meaning, _ in figures(replace(QUALITY, likelihood=likelihood))}
    assert found == meanings(likelihood)
    assert all("density" in found[field].sentence for field in changed)
    assert meanings("bernoulli") == FIGURES


def test_figures_from_before_there_were_likelihoods_are_of_bernoulli_pixels() -> None:
    content = asdict(QUALITY)
    del content["likelihood"]
    assert parse_quality(content) == QUALITY
    assert parse_quality(content | {"likelihood": "gaussian"}).likelihood == "gaussian"


def test_all_figures_are_described_and_none_where_not_measured() -> None:
    assert set(FIGURES) <= set(describe_quality(QUALITY)) == set(describe_quality(None))
    assert set(describe_quality(None).values()) == {None}
