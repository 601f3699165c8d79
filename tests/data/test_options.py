"""data/options.py: the options, their limits, and reading them from a file."""

import tomllib
from dataclasses import asdict

import pytest
import tomli_w

from vae_explorer.data.options import (
    AS_FOUND,
    ImageOptions,
    parse_options,
    parse_shape,
    parse_size,
    parse_value_range,
    shape_text,
)
from vae_explorer.errors import UserError
from vae_explorer.run.plain import without_none

CHOSEN = ImageOptions((64, 48), "pad", "rgb", True, (0.0, 4095.0), (28, 20), "/data/labels.csv")


@pytest.mark.parametrize("options", [AS_FOUND, CHOSEN])
def test_options_come_back_from_toml(options: ImageOptions):
    assert parse_options(tomllib.loads(tomli_w.dumps(without_none(asdict(options))))) == options


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": (15, 64)}, {"size": (64, 129)}, {"fit": "squeeze"}, {"color": "blue"}, {"value_range": (1, 1)},
        {"value_range": (0, float("inf"))}, {"value_range": (float("nan"), 1)},
    ],
)  # fmt: skip
def test_what_cannot_be_chosen_is_refused(wrong: dict):
    with pytest.raises(UserError):
        ImageOptions(**wrong)


def test_sizes_and_ranges_are_read_as_they_are_typed():
    assert parse_size("64") == (64, 64)
    assert parse_size("64x48") == parse_size("64 x 48") == (48, 64)
    assert parse_value_range("-1,1.5") == (-1, 1.5)


@pytest.mark.parametrize("text", ["", "x", "64x", "64x48x1", "-64", "6.4", "9" * 5000])
def test_other_sizes_are_refused(text: str):
    with pytest.raises(UserError, match="such as 64"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "shape"), [("28x20", (20, 28)), ("28x20x3", (20, 28, 3)), ("3x28x20", (3, 20, 28)), ("32X32", (32, 32))]
)
def test_shapes_are_typed_width_first(text: str, shape: tuple[int, ...]):
    assert parse_shape(text) == shape
    assert shape_text(shape) == text.lower()


@pytest.mark.parametrize("text", ["", "28", "28x20x5", "ax20", "0x1x2x3"])
def test_other_shapes_are_refused(text: str):
    with pytest.raises(UserError, match="A shape is such as"):
        parse_shape(text)


@pytest.mark.parametrize("text", ["", "1", "1,2,3", "a,b"])
def test_other_ranges_are_refused(text: str):
    with pytest.raises(UserError, match="such as 0,4095"):
        parse_value_range(text)
