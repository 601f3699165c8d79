"""Naming the class that a conditional decoder is given."""

from dataclasses import replace

import pytest

from vae_explorer.errors import UserError
from vae_explorer.run.decoder_class import chosen_class, class_list, class_note
from vae_explorer.run.imported import ImportedDecoder, ImportedLabel, ImportedModel
from vae_explorer.run.info import RunInfo
from vae_explorer.run.run import Run


def conditional(run: Run, names: tuple[str, ...], classes: int = 3) -> RunInfo:
    label = ImportedLabel("y", "one-hot", classes)
    decoder = ImportedDecoder("d.onnx", "onnx", "z", "x", (28, 28), "plain", "sigmoid", 0, 1, label)
    dataset = replace(run.info.dataset, class_names=names)
    return replace(run.info, name="mine", origin=ImportedModel(2, decoder), dataset=dataset)


def test_a_class_is_named_by_its_name_or_number(tiny_run: Run) -> None:
    info = conditional(tiny_run, ("cat", "2", "dog"))
    assert [chosen_class(info, wanted) for wanted in ("dog", " cat ", "2", 2, 0, "0", None)] == [2, 0, 1, 2, 0, 0, 0]
    assert class_note(info, 2) == "All images are decoded as class dog."


def test_without_as_many_names_classes_are_numbers(tiny_run: Run) -> None:
    assert conditional(tiny_run, ("cat", "dog")).decoder_classes == ("0", "1", "2")


@pytest.mark.parametrize("wanted", ["cow", "3", 3, "-1", "1.0"])
def test_an_unknown_class_is_refused_with_those_that_are_known(tiny_run: Run, wanted: str | int) -> None:
    with pytest.raises(UserError, match=f"mine knows no class '{wanted}': choose a, b, c"):
        chosen_class(conditional(tiny_run, ("a", "b", "c")), wanted)


def test_another_decoder_takes_no_class(tiny_run: Run) -> None:
    assert chosen_class(tiny_run.info, None) is None
    assert class_note(tiny_run.info, None) == ""
    with pytest.raises(UserError, match="takes no class label: leave the class out"):
        chosen_class(tiny_run.info, "3")


def test_of_many_classes_the_first_are_listed() -> None:
    assert class_list(tuple(map(str, range(1000)))).endswith("18, 19, … (1,000 in all)")
