"""run/page.py: a page is read back as the run that it was exported from."""

import base64
import dataclasses
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.exploring.opening import load_run
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.model.decoder import run_decoder
from vae_explorer.run.page import open_run_or_page, pack_arrays, read_page
from vae_explorer.run.run import Run


@pytest.fixture(scope="module")
def page(tiny_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    write_page(tiny_run, path)
    return path


def test_what_is_read_is_what_was_written(tiny_run: Run, page: Path) -> None:
    run = read_page(page)
    dataset = dataclasses.replace(tiny_run.info.dataset, source="")
    assert run.info.segments[0].began == tiny_run.info.segments[0].began[:10]
    assert dataclasses.replace(run.info, segments=()) == dataclasses.replace(
        tiny_run.info, dataset=dataset, created=tiny_run.info.created[:10], segments=()
    )
    assert run.history == tiny_run.history
    order = np.argsort(run.codes.index)
    known = np.argsort(tiny_run.codes.index)
    for name in ("z_mean", "z_log_var", "label", "index", "split"):
        found, expected = getattr(run.codes, name)[order], getattr(tiny_run.codes, name)[known]
        np.testing.assert_array_equal(found, expected)
        assert found.dtype == expected.dtype
    images = dict(zip(tiny_run.sample.index.tolist(), tiny_run.sample.images, strict=True))
    assert len(run.sample.index) == len(images)
    for index, image in zip(run.sample.index.tolist(), run.sample.images, strict=True):
        np.testing.assert_array_equal(image, images[index])


def test_it_decodes_without_litert_and_without_keras(tiny_run: Run, page: Path) -> None:
    decoder = run_decoder(read_page(page))
    assert decoder.engine == "numpy"
    z = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    np.testing.assert_allclose(decoder(z), run_decoder(tiny_run)(z), atol=1e-5)


def test_it_can_be_exported_again(page: Path, tmp_path: Path) -> None:
    run = read_page(page)
    write_page(run, tmp_path / "again.html")
    again = read_page(tmp_path / "again.html")
    assert again.info == run.info
    assert len(again.codes.label) == len(run.codes.label)


def test_a_page_without_data_is_a_run_without_codes(tiny_run: Run, tmp_path: Path) -> None:
    write_page(tiny_run, tmp_path / "page.html", PageOptions(data=False))
    run, subject = load_run(tmp_path / "page.html")
    assert run.codes.z_mean.shape == (0, 2)
    assert run.sample.images.shape == (0, 28, 28, 1)
    assert run.info.dataset.class_names == ()
    assert subject.decoder(np.zeros((1, 2), np.float32)).shape == (1, 28, 28, 1)


def test_the_examples_have_their_codes_however_few_are_drawn(tiny_run: Run, tmp_path: Path) -> None:
    write_page(tiny_run, tmp_path / "page.html", PageOptions(points=200))
    run = read_page(tmp_path / "page.html")
    assert len(run.codes.index) == len(np.unique(run.codes.index)) == 200
    assert set(run.sample.index) <= set(run.codes.index)
    assert len(run.sample.index) == len(tiny_run.sample.index)


def test_labels_that_are_missing_stay_missing(tiny_run: Run, tmp_path: Path) -> None:
    label = np.where(tiny_run.codes.label == 3, -1, tiny_run.codes.label).astype(np.int32)
    columns = dataclasses.replace(tiny_run.codes.columns, labels=label)
    run = dataclasses.replace(tiny_run, codes=dataclasses.replace(tiny_run.codes, columns=columns))
    write_page(run, tmp_path / "page.html")
    codes = read_page(tmp_path / "page.html").codes
    assert (codes.label == -1).sum() == (label == -1).sum()


def test_folders_and_pages_are_distinguished(tiny_run: Run, page: Path) -> None:
    assert open_run_or_page(tiny_run.folder).folder == tiny_run.folder
    assert open_run_or_page(page).folder == page
    with pytest.raises(UserError, match="There is no file"):
        open_run_or_page(page.with_name("missing.html"))


def changed(page: Path, path: Path, change: dict[str, object]) -> Path:
    """A copy of a page with other settings."""

    def put(found: re.Match[str]) -> str:
        content = json.loads(found[2]) | change
        return found[1] + json.dumps({k: v for k, v in content.items() if v is not None}).replace("<", "\\u003c")

    text = page.read_text(encoding="utf-8")
    text = re.sub(r'(<script type="application/json" id="content">)(.*?)(?=</script>)', put, text, flags=re.DOTALL)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"format": 2}, "newer version"),
        ({"decoder": None, "lattice": {}}, "no decoder"),
        ({"decoder": {}}, "damaged"),
        ({"decoder": {"format": 1, "latent_dim": 2, "operations": [{"kind": "exec"}]}}, "damaged"),
        ({"weights": ["weight_9"]}, "damaged"),
        ({"weights": ["weight_0"] * 20}, "damaged"),
        ({"format": "x" * 100_000}, "damaged"),
        ({"run": {}}, "damaged"),
        ({"run": []}, "damaged"),
        ({"history": [{"epoch": 1}]}, "damaged"),
        ({"arrays": [["z_mean", "object", [2]]]}, "damaged"),
        ({"arrays": [["z_mean", "float32", [10**9, 10**9]]]}, "damaged"),
        ({"arrays": [["z_mean", "float32", [-1]]]}, "damaged"),
        ({"arrays": 7}, "damaged"),
        ({"atlas": {"picture": "data:image/webp;base64,AAAA", "columns": 4, "width": 28, "height": 28}}, "damaged"),
        ({"atlas": {"picture": 3, "columns": 0, "width": 28, "height": 28}}, "damaged"),
    ],
)
def test_tampered_settings_get_one_sentence(page: Path, tmp_path: Path, change: dict[str, object], words: str) -> None:
    with pytest.raises(UserError, match=words) as error:
        read_page(changed(page, tmp_path / "page.html", change))
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 600


def test_a_page_does_not_say_what_to_open(page: Path, tmp_path: Path) -> None:
    run = json.loads(page.read_text(encoding="utf-8").partition('id="content">')[2].partition("</script>")[0])["run"]
    run["dataset"]["source"] = "//somewhere/else.npz"
    assert read_page(changed(page, tmp_path / "page.html", {"run": run})).info.dataset.source == ""


def test_thumbnails_that_claim_to_be_huge_are_refused(page: Path, tmp_path: Path) -> None:
    bomb = b"RIFF\x1e\x00\x00\x00WEBPVP8L\x11\x00\x00\x00\x2f\xff\xff\xff\x0f" + bytes(12)
    picture = f"data:image/webp;base64,{base64.b64encode(bomb).decode()}"
    atlas = {"picture": picture, "columns": 4, "width": 28, "height": 28}
    with pytest.raises(UserError, match="damaged"):
        read_page(changed(page, tmp_path / "page.html", {"atlas": atlas}))


def test_many_elements_without_an_end_are_read_fast(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text('<script type="application/json" id="content">' * 100_000)
    with pytest.raises(UserError, match="not a page"):
        read_page(tmp_path / "page.html")


def test_a_folder_named_as_a_page_is_a_run(tiny_run_folder: Path) -> None:
    folder = tiny_run_folder.rename(tiny_run_folder.with_name("run.html"))
    assert open_run_or_page(folder).folder == folder


def test_other_files_are_no_pages(tmp_path: Path) -> None:
    for number, content in enumerate((b"", b"<html></html>", b"\xff\xfe\x00", b"[" * 100_000)):
        path = tmp_path / f"{number}.html"
        path.write_bytes(content)
        with pytest.raises(UserError, match="not a page that VAE Explorer has exported"):
            read_page(path)


def test_a_page_that_is_cut_off_is_damaged(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    start = text.index('id="arrays">') + len('id="arrays">')
    (tmp_path / "cut.html").write_text(text[:start] + text[start : start + 40_000] + "</script>", encoding="utf-8")
    with pytest.raises(UserError, match="damaged"):
        read_page(tmp_path / "cut.html")


def test_arrays_are_packed_so_that_each_begins_at_a_multiple_of_four() -> None:
    arrays = {"odd": np.arange(5, dtype=np.uint8), "floats": np.array([[1.5, -2.0]], np.float32)}
    layout, packed = pack_arrays(arrays)
    assert layout == [("odd", "uint8", [5]), ("floats", "float32", [1, 2])]
    content = zlib.decompress(base64.b64decode(packed))
    assert len(content) == 16
    np.testing.assert_array_equal(np.frombuffer(content, np.float32, 2, 8), [1.5, -2.0])
