"""exporting/figure.py: paper, captions and files of all pictures."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from tests.picture_files import pdf_fonts, pdf_text, svg_texts
from vae_explorer.errors import UserError
from vae_explorer.exporting.figure import (
    Margins,
    Page,
    Paper,
    drawing,
    measures,
    room,
    shortened,
    text_width,
    to_pixels,
    to_screen,
    wrapped,
    write_picture,
)
from vae_explorer.exporting.origin import caption_of
from vae_explorer.progress import Progress
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure

HOSTILE = r"cost $x_1$ & <b>bold</b> \frac{1}{2} 100 % ^_{}"


def page(paper: Paper, note: str = "") -> "Figure":
    with drawing():
        margins = Margins(left=10) if note else Margins()
        width = min(300, room(paper, margins))
        made = Page(paper, width, 200, margins, note)
        axes = made.axes(0, 0, width, 200)
        axes.imshow(np.zeros((2, 3, 3), np.uint8), aspect="auto", interpolation="none")
        axes.set_axis_off()
        return made.figure


def test_a_page_without_text_is_as_high_as_its_content_and_as_wide_as_the_paper() -> None:
    figure = page(Paper(3, 254))
    assert measures(figure) == "3.0 x 2.0 cm, 300 x 200 dots"
    assert to_pixels(figure).shape == (200, 300, 3)
    assert to_pixels(page(Paper(16, 300))).shape == (200, 1890, 3), "also around narrower content"


@pytest.mark.parametrize("ending", [".svg", ".pdf", ".png", ".SVG"])
def test_the_same_picture_has_the_same_bytes_and_no_path(tmp_path: Path, ending: str) -> None:
    paths = [tmp_path / f"{name}{ending}" for name in ("a", "b")]
    for path in paths:
        write_picture(path, lambda _: page(Paper(caption="the same")))
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert str(tmp_path).encode() not in first
    assert b"CreationDate" not in first
    assert b"dc:date" not in first


def test_text_is_literal_text_in_svg_and_pdf(tmp_path: Path) -> None:
    for name in ("p.svg", "p.pdf", "p.png"):
        write_picture(tmp_path / name, lambda _: page(Paper(width=16, caption=HOSTILE), note="z3 is 0."))
    said = " ".join(svg_texts(tmp_path / "p.svg"))
    assert "z3 is 0." in said
    assert said.replace(" ", "").endswith(HOSTILE.replace(" ", ""))
    assert HOSTILE.replace(" ", "") in pdf_text(tmp_path / "p.pdf").replace(" ", "")
    assert set(pdf_fonts(tmp_path / "p.pdf")) == {"/FontFile2"}


def test_a_png_stores_its_resolution(tmp_path: Path) -> None:
    write_picture(tmp_path / "p.png", lambda _: page(Paper(dpi=150)))
    with Image.open(tmp_path / "p.png") as picture:
        assert picture.info["dpi"] == pytest.approx((150, 150), abs=0.02)
        assert picture.mode == "L"  # a picture without colours is stored as grey levels


@pytest.mark.parametrize("text", ["word " * 200, "x" * 1000, "one\ntwo\n\nthree"])
def test_long_captions_are_broken_within_the_page(text: str) -> None:
    with drawing():
        lines = wrapped(text, 120, 8)
        assert all(text_width(line, 8) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(text.split())


def test_a_caption_lies_below_the_content_and_within_the_page() -> None:
    paper = Paper(caption="A caption that is longer than this narrow picture is wide, so that it takes lines. " * 3)
    pixels = to_pixels(page(paper))
    edge = paper.dots(5)
    assert pixels.shape[0] > 200 + 4 * edge
    for side in (pixels[:edge], pixels[-edge:], pixels[:, :edge], pixels[:, -edge:]):
        assert (side == 255).all()
    below = pixels[paper.dots(6) + 201 :]
    assert (below < 128).any()


def test_a_name_that_is_too_long_is_shortened() -> None:
    with drawing():
        short = shortened("a very long name " * 30, 100, 7)
        assert text_width(short, 7) <= 100
    assert short.endswith("…")
    assert short.startswith("a very long")


def test_missing_characters_raise_no_warning(tmp_path: Path) -> None:
    write_picture(tmp_path / "p.png", lambda _: page(Paper(caption="日本語 🙂")))
    write_picture(tmp_path / "p.svg", lambda _: page(Paper(caption="日本語 🙂")))
    assert "日本語 🙂" in svg_texts(tmp_path / "p.svg")


def test_the_screen_shows_the_whole_page_smaller() -> None:
    pixels = to_screen(page(Paper(caption="text")), 120, 500)
    assert pixels.shape[1] == 120
    assert to_screen(page(Paper(3, 254)), 5000, 5000).shape == (200, 300, 3), "not above its own resolution"


@pytest.mark.parametrize("width", [300, 301, *(pytest.param(each, marks=pytest.mark.long) for each in (333, 467, 612))])
@pytest.mark.parametrize("height", [300, 311, 398, 599])
@pytest.mark.parametrize("sides", [(48, 40), (40, 48), (16, 128), (128, 16), (28, 28), (31, 97)])
def test_the_screen_shows_content_of_any_aspect_ratio(sides: tuple[int, int], width: int, height: int) -> None:
    high, wide = sides
    dots = 1890 * high // wide
    with drawing():
        made = Page(Paper(), 1890, dots)
        axes = made.axes(0, 0, 1890, dots)
        axes.imshow(np.zeros((high, wide, 3), np.uint8), aspect="auto", interpolation="none")
        axes.set_axis_off()
    shown = to_screen(made.figure, width, height)
    assert shown.shape[1] == width or shown.shape[0] == height
    assert shown.shape[1] <= width
    assert shown.shape[0] <= height
    assert (shown == 0).all(), "the content covers every pixel"


def test_the_screen_shows_content_that_is_thinner_than_a_dot() -> None:
    with drawing():
        made = Page(Paper(), 1890, 900)
        made.axes(0, 100, 1890, 1).imshow(np.zeros((1, 9, 3), np.uint8), aspect="auto")
    assert to_screen(made.figure, 300, 300).shape == (142, 300, 3)


@pytest.mark.parametrize("paper", [Paper(16, 300), Paper(8.5, 600), Paper(3, 50), Paper(12.3, 97, "a caption")])
def test_every_file_has_exactly_the_width_asked_for(tmp_path: Path, paper: Paper) -> None:
    for ending in ("png", "svg", "pdf"):
        write_picture(tmp_path / f"p.{ending}", lambda _: page(paper, "a note"))
    half_a_dot = 72 / paper.dpi / 2 + 1e-3
    points = paper.width / 2.54 * 72
    with Image.open(tmp_path / "p.png") as picture:
        assert picture.width == round(paper.width / 2.54 * paper.dpi)
    assert float(ElementTree.parse(tmp_path / "p.svg").getroot().attrib["width"].removesuffix("pt")) == pytest.approx(
        points, abs=half_a_dot
    )
    assert float(PdfReader(tmp_path / "p.pdf").pages[0].mediabox.width) == pytest.approx(points, abs=half_a_dot)


def test_the_settings_of_the_process_are_not_changed() -> None:
    import matplotlib

    before = dict(matplotlib.rcParams)
    to_pixels(page(Paper(caption="text")))
    assert dict(matplotlib.rcParams) == before


@pytest.mark.long
def test_the_users_matplotlibrc_changes_nothing_and_stderr_is_empty(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from vae_explorer.exporting.figure import Page, Paper, drawing, write_picture
def draw(_):
    with drawing():
        return Page(Paper(caption="$a$"), 300, 200).figure
write_picture(Path(sys.argv[1]), draw)
assert "matplotlib.pyplot" not in sys.modules
"""
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "matplotlibrc").write_text(
        "figure.facecolor: red\nsvg.fonttype: path\nno.such: 1\nfont.size: 30\n"
    )
    written = []
    for name, folder in (("a.svg", tmp_path / "home"), ("b.svg", tmp_path / "nowhere" / "file")):
        (tmp_path / "nowhere").touch()  # a file, so that no folder can be made in it
        environment = os.environ | {"MPLCONFIGDIR": str(folder)}
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]
    assert svg_texts(tmp_path / "a.svg") == ["$a$"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"dpi": 49}, "50 to 1,200"),
        ({"dpi": 1201}, "50 to 1,200"),
        ({"width": 2.9}, "3 to 100 cm"),
        ({"width": float("nan")}, "3 to 100 cm"),
        ({"width": 100.0, "dpi": 1200}, "10,000 dots"),
        ({"caption": "x" * 2001}, "2,000 characters"),
    ],
)
def test_paper_out_of_range_is_refused(settings: dict, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Paper(**settings)


def test_margins_make_the_content_narrower() -> None:
    paper = Paper(width=2.54 * 4, dpi=100)
    assert room(paper, Margins()) == 400
    assert room(paper, Margins(left=36)) == 400 - 50 - round(12 / 72 * 100)


@pytest.mark.parametrize("name", ["p.jpg", "p", "p.png.txt"])
def test_other_endings_are_refused_before_anything_is_drawn(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match=r"\.png, \.svg or \.pdf"):
        write_picture(tmp_path / name, lambda _: pytest.fail("drawn"))
    assert list(tmp_path.glob("p*")) == []


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
def test_cancelling_at_the_end_leaves_the_old_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"p{ending}"
    path.write_bytes(b"the old one")

    def cancel(task: str, share: float) -> None:
        if share == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_picture(path, lambda _: page(Paper()), cancel)
    assert path.read_bytes() == b"the old one"
    assert [other.name for other in tmp_path.iterdir() if other.is_file()] == [path.name]


def test_failed_drawing_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "p.svg").write_bytes(b"the old one")

    def fail(_: Progress) -> "Figure":
        raise UserError("no")

    with pytest.raises(UserError):
        write_picture(tmp_path / "p.svg", fail)
    assert (tmp_path / "p.svg").read_bytes() == b"the old one"


def test_the_usual_caption_names_the_run(tiny_run: Run) -> None:
    held_out = tiny_run.info.held_out
    assert held_out is not None
    loss = f"negative ELBO {held_out.negative_elbo:.1f} nats per image (held-out)"
    assert caption_of(tiny_run.info) == f"tiny: MNIST-512, dense, 2 latent dimensions, {loss}"
