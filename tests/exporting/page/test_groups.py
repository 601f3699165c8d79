"""The page of a map that is coloured by groups shows them by name."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from tests.exporting.page.pages import Opener
from vae_explorer.exporting.page.choosing import PageOptions
from vae_explorer.exporting.page.content import class_entries
from vae_explorer.exporting.page.writing import write_page
from vae_explorer.latent.palette import class_colours
from vae_explorer.run.groups import Groups, no_groups
from vae_explorer.run.page import read_page
from vae_explorer.run.run import Run

MINE = "#aa0011"  # a colour that the person chose
EVERY = 3  # every third image is in no group


@pytest.fixture
def groups(tiny_run: Run) -> Groups:
    rows = np.arange(len(tiny_run.codes.index))
    return no_groups(len(rows)).put(rows[0::EVERY], "sound").put(rows[1::EVERY], 'cracked, "<b>old</b>"').paint(0, MINE)


@pytest.mark.long
def test_points_legend_and_examples_show_the_groups(
    tiny_run: Run, groups: Groups, open_page: Opener, tmp_path: Path
) -> None:
    write_page(tiny_run, tmp_path / "page.html", PageOptions(groups=groups))
    page = open_page(tmp_path / "page.html")
    assert page.get_attribute("#classes", "aria-label") == "Groups shown"
    names = page.eval_on_selector_all("#classes [data-class]", "(all) => all.map((one) => one.textContent.trim())")
    assert names == [*groups.names, "no group"]
    points = "Bokeh.documents[0].get_model_by_name('points').data"
    x, label = (np.array(page.evaluate(f"[...{points}.{name}]")) for name in ("x", "label"))
    order, wanted = np.argsort(x), np.where(groups.member < 0, 2, groups.member)
    by_x = np.argsort(tiny_run.codes.z_mean[:, 0])
    np.testing.assert_array_equal(label[order], wanted[by_x])
    palette = page.evaluate("Bokeh.documents[0].get_model_by_name('colours').palette")
    assert palette[:2] == [MINE, class_colours(2)[1]]
    page.wait_for_selector("canvas[aria-label*='real example,']", state="attached")
    examples = page.eval_on_selector_all("canvas", "(all) => all.map((one) => one.ariaLabel ?? '')")
    named = [label.partition("example, ")[2] for label in examples if "real example" in label]
    assert named
    assert set(named) <= set(names)
    page.click("#classes [data-class='0']")
    shown = page.evaluate("Bokeh.documents[0].get_model_by_name('shown').booleans.filter(Boolean).length")
    assert shown == (groups.member != 0).sum()


def test_the_page_has_the_colours_that_the_person_chose(groups: Groups) -> None:
    entries = class_entries(groups.names, groups.member, "no group", groups.colours)
    light, dark = class_colours(2), class_colours(2, dark=True)
    assert [(each["light"], each["dark"]) for each in entries[:2]] == [(MINE, MINE), (light[1], dark[1])]
    assert class_entries(groups.names, groups.member, "no group")[0]["light"] == light[0]


def test_a_page_of_groups_is_read_back_with_the_classes_of_the_run(
    tiny_run: Run, groups: Groups, tmp_path: Path
) -> None:
    write_page(tiny_run, tmp_path / "page.html", PageOptions(groups=groups))
    legend = f'style="--light: {MINE}; --dark: {MINE}"><i></i><span>sound</span>'
    assert legend in (tmp_path / "page.html").read_text(encoding="utf-8")
    again = read_page(tmp_path / "page.html")
    assert again.info.dataset.class_names == tiny_run.info.dataset.class_names
    label_of = dict(zip(tiny_run.codes.index.tolist(), tiny_run.codes.label.tolist(), strict=True))
    assert again.codes.label.tolist() == [label_of[index] for index in again.codes.index.tolist()]


def test_without_data_there_are_no_groups_in_the_page(tiny_run: Run, groups: Groups, tmp_path: Path) -> None:
    named = dataclasses.replace(groups, names=("confidential", "secret"))
    write_page(tiny_run, tmp_path / "page.html", PageOptions(data=False, groups=named))
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "confidential" not in text
