"""What all pictures share: the paper, the caption below, and writing them as PNG, SVG or PDF."""

import logging
import threading
import warnings
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.errors import UserError
from vae_explorer.exporting.origin import UNKNOWN, Origin, png_info
from vae_explorer.files import replacing
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


ENDINGS = (".png", ".svg", ".pdf")
NARROWEST, WIDEST = 3.0, 100.0  # centimetres
COARSEST, FINEST = 50, 1200  # DPI
MOST_DOTS = 10_000  # per side: A0 at 300 DPI
LONGEST_CAPTION = 2000  # characters
CRISP = 4000  # most pixels per side to which an image in an SVG or a PDF is enlarged
INK = "#333333"
EDGE = 6.0  # points of white around a picture with text
TEXT, SMALL = 8.0, 7.0  # font sizes in points: of captions and titles, of coordinates and legends
LINE = 1.3  # distance of two lines of text, in font sizes
BELOW_AXES = 23.0  # points below the axes for coordinates and a title
SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",  # text is written as text, not as shapes
    "pdf.fonttype": 42,  # embedded TrueType: text can be found, copied and edited
    "svg.hashsalt": "vae-explorer",  # the same picture has the same bytes
    "text.parse_math": False,  # a $ in a name is not the start of a formula
    "font.size": TEXT,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": "#888888",
    "axes.linewidth": 0.6,
} | {
    f"{axis}tick.{name}": value
    for axis in "xy"
    for name, value in (("color", "#888888"), ("labelcolor", INK), ("labelsize", SMALL), ("major.width", 0.6),
                        ("major.size", 3.0), ("major.pad", 3.0))
}  # fmt: skip

_one_at_a_time = threading.RLock()


@dataclass(frozen=True, slots=True)
class Paper:
    """Size, resolution and caption of a picture. Raises UserError for values out of range."""

    width: float = 16.0  # centimetres
    dpi: int = 300  # dots per inch of a PNG, and of the images in an SVG or a PDF
    caption: str = ""  # text below the picture, "": none

    def __post_init__(self) -> None:
        if not NARROWEST <= self.width <= WIDEST:
            raise UserError(f"A picture is {NARROWEST:g} to {WIDEST:g} cm wide, not {self.width:g}.")
        if not COARSEST <= self.dpi <= FINEST:
            raise UserError(f"A picture has {COARSEST} to {FINEST:,} DPI, not {self.dpi:,}.")
        if self.across > MOST_DOTS:
            raise UserError(
                f"{self.width:g} cm at {self.dpi:,} DPI are more than {MOST_DOTS:,} dots: make the picture narrower "
                "or its DPI lower."
            )
        if len(self.caption) > LONGEST_CAPTION:
            raise UserError(f"A caption has at most {LONGEST_CAPTION:,} characters, not {len(self.caption):,}.")

    @property
    def across(self) -> int:
        """The width in dots."""
        return self.dots(self.width / 2.54 * 72)

    def dots(self, points: float) -> int:
        """The number of dots, rounded, of a length in points (1/72 inch)."""
        return round(points * self.dpi / 72)

    def points(self, dots: float) -> float:
        return dots * 72 / self.dpi


@dataclass(frozen=True, slots=True)
class Margins:
    """Space around the content for its labels, in points."""

    left: float = 0
    top: float = 0
    right: float = 0
    bottom: float = 0

    def edge(self, paper: Paper) -> float:
        """Points of white around everything; none for a picture without text, which goes into other documents."""
        return EDGE if paper.caption or any((self.left, self.top, self.right, self.bottom)) else 0.0


NO_MARGINS = Margins()


def room(paper: Paper, margins: Margins) -> int:
    """The width in dots that is left on the paper for the content."""
    beside = paper.dots(margins.left + margins.right + 2 * margins.edge(paper))
    return max(1, paper.across - beside)


class Page:
    """A white figure as wide as the paper, with the content in the middle, margins around it and the caption below.

    To be made and filled within `drawing`. Positions are in dots from the upper left corner of the content, y down.
    """

    def __init__(self, paper: Paper, width: int, height: int, margins: Margins = NO_MARGINS, note: str = "") -> None:
        """width (at most `room`), height: of the content, in dots. note: a sentence above the caption, "": none."""
        from matplotlib.figure import Figure

        edge = margins.edge(paper)
        self.paper = paper
        self._left = paper.dots(edge + margins.left) + (room(paper, margins) - width) // 2
        self._top, self._width = paper.dots(edge + margins.top), paper.across
        text = "\n".join(filter(None, (note, paper.caption)))
        lines = wrapped(text, paper.points(self._width) - 2 * edge, TEXT) if text else []
        above = self._top + height + paper.dots(margins.bottom)  # dots above the caption
        self._height = above + paper.dots((len(lines) * LINE * TEXT + EDGE if lines else 0) + edge)
        # A thousandth of a dot more, so that rounding down does not lose a whole dot.
        size = ((self._width + 0.001) / paper.dpi, (self._height + 0.001) / paper.dpi)
        self.figure = Figure(figsize=size, dpi=paper.dpi, facecolor="white")
        for i, line in enumerate(lines):
            down = above - self._top + paper.dots(EDGE + (i + 0.8) * LINE * TEXT)
            self.text(paper.dots(edge) - self._left, down, line)

    def axes(self, left: float, top: float, width: float, height: float) -> "Axes":
        """Axes over a rectangle, all in dots."""
        x, y = self._position(left, top + height)
        return self.figure.add_axes((x, y, width / self._width, height / self._height))

    def text(self, x: float, y: float, text: str, **properties: Any) -> None:
        """Write text on the base line y, starting at x unless the properties align it otherwise."""
        self.figure.text(*self._position(x, y), text, **properties)

    def line(self, x: float, y: float, width: float, **properties: Any) -> None:
        """A horizontal line that starts at x, with its marker, if it has one, in the middle."""
        from matplotlib.lines import Line2D

        positions = [self._position(x + share * width, y) for share in (0, 0.5, 1)]
        across, up = zip(*positions, strict=True)
        self.figure.add_artist(Line2D(across, up, markevery=[1], **properties))

    def _position(self, x: float, y: float) -> tuple[float, float]:
        """Matplotlib's figure coordinates, 0 to 1 from the lower left corner."""
        return (self._left + x) / self._width, 1 - (self._top + y) / self._height


@contextmanager
def drawing() -> Iterator[None]:
    """Use Matplotlib with its own defaults and SETTINGS, whatever the user's matplotlibrc contains.

    Matplotlib's settings are global to the process, so only one thread draws at a time. Its messages about the search
    for fonts and about missing characters do not reach stderr.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with _one_at_a_time:
        import matplotlib.style

        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        with matplotlib.style.context(SETTINGS, after_reset=True):
            yield


def text_width(text: str, size: float) -> float:
    """The width of a line of text in points. To be called within `drawing`."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text or " ", FontProperties(size=size), ismath=False)
    return float(width)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """The text as lines of at most `width` points, broken between words, or inside a word that is longer than that."""
    lines = []
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            if line and text_width(f"{line} {word}", size) > width:
                lines.append(line)
                line = ""
            line = f"{line} {word}".strip()
            while (fits := _fitting(line, width, size)) < len(line):
                lines.append(line[:fits])
                line = line[fits:]
        lines.append(line)
    return lines


def shortened(text: str, width: float, size: float) -> str:
    """The text on one line of at most `width` points; a longer one is cut and ends in "…"."""
    text = " ".join(text.split())
    if text_width(text, size) <= width:
        return text
    return text[: _fitting(text, width - text_width("…", size), size)] + "…"


def _fitting(text: str, width: float, size: float) -> int:
    """The number of first characters, at least one, that fit into `width` points."""
    most = min(len(text), int(8 * width / size) + 1)  # no letter is narrower than an eighth of the font size
    if text_width(text[:most], size) <= width:
        return most
    return max(1, bisect_right(range(1, most + 1), width, key=lambda count: text_width(text[:count], size)))


def measures(figure: "Figure") -> str:
    """The size of a figure of `Page` as a text: centimetres and dots."""
    width, height = figure.get_size_inches()
    dots = f"{int(width * figure.dpi):,} x {int(height * figure.dpi):,}"
    return f"{width * 2.54:.1f} x {height * 2.54:.1f} cm, {dots} dots"


def check_ending(path: Path) -> str:
    """The ending of the path, in lower case. Raises UserError unless it is one of `ENDINGS`."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UserError(
            f"A picture is PNG, SVG or PDF: give a name that ends in .png, .svg or .pdf, not {path.name!r}."
        )
    return ending


def write_picture(
    path: Path, draw: Callable[[Progress], "Figure"], progress: Progress = no_progress, origin: Origin = UNKNOWN
) -> str:
    """Write the figure that `draw` returns as PNG, SVG or PDF, by the ending of the path. Returns `measures`.

    origin: what the metadata of the file say.
    Raises UserError for another ending or if the path cannot be written. Whenever an exception is raised, also one by
    `progress`, an existing file is not changed.
    """
    path = Path(path)
    ending = check_ending(path)
    with replacing(path) as temporary:
        figure = draw(progress)
        progress("Writing the picture", 0.0)
        said = measures(figure)
        if ending == ".png":
            _write_png(temporary, to_pixels(figure), figure.dpi, origin)
        else:
            _write_vector(temporary, figure, ending.removeprefix("."), origin)
        progress("Writing the picture", 1.0)
    return said


def to_pixels(figure: "Figure") -> Bytes:
    """The figure at its resolution: (height, width, 3) uint8.

    Images are not drawn by Matplotlib, which takes 80 bytes per dot for them. They lie on white, below everything else.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    images = [image for axes in figure.axes for image in axes.images]
    grounds = [figure.patch, *(image.axes.patch for image in images)]
    with drawing():
        for hidden in (*images, *grounds):
            hidden.set_visible(False)
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        drawn: Bytes = np.asarray(canvas.buffer_rgba())
        pixels = np.full((*drawn.shape[:2], 3), 255, np.uint8)
        for shown in (*images, *grounds):
            shown.set_visible(True)
        for image in images:
            (left, low), (right, high) = np.rint(image.axes.bbox.get_points()).astype(int)
            if right == left or high == low:
                continue  # thinner than half a dot of a small preview
            enlarged = _resized(np.asarray(image.get_array()), right - left, high - low)
            pixels[len(pixels) - high : len(pixels) - low, left:right] = enlarged
        for below, above in zip(pixels, drawn, strict=True):  # row by row, since the numbers take twice the memory
            share = above[:, 3:].astype(np.uint16)
            below[:] = (above[:, :3] * share + below * (255 - share) + 127) // 255
        del canvas
    return pixels


def _resized(image: Bytes, width: int, height: int) -> Bytes:
    """An image (H, W, 3) uint8 as (height, width, 3): enlarged by whole factors, then reduced to the exact size."""
    from PIL import Image

    rows, columns = image.shape[:2]
    whole = Image.fromarray(image).resize(
        (-(-width // columns) * columns, -(-height // rows) * rows), Image.Resampling.NEAREST
    )
    return np.asarray(whole.resize((width, height), Image.Resampling.BILINEAR))


def to_screen(figure: "Figure", width: int, height: int) -> Bytes:
    """The figure as in `to_pixels`, as large as fits into width x height pixels, at most at its own resolution.

    Both sides of the figure become whole pixels. Otherwise the canvas, whose sides Matplotlib rounds down, would be
    smaller than the content that is rounded to the nearest pixel.
    """
    sides = figure.get_size_inches()
    dpi = min(figure.dpi, width / sides[0], height / sides[1])
    figure.set_dpi(dpi)
    figure.set_size_inches((np.maximum(np.floor(sides * dpi + 0.01), 1) + 0.001) / dpi)
    return to_pixels(figure)


def _write_png(path: Path, pixels: Bytes, dpi: float, origin: Origin) -> None:
    from PIL import Image

    grey = bool((pixels[..., :1] == pixels[..., 1:]).all())
    picture = Image.fromarray(pixels[..., 0] if grey else pixels)
    picture.save(path, format="PNG", dpi=(dpi, dpi), pnginfo=png_info(origin))


def _write_vector(path: Path, figure: "Figure", kind: str, origin: Origin) -> None:
    """Write an SVG or PDF. Embedded images are enlarged first, so that programs that blur images keep them crisp."""
    with drawing():
        for axes in figure.axes:
            for image in axes.images:
                pixels: Bytes = np.asarray(image.get_array())
                factor = max(1, min(round(axes.bbox.width / pixels.shape[1]), CRISP // max(pixels.shape[:2])))
                image.set_data(pixels.repeat(factor, axis=0).repeat(factor, axis=1))
        date, description = {"svg": ("Date", "Description"), "pdf": ("CreationDate", "Subject")}[kind]
        keys = {"Title": "Title", "Description": description, "Software": "Creator"}
        told = {keys[key]: text for key, text in origin.texts().items()}
        figure.savefig(path, format=kind, metadata={**told, date: None})
