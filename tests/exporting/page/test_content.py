"""exporting/page/content.py: what a page holds of a run, and what it leaves out."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest

from tests.browser import code, content, drag, pixels
from tests.exporting.page.pages import Opener, by_keras, labelled, variant
from vae_explorer.data.names import pack_names
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.run.page import read_page
from vae_explorer.run.run import Run

HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.mark.long
def test_a_run_whose_figures_are_not_finite_is_exported_and_read_back(tiny_run: Run, tmp_path: Path) -> None:
    held_out = dataclasses.replace(tiny_run.info.held_out, negative_elbo=math.nan, kl_loss=math.inf)
    history = tuple(dataclasses.replace(record, val_loss=math.nan) for record in tiny_run.history)
    info = dataclasses.replace(tiny_run.info, held_out=held_out)
    write_page(dataclasses.replace(tiny_run, info=info, history=history), tmp_path / "page.html")
    run = read_page(tmp_path / "page.html")
    assert run.info.held_out is not None
    assert math.isnan(run.info.held_out.negative_elbo)
    assert math.isnan(run.history[0].val_loss)
    write_page(run, tmp_path / "again.html")


@pytest.mark.long
def test_hostile_names_are_only_text(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    names = (HOSTILE, *tiny_run.info.dataset.class_names[1:])
    run = variant(tiny_run, name=HOSTILE, licence=HOSTILE, class_names=names)
    write_page(dataclasses.replace(run, info=dataclasses.replace(run.info, name=HOSTILE)), path)
    page = open_page(path)
    assert page.locator("img").count() == 0
    assert page.inner_text("h1") == HOSTILE
    assert page.inner_text("[data-class='0'] span") == HOSTILE
    assert page.title().startswith(HOSTILE)
    zeros = tiny_run.codes.z_mean[tiny_run.codes.label == 0]
    drag(page, (0, 0), (float(zeros[0, 0]), float(zeros[0, 1])))
    assert page.locator("img").count() == 0


def test_the_page_does_not_name_its_maker(tiny_run: Run, tmp_path: Path) -> None:
    secret = "/home/maker/secret/images.npz"
    run = variant(tiny_run, source=secret)
    write_page(dataclasses.replace(run, info=dataclasses.replace(run.info, note="for maker")), tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    for path in (secret, "maker", str(tiny_run.folder), str(tiny_run.folder.parent), f"{Path.home()}/", str(tmp_path)):
        assert path not in text


@pytest.mark.long
@pytest.mark.parametrize(("options", "named"), [
    (PageOptions(), False), (PageOptions(names=True), True), (PageOptions(data=False, names=True), False),
])  # fmt: skip
def test_names_and_notes_are_in_a_page_only_if_asked(
    tiny_run: Run, tmp_path: Path, options: PageOptions, named: bool
) -> None:
    names = pack_names(f"patient {number}.png" for number in range(len(tiny_run.codes.index)))
    codes = dataclasses.replace(tiny_run.codes, columns=dataclasses.replace(tiny_run.codes.columns, names=names))
    run = dataclasses.replace(variant(tiny_run, notes=("kept by doctor 7",)), codes=codes)
    write_page(run, tmp_path / "page.html", options)
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert ("patient" in text) == named
    assert "doctor" not in text
    found = read_page(tmp_path / "page.html").codes
    assert (found.columns.names is not None) == named
    if found.columns.names is not None:
        assert found.columns.names[3] == f"patient {run.codes.index.tolist().index(found.index[3])}.png"


@pytest.mark.long
def test_without_data_there_are_no_codes_images_and_names(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    run = variant(tiny_run, class_names=tuple(f"patient-{i}" for i in range(10)))
    path = tmp_path / "page.html"
    write_page(run, path, PageOptions(data=False))
    page = open_page(path)
    held = content(page)
    assert {name for name, _, _ in held["arrays"] if not name.startswith(("weight_", "check_"))} == set()
    assert "atlas" not in held
    assert "patient" not in path.read_text(encoding="utf-8")
    drag(page, (0, 0), (1, 1))
    assert np.abs(pixels(page) - by_keras(tiny_run, code(page))).max() <= 1


@pytest.mark.long
def test_many_classes_none_and_some_without_a_label(tiny_run: Run, open_page: Opener, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    label = np.arange(len(tiny_run.codes.label), dtype=np.int32) % 47
    many = variant(tiny_run, class_names=tuple(f"sort {i}" for i in range(47)))
    write_page(labelled(many, label), path)
    page = open_page(path)
    assert page.locator("[data-class]").count() == 47
    page.click("#all")
    page.click("[data-class='3']")
    shown = "Bokeh.documents[0].get_model_by_name('shown').booleans.filter(Boolean).length"
    assert page.evaluate(shown) == (label == 3).sum()

    unknown = np.where(label < 20, -1, 0).astype(np.int32)
    some = variant(tiny_run, class_names=("cat",))
    write_page(labelled(some, unknown), path)
    assert open_page(path).locator("[data-class]").all_inner_texts() == ["cat", "no label"]

    none = variant(tiny_run, class_names=())
    write_page(labelled(none, unknown * 0 - 1), path)
    page = open_page(path)
    assert page.locator("#classes").count() == 0
    assert page.evaluate("Bokeh.documents[0].get_model_by_name('colours').palette") == ["#4c8fc9"]
