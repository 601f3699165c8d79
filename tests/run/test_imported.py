"""run/imported.py: what an import detected, written to run.toml and read back."""

from dataclasses import asdict, replace

import pytest

from vae_explorer.errors import UserError
from vae_explorer.run.imported import (
    ImportedDecoder,
    ImportedEncoder,
    ImportedModel,
    describe_networks,
    parse_imported,
)
from vae_explorer.run.plain import without_none

DECODER = ImportedDecoder(
    "d.keras", "keras", "z", "image", (28, 28, 1), layout="last", ending="sigmoid", lowest=0.01, highest=0.99
)
ENCODER = ImportedEncoder("e.onnx", "onnx", "x", (784,), "flat", "-1..1", "mean alone", "mean", "")
MODEL = ImportedModel(2, DECODER, ENCODER)


@pytest.mark.parametrize("model", [MODEL, replace(MODEL, encoder=None)])
def test_it_reads_what_was_written(model):
    assert parse_imported(without_none(asdict(model))) == model


@pytest.mark.parametrize(
    ("network", "name", "value"),
    [
        ("decoder", "ending", "relu"),
        ("decoder", "kind", "pickle"),
        ("encoder", "layout", "../x"),
        (None, "pixels", "?"),
    ],
)
def test_values_that_it_never_writes_are_refused(network, name, value):
    content = without_none(asdict(MODEL))
    (content[network] if network else content)[name] = value
    with pytest.raises((ValueError, UserError)):
        parse_imported(content)


def test_both_networks_are_described():
    decoder, encoder = describe_networks(MODEL)
    assert "z (2) to image (28, 28, 1)" in decoder
    assert "sigmoid" in decoder
    assert "x (784), flat, pixels in -1 to 1" in encoder
    assert "mean alone" in encoder
