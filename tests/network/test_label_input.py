"""Which input of a conditional decoder is the class label, and how many classes there are."""

import pytest

pytest.importorskip("onnxruntime")

from tests.imported_files import onnx_conditional, onnx_decoder
from vae_explorer.errors import UserError
from vae_explorer.network.fitting import Choices
from vae_explorer.network.label_input import find_label
from vae_explorer.network.onnx_network import OnnxNetwork
from vae_explorer.run.imported import ImportedLabel


def found(content: bytes, named: int = 0, **choices) -> ImportedLabel | None:
    return find_label(OnnxNetwork(content, "d.onnx"), "d.onnx", Choices(**choices), named)


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(
    "names",
    [("z", "y"), ("in_lat", "in_label"), ("z_sampling", "input_2"), ("input_1", "class_onehot"), ("noise", "c"),
     ("latent", "condition"), ("decoder_input", "label")],
)  # fmt: skip
def test_the_names_tell_z_from_a_one_hot(names, first) -> None:
    label = found(onnx_conditional(names=names, latent_dim=12, label_first=first))
    assert label == ImportedLabel(names[1], "one-hot", 10)


@pytest.mark.parametrize("single", [False, True])
@pytest.mark.parametrize(("kind", "dtype"), [("index", "INT64"), ("index", "INT32"), ("made one-hot", "INT64")])
def test_whole_numbers_are_the_label_and_the_decoder_shows_how_many(kind, dtype, single) -> None:
    content = onnx_conditional(kind, names=("a", "b"), single=single, dtype=dtype, classes=7, label_first=True)
    assert found(content) == ImportedLabel("b", "index", 7)


def test_a_label_that_is_computed_with_has_the_classes_that_the_data_or_the_person_name() -> None:
    content = onnx_conditional("number")
    with pytest.raises(UserError, match=r"'y' \(batch, 1\), which does not show how many classes .* --classes\."):
        found(content)
    assert found(content, named=5) == ImportedLabel("y", "index", 5)
    assert found(content, named=5, classes=4) == ImportedLabel("y", "index", 4)


def test_unclear_inputs_are_refused_until_the_person_or_the_data_decide() -> None:
    content = onnx_conditional(names=("input_1", "input_2"))
    with pytest.raises(UserError, match=r"'input_1' \(batch, 2\) and 'input_2' \(batch, 10\).* --label-input\."):
        found(content)
    assert found(content, named=10) == ImportedLabel("input_2", "one-hot", 10)
    assert found(content, label_input="input_2") == ImportedLabel("input_2", "one-hot", 10)
    with pytest.raises(UserError, match="no input 'y': give 'input_1' or 'input_2'"):
        found(content, label_input="y")


def test_classes_that_a_one_hot_does_not_have_are_refused() -> None:
    with pytest.raises(UserError, match="10 classes, not 4: leave --classes out"):
        found(onnx_conditional(), classes=4)


def test_a_decoder_of_z_alone_has_no_label() -> None:
    assert found(onnx_decoder()) is None
    with pytest.raises(UserError, match="leave --label-input out"):
        found(onnx_decoder(), label_input="z")
