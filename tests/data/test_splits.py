"""data/splits.py: what folders of usual data sets say."""

import pytest

from vae_explorer.data.splits import divide

T, V, H = "training", "validation", "held-out"
# By kind: for each folder with an image the part and the class that it stands for.
FOLDERS = {
    "train and val, as of hymenoptera": {
        "train/ants": (T, "ants"), "train/bees": (T, "bees"), "val/ants": (V, "ants"), "val/bees": (V, "bees"),
    },
    "doubled and wrapped, as of Intel's scenes": {
        "archive/seg_train/seg_train/sea": (T, "sea"), "archive/seg_train/seg_train/street": (T, "street"),
        "archive/seg_test/seg_test/sea": (H, "sea"), "archive/seg_test/seg_test/street": (H, "street"),
        "archive/seg_pred/seg_pred": (None, None),
    },
    "upper case and a folder beside": {
        "Training/pear": (T, "pear"), "Training/plum": (T, "plum"), "Test/pear": (H, "pear"), "papers": (None, None),
    },
    "words after the part": {"train_images": (T, None), "test_images": (H, None)},
    "a class in the name of the part, as of CycleGAN": {
        "trainA": (T, "a"), "trainB": (T, "b"), "testA": (H, "a"), "testB": (H, "b"),
    },
    "a test without classes": {"train/cat": (T, "cat"), "train/dog": (T, "dog"), "test/test": (H, None)},
    "a test of one of the classes": {"train/cat": (T, "cat"), "train/dog": (T, "dog"), "test/dog": (H, "dog")},
    "parts below each class": {
        "cat/train": (T, "cat"), "cat/test": (H, "cat"), "dog/train": (T, "dog"), "dog/test": (H, "dog"),
    },
    "the same folder in each part": {"train/images": (T, None), "test/images": (H, None)},
    "validation and test": {"valid/cat": (V, "cat"), "valid/dog": (V, "dog"), "test/cat": (H, "cat")},
    "nested wrapping": {"archive/data/cat": (None, "cat"), "archive/data/dog": (None, "dog")},
    "abbreviations that may be languages": {"tr": (None, "tr"), "te": (None, "te"), "en": (None, "en")},
    "other words that differ": {"steam train": (None, "steam train"), "test tube": (None, "test tube")},
    "one folder": {"all/deep": (None, None)},
}  # fmt: skip


@pytest.mark.parametrize("kind", FOLDERS)
def test_folders_are_seen_for_what_they_are(kind: str):
    found = divide([f"{folder}/1.png" for folder in FOLDERS[kind]])
    assert list(zip(found.parts, found.classes, strict=True)) == list(FOLDERS[kind].values())


def test_an_image_beside_the_wrapping_folder_has_no_class():
    found = divide(["preview.png", "archive/cat/1.png", "archive/dog/1.png"])
    assert found.classes == (None, "cat", "dog")


def test_what_becomes_of_each_part_is_said():
    said = " ".join(divide(["train/1.png", "val/1.png"]).notes)
    assert "The images below val join the images for training" in said
    assert "a seventh of all images is held out" in said
    assert "below test are held out" in " ".join(divide(["train/1.png", "test/1.png"]).notes)


@pytest.mark.parametrize("folders", [("train", "bus", "car"), ("steam train", "test tube"), ("train_v2", "test")])
def test_classes_that_look_like_parts_are_warned_of(folders: tuple[str, ...]):
    (warning,) = divide([f"{folder}/1.png" for folder in folders]).warnings
    assert "are taken for classes" in warning


def test_ordinary_classes_are_not_warned_of():
    assert not divide(["cat/1.png", "dog/1.png"]).warnings
    assert not divide(["cat/1.png", "dog/1.png"]).notes
