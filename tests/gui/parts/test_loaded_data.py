"""The data set that was read last, and when it may be used again."""

from dataclasses import replace

from vae_explorer.data.dataset import BUILTIN, Dataset
from vae_explorer.data.options import AS_FOUND, ImageOptions
from vae_explorer.gui.parts.loaded_data import LoadedData


def of_source(dataset: Dataset, source: str) -> Dataset:
    return replace(dataset, info=replace(dataset.info, source=source))


def test_nothing_is_known_before_one_was_read(digits: Dataset) -> None:
    assert LoadedData().of_fingerprint(digits.info.fingerprint) is None
    assert LoadedData().of_source(BUILTIN, AS_FOUND) is None


def test_the_same_images_are_known_by_their_fingerprint(digits: Dataset) -> None:
    data = LoadedData()
    data.keep(digits)
    assert data.of_fingerprint(digits.info.fingerprint) is digits
    assert data.of_fingerprint("another") is None


def test_only_the_built_in_set_cannot_have_changed(digits: Dataset) -> None:
    data = LoadedData()
    for source, expected in ((BUILTIN, True), ("/images/faces.npz", False)):
        kept = of_source(digits, source)
        data.keep(kept)
        assert (data.of_source(source, kept.info.options) is kept) == expected


def test_images_read_with_other_options_are_not_the_same(digits: Dataset) -> None:
    data = LoadedData()
    data.keep(of_source(digits, BUILTIN))
    assert data.of_source(BUILTIN, ImageOptions(size=(16, 16))) is None


def test_the_previous_set_is_dropped(digits: Dataset) -> None:
    data = LoadedData()
    data.keep(digits)
    data.keep(replace(digits, info=replace(digits.info, fingerprint="newer")))
    assert data.of_fingerprint(digits.info.fingerprint) is None
