"""data/folder.py and data/image_file.py, through `load_dataset` and `inspect_data`: usual folders."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.image_files import noise, write_mixed_folder, write_pictures
from vae_explorer.data import folder as image_folder
from vae_explorer.data.dataset import TRAINING, split
from vae_explorer.data.fitting import Scales, Target
from vae_explorer.data.folder import find_images
from vae_explorer.data.image_file import read_header
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.reading import inspect_data, load_dataset
from vae_explorer.errors import UserError
from vae_explorer.run.config import VALIDATION_SHARE

BAD = {"class 0/bomb.png", "class 0/cut.png", "class 0/cut more.png", "class 0/no image.png"}
TEXTS = {"readme.txt", "class 0/notes.txt"}


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images") / "mixed"
    write_mixed_folder(folder)
    return folder


def test_the_good_ones_of_a_mixed_folder_are_read_and_the_others_listed(mixed: Path):
    dataset = load_dataset(str(mixed))
    assert dataset.info.images == 503
    assert dataset.info.image_shape == (20, 16, 1)
    assert dataset.info.class_names == tuple(f"class {number}" for number in range(5))
    assert dataset.labels is not None
    assert np.bincount(dataset.labels).tolist() == [103, 100, 100, 100, 100]
    assert {one.name for one in dataset.skipped} == BAD | TEXTS
    reasons = {one.name: one.reason for one in dataset.skipped}
    assert "truncated" in reasons["class 0/cut.png"]
    assert "50 million pixels" in reasons["class 0/bomb.png"]
    assert reasons["readme.txt"] == "no image by its name"


def test_the_report_says_the_same(mixed: Path):
    report, dataset = inspect_data(str(mixed)), load_dataset(str(mixed))
    assert report.count == dataset.info.images
    assert report.held_out == dataset.info.held_out_images == 71
    assert report.image_shape == dataset.info.image_shape
    assert set(report.skipped) == set(dataset.skipped)
    assert dict(report.class_counts)["class 0"] == 103
    assert report.decoded
    assert "0 to 4095, the 12 bits" in report.range_note
    assert dict(report.formats)["16-bit grey"] == 1
    assert report.thumbnails.shape == (48, 20, 16, 1)
    assert set(report.thumbnail_labels.tolist()) == set(range(5))


def test_pixels_come_as_they_are_and_in_the_order_of_names(tmp_path: Path):
    write_pictures(tmp_path / "b", 3, 16, 18, seed=1)
    write_pictures(tmp_path / "a", 3, 16, 18, seed=2)
    images = load_dataset(str(tmp_path)).images
    np.testing.assert_array_equal(images[:3, ..., 0], noise(3, 16, 18, seed=2))
    np.testing.assert_array_equal(images[3:, ..., 0], noise(3, 16, 18, seed=1))


@pytest.mark.parametrize("ending", ["png", "bmp", "tif", "gif", "webp", "jpg", "pgm", "ppm"])
def test_each_format_is_read(tmp_path: Path, ending: str):
    picture = Image.fromarray(np.kron(noise(4, 4), np.ones((8, 8))).astype(np.uint8))
    picture = picture.convert("RGB") if ending == "ppm" else picture
    picture.save(tmp_path / f"a.{ending}", **({"lossless": True} if ending == "webp" else {}))
    (image,) = load_dataset(str(tmp_path)).images
    difference = np.abs(image.mean(axis=2) - np.asarray(picture.convert("L"), float))
    assert difference.max() <= (20 if ending == "jpg" else 1)


def test_of_moving_images_the_first_is_taken(tmp_path: Path):
    frames = [Image.new("L", (16, 16), level) for level in (40, 200)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert load_dataset(str(tmp_path)).images.mean() == pytest.approx(40, abs=2)


def test_a_photograph_stands_upright(tmp_path: Path):
    image = np.zeros((16, 32, 3), np.uint8)
    image[:, :8] = 255  # left, which Exif says is the top
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(image).save(tmp_path / "a.png", exif=exif)
    (found,) = load_dataset(str(tmp_path)).images
    assert found.shape == (32, 16, 3)
    assert found[:8].min() == 255
    assert found[8:].max() == 0


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_transparent_images_lie_on_white(tmp_path: Path, mode: str):
    clear = Image.new("RGBA", (16, 16), (0, 0, 0, 0))
    clear.paste((200, 0, 0, 255), (0, 0, 8, 16))
    clear.convert(mode).save(tmp_path / "a.png")
    (found,) = load_dataset(str(tmp_path), ImageOptions(color="rgb")).images
    assert found[:, 8:].min() == 255
    assert found[:, :8, 1].max() < 100


def test_a_palette_is_looked_up_and_its_clear_colour_is_white(tmp_path: Path):
    picture = Image.new("P", (16, 16), 1)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.paste(0, (0, 0, 8, 16))
    picture.save(tmp_path / "a.png")
    picture.save(tmp_path / "b.png", transparency=0)
    first, second = load_dataset(str(tmp_path)).images
    assert first[0, [0, 15]].tolist() == [[10, 20, 30], [200, 100, 50]]
    assert second[0, [0, 15]].tolist() == [[255, 255, 255], [200, 100, 50]]


def test_of_several_pages_the_first_is_taken_and_that_is_said(tmp_path: Path):
    pages = [Image.new("L", (16, 16), level) for level in (40, 200)]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    assert load_dataset(str(tmp_path)).images.max() == 40
    assert inspect_data(str(tmp_path)).formats == (("8-bit grey, the first of several pages", 1),)


def test_deep_images_are_scaled_by_the_bits_that_hold_all(tmp_path: Path):
    deep = noise(2, 16, 16, most=1024)
    deep[0, 0, 0] = 1000
    for number, image in enumerate(deep):
        Image.fromarray(image).save(tmp_path / f"{number}.tif")
    found = load_dataset(str(tmp_path)).images[..., 0]
    np.testing.assert_array_equal(found, np.rint(deep * (255 / 1023)))
    chosen = load_dataset(str(tmp_path), ImageOptions(value_range=(0, 65535))).images[..., 0]
    np.testing.assert_array_equal(chosen, np.rint(deep * (255 / 65535)))


def test_floats_that_are_no_numbers_are_skipped(tmp_path: Path):
    values = np.linspace(-1, 1, 256, dtype=np.float32).reshape(16, 16)
    Image.fromarray(values).save(tmp_path / "a.tif")
    Image.fromarray(np.where(values > 0, np.float32(np.nan), values)).save(tmp_path / "b.tif")
    dataset = load_dataset(str(tmp_path))
    assert [one.name for one in dataset.skipped] == ["b.tif"]
    np.testing.assert_allclose(dataset.images[0, ..., 0], (values + 1) * 127.5, atol=0.51)


def test_sizes_that_differ_are_brought_to_64_and_those_chosen_to_what_was_chosen(tmp_path: Path):
    write_pictures(tmp_path / "a", 3, 20, 30)
    write_pictures(tmp_path / "b", 2, 300, 200, 3)
    report = inspect_data(str(tmp_path))
    assert report.image_shape == (64, 64, 3)
    assert "sizes differ" in report.shape_note
    assert report.sizes == (((20, 30), 3), ((300, 200), 2))
    options = ImageOptions(size=(32, 48), color="grey")
    assert load_dataset(str(tmp_path), options).images.shape == (5, 32, 48, 1)


@pytest.mark.parametrize(("fit", "edge", "middle"), [("crop", 200, 200), ("pad", 0, 200), ("stretch", 200, 200)])
def test_another_aspect_is_cut_padded_or_stretched(tmp_path: Path, fit: str, edge: int, middle: int):
    Image.new("L", (64, 32), 200).save(tmp_path / "a.png")
    (image,) = load_dataset(str(tmp_path), ImageOptions(size=(32, 32), fit=fit)).images  # type: ignore[arg-type]
    assert image[0, 16, 0] == edge
    assert image[16, 16, 0] == middle
    (inverted,) = load_dataset(str(tmp_path), ImageOptions(size=(32, 32), fit=fit, invert=True)).images  # type: ignore[arg-type]
    np.testing.assert_array_equal(inverted, 255 - image)


def test_a_few_coloured_ones_among_grey_ones_become_grey(tmp_path: Path):
    write_pictures(tmp_path / "a", 39, 16, 16)
    write_pictures(tmp_path / "b", 1, 16, 16, 3)
    assert inspect_data(str(tmp_path)).image_shape == (16, 16, 1)
    write_pictures(tmp_path / "b", 4, 16, 16, 3)
    assert inspect_data(str(tmp_path)).image_shape == (16, 16, 3)


def test_folders_for_training_and_test_divide_the_set(tmp_path: Path):
    for name_of_split, count in (("train", 4), ("test", 2), ("val", 3), ("other", 1)):
        for name in ("cat", "dog"):
            write_pictures(tmp_path / name_of_split / name, count, 16, 16)
    dataset = load_dataset(str(tmp_path))
    assert dataset.info.images == 18
    assert dataset.info.class_names == ("cat", "dog")
    assert dataset.info.held_out_images == 4
    assert len(dataset.skipped) == 2
    assert (split(dataset, 0, VALIDATION_SHARE)[~dataset.held_out] <= TRAINING + 1).all()


def test_images_beside_classes_have_none(tmp_path: Path):
    for name in ("cat", "dog"):
        write_pictures(tmp_path / name / "deeper", 2, 16, 16)
    write_pictures(tmp_path, 1, 16, 16)
    dataset = load_dataset(str(tmp_path))
    assert dataset.labels is not None
    assert dataset.labels.tolist() == [-1, 0, 0, 1, 1]
    assert inspect_data(str(tmp_path)).unlabelled == 1


def test_one_folder_is_no_class_and_times_are_kept(tmp_path: Path):
    write_pictures(tmp_path / "all", 3, 16, 16)
    for number in range(3):
        os.utime(tmp_path / "all" / f"{number:03}.png", (1_700_000_000 + 10 * number,) * 2)
    dataset = load_dataset(str(tmp_path))
    assert dataset.labels is None
    assert dataset.info.value_names == ("time",)
    assert dataset.columns.values.tolist() == [[0], [10], [20]]


def test_links_to_folders_and_devices_are_not_followed(tmp_path: Path):
    write_pictures(tmp_path / "set" / "a", 2, 16, 16)
    write_pictures(tmp_path / "outside", 2, 16, 16)
    (tmp_path / "set" / "a" / "loop").symlink_to(tmp_path / "set")
    (tmp_path / "set" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "set" / "a" / "self.png").symlink_to("self.png")
    (tmp_path / "set" / "a" / "device.png").symlink_to("/dev/zero")
    os.mkfifo(tmp_path / "set" / "a" / "pipe.png")
    dataset = load_dataset(str(tmp_path / "set"))
    assert dataset.info.images == 2
    reasons = {one.name: one.reason for one in dataset.skipped}
    assert set(reasons) == {"a/loop", "out", "a/self.png", "a/device.png", "a/pipe.png"}
    assert "not followed" in reasons["out"]
    assert reasons["a/pipe.png"] == reasons["a/device.png"] == "not a file"


def test_names_hold_no_control_characters(tmp_path: Path):
    for name in (b"\x1b[31mred", b"caf\xe9", b"<b>bold & more"):
        write_pictures(Path(os.fsdecode(os.fsencode(tmp_path) + b"/set/" + name)), 1, 16, 16)
    (tmp_path / "set" / "line\nbreak.txt").write_text("")
    dataset = load_dataset(str(tmp_path / "set"))
    assert dataset.info.class_names == ("\\x1b[31mred", "<b>bold & more", "caf\\udce9")
    assert [one.name for one in dataset.skipped] == ["line\\nbreak.txt"]


def test_a_folder_without_images_is_refused(tmp_path: Path):
    (tmp_path / "a.txt").write_text("")
    with pytest.raises(UserError, match="holds no images: PNG"):
        load_dataset(str(tmp_path))
    (tmp_path / "a.png").write_bytes(b"no")
    with pytest.raises(UserError, match=r"holds no image that can be read\. The first, a\.png: damaged"):
        load_dataset(str(tmp_path))


def test_reading_ends_where_progress_raises(mixed: Path, tmp_path: Path):
    class LeftError(Exception):
        pass

    seen: list[float] = []

    def report(_task: str, done: float) -> None:
        seen.append(done)
        if done > 0.5:
            raise LeftError

    with pytest.raises(LeftError):
        load_dataset(str(mixed), progress=report)
    assert seen == sorted(seen)
    assert not list((tmp_path / "home").rglob("images*/*")), "nothing half-read is kept"


def test_pages_of_a_tiff_are_images_by_choice(tmp_path: Path):
    pages = [Image.fromarray(np.full((16, 16), level, np.uint8)) for level in (10, 120, 250)]
    (tmp_path / "set").mkdir()
    pages[0].save(tmp_path / "set" / "stack.tif", save_all=True, append_images=pages[1:])
    pages[1].save(tmp_path / "set" / "one.tif")
    table = "name,label\nstack.tif#2,b\nstack.tif#1,a\nstack.tif#3,c\none.tif,b\n"
    (tmp_path / "set" / "labels.csv").write_text(table)
    dataset = load_dataset(str(tmp_path / "set"), ImageOptions(pages="all", value_range=(0, 255)))
    assert dataset.images[:, 0, 0, 0].tolist() == [120, 10, 120, 250]
    assert dataset.columns.label.tolist() == [1, 0, 1, 2]
    (tmp_path / "set" / "labels.csv").unlink()
    assert len(load_dataset(str(tmp_path / "set")).images) == 2


def test_a_tiff_alone_is_read_as_a_folder_of_its_pages(tmp_path: Path):
    pages = [Image.fromarray(np.full((16, 16), level, np.uint8)) for level in (10, 120, 250)]
    path = tmp_path / "stack.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    with pytest.raises(UserError, match=r"holds 3 pages: --pages all takes each for an image\."):
        load_dataset(str(path))
    dataset = load_dataset(str(path), ImageOptions(pages="all", value_range=(0, 255)))
    assert dataset.images[:, 0, 0, 0].tolist() == [10, 120, 250]
    assert dataset.info.name == "stack"
    assert dataset.columns.names is not None
    assert dataset.columns.names[2] == "stack.tif#3"


def test_folders_that_systems_make_are_no_classes(tmp_path: Path):
    for folder in ("a", "b", "@eaDir", "__MACOSX", ".ipynb_checkpoints"):
        write_pictures(tmp_path / folder, 3, 16, 16)
    assert inspect_data(str(tmp_path)).class_counts == (("a", 3), ("b", 3))


def test_images_beside_their_masks_are_warned_of(tmp_path: Path):
    write_pictures(tmp_path / "images", 3, 16, 16)
    write_pictures(tmp_path / "masks", 3, 16, 16)
    (sentence,) = inspect_data(str(tmp_path)).warnings
    assert sentence == (
        "The folders images and masks are taken for classes: if masks belongs to the images, give the folder of the "
        "images alone."
    )


def test_a_table_that_is_not_read_is_named_with_the_option_that_reads_it(tmp_path: Path):
    write_pictures(tmp_path, 3, 16, 16)
    (tmp_path / "train.csv").write_text("file,label\n")
    (skipped,) = inspect_data(str(tmp_path)).skipped
    assert (skipped.name, skipped.reason) == ("train.csv", "a table, read only if it is given as --labels")


def test_of_several_frames_the_first_is_taken_and_that_is_said(tmp_path: Path):
    frames = [Image.new("L", (16, 16), level) for level in (40, 200)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    ((name, _),) = inspect_data(str(tmp_path)).formats
    assert name.endswith(", the first of several frames")


def test_numbered_parts_of_a_set_are_no_classes(tmp_path: Path):
    for folder in ("fold1/a", "fold1/b", "fold2/a", "fold2/b"):
        write_pictures(tmp_path / folder, 3, 16, 16)
    report = inspect_data(str(tmp_path))
    assert report.class_counts == (("a", 6), ("b", 6))
    assert "The folders fold1 and fold2 are numbered parts of the set and no classes." in report.notes


def test_a_table_beside_the_folder_is_named(tmp_path: Path):
    write_pictures(tmp_path / "train", 3, 16, 16)
    (tmp_path / "train_labels.csv").write_text("id,label\n")
    note = "Not used: train_labels.csv beside the folder, which --labels reads."
    assert note in inspect_data(str(tmp_path / "train")).notes


def test_a_png_may_say_which_side_is_up_behind_its_pixels(tmp_path: Path) -> None:
    image = np.zeros((16, 24), np.uint8)
    exif = Image.Exif()
    exif[0x0112] = 6
    path = tmp_path / "before.png"
    Image.fromarray(image).save(path, exif=exif)
    content = path.read_bytes()
    at = content.index(b"eXIf") - 4
    chunk = content[at : at + 12 + int.from_bytes(content[at : at + 4], "big")]
    end = content.index(b"IEND") - 4
    assert at < content.index(b"IDAT")
    (tmp_path / "behind.png").write_bytes(content[:at] + content[at + len(chunk) : end] + chunk + content[end:])
    Image.fromarray(image).save(tmp_path / "upright.png")
    names = ("before.png", "behind.png", "upright.png")
    assert [read_header(tmp_path / name).size for name in names] == [(24, 16), (24, 16), (16, 24)]


def test_large_files_come_in_small_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        side = 64 if number == 3 else 16
        Image.fromarray(noise(side, side)).save(tmp_path / f"{number}.bmp")
    size = (tmp_path / "0.bmp").stat().st_size
    monkeypatch.setattr(image_folder, "BYTES_AT_ONCE", 2 * size)
    blocks = find_images(tmp_path).read(Target((16, 16, 3), "crop", False, Scales()))
    assert [block.rows.tolist() for block in blocks] == [[0, 1], [2], [3], [4, 5], [6]]
