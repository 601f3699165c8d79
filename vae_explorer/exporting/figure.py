"""What all pictures share: their paper, the caption below, and writing them as PNG, SVG or PDF."""

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
from vae_explorer.files import replacing
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.info import RunInfo

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


ENDINGS = (".png", ".svg", ".pdf")
NARROWEST, WIDEST = 3.0, 100.0  # centimetres
COARSEST, FINEST = 50, 1200  # dots an inch
MOST_DOTS = 10_000  # a side: A0 at 300 an inch
LONGEST_CAPTION = 2000  # characters
CRISP = 4000  # dots a side that an image in an SVG or a PDF is enlarged to at most
INK = "#333333"
EDGE = 6.0  # points of white around a picture with text
TEXT, SMALL = 8.0, 7.0  # points: captions and titles, coordinates and legends
LINE = 1.3  # from line to line, in sizes of the text
BELOW_AXES = 23.0  # points, for coordinates and a title
SETTINGS: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text
    "pdf.fonttype": 42,  # TrueType, embedded: text can be found, copied and edited
    "svg.hashsalt": "vae-explorer",  # the same picture, the same bytes
    "text.parse_math": False,  # a $ in a name is a $
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
    """What a picture is printed on. Raises UserError for values out of range."""

    width: float = 16.0  # centimetres; a sheet of images comes as near as whole dots a pixel allow
    dpi: int = 300  # dots an inch: of a PNG, and of images within an SVG or a PDF
    caption: str = ""  # below the picture; "": none

    def __post_init__(self) -> None:
        if not NARROWEST <= self.width <= WIDEST:
            raise UserError(f"A picture is {NARROWEST:g} to {WIDEST:g} cm wide, not {self.width:g}.")
        if not COARSEST <= self.dpi <= FINEST:
            raise UserError(f"A picture has {COARSEST} to {FINEST:,} dots an inch, not {self.dpi:,}.")
        if self.dots(self.width / 2.54 * 72) > MOST_DOTS:
            raise UserError(
                f"{self.width:g} cm at {self.dpi:,} dots an inch are more than {MOST_DOTS:,} dots: make the picture "
                "narrower, or its dots fewer."
            )
        if len(self.caption) > LONGEST_CAPTION:
            raise UserError(f"A caption has at most {LONGEST_CAPTION:,} characters, not {len(self.caption):,}.")

    def dots(self, points: float) -> int:
        """Whole dots for a length in points, 1/72 inch."""
        return round(points * self.dpi / 72)

    def points(self, dots: float) -> float:
        return dots * 72 / self.dpi


@dataclass(frozen=True, slots=True)
class Margins:
    """Room beside the content for its labels, in points."""

    left: float = 0
    top: float = 0
    right: float = 0
    bottom: float = 0

    def edge(self, paper: Paper) -> float:
        """Points of white around it all: none for a picture without text, which is to be put into other documents."""
        return EDGE if paper.caption or any((self.left, self.top, self.right, self.bottom)) else 0.0


NO_MARGINS = Margins()


def room(paper: Paper, margins: Margins) -> int:
    """Dots across that the paper leaves for the content."""
    beside = paper.dots(margins.left + margins.right + 2 * margins.edge(paper))
    return max(1, paper.dots(paper.width / 2.54 * 72) - beside)


class Page:
    """A white figure with room for the content in the middle, margins around it and the caption below.

    Made and filled within `drawing`. Places are in dots from the upper left corner of the content, y down.
    """

    def __init__(self, paper: Paper, width: int, height: int, margins: Margins = NO_MARGINS, note: str = "") -> None:
        """Width and height of the content, in dots. note: a sentence that goes before the caption."""
        from matplotlib.figure import Figure

        edge = margins.edge(paper)
        self.paper = paper
        self._left, self._top = paper.dots(edge + margins.left), paper.dots(edge + margins.top)
        self._width = self._left + width + paper.dots(margins.right + edge)
        text = "\n".join(filter(None, (note, paper.caption)))
        lines = wrapped(text, paper.points(self._width) - 2 * edge, TEXT) if text else []
        above = self._top + height + paper.dots(margins.bottom)  # the caption
        self._height = above + paper.dots((len(lines) * LINE * TEXT + EDGE if lines else 0) + edge)
        # A thousandth of a dot more: what is rounded down on the way to the canvas does not lose a whole one.
        size = ((self._width + 0.001) / paper.dpi, (self._height + 0.001) / paper.dpi)
        self.figure = Figure(figsize=size, dpi=paper.dpi, facecolor="white")
        for i, line in enumerate(lines):
            down = above - self._top + paper.dots(EDGE + (i + 0.8) * LINE * TEXT)
            self.text(paper.dots(edge) - self._left, down, line)

    def axes(self, left: float, top: float, width: float, height: float) -> "Axes":
        """Axes over these dots."""
        x, y = self._place(left, top + height)
        return self.figure.add_axes((x, y, width / self._width, height / self._height))

    def text(self, x: float, y: float, text: str, **properties: Any) -> None:
        """Write on the base line y, from x on unless the properties of the text say otherwise."""
        self.figure.text(*self._place(x, y), text, **properties)

    def line(self, x: float, y: float, width: float, **properties: Any) -> None:
        """A level line from x on, with its marker, if it has one, in the middle."""
        from matplotlib.lines import Line2D

        places = [self._place(x + share * width, y) for share in (0, 0.5, 1)]
        across, up = zip(*places, strict=True)
        self.figure.add_artist(Line2D(across, up, markevery=[1], **properties))

    def _place(self, x: float, y: float) -> tuple[float, float]:
        return (self._left + x) / self._width, 1 - (self._top + y) / self._height


@contextmanager
def drawing() -> Iterator[None]:
    """Have Matplotlib to oneself, in its own settings and ours, whatever the person's are.

    Its settings belong to the whole process, so that one thread draws at a time. It says nothing on stderr: not that it
    looks for fonts the first time, nor that its font lacks a character.
    """
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    with _one_at_a_time:
        import matplotlib.style

        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        with matplotlib.style.context(SETTINGS, after_reset=True):
            yield


def text_width(text: str, size: float) -> float:
    """How wide a line of text is, in points. Called within `drawing`."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    width, _, _ = text_to_path.get_text_width_height_descent(text or " ", FontProperties(size=size), ismath=False)
    return float(width)


def wrapped(text: str, width: float, size: float) -> list[str]:
    """Lines of at most `width` points, broken between words, or within one that is too long alone."""
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
    """The text on one line of at most `width` points, its end left out where it is longer."""
    text = " ".join(text.split())
    if text_width(text, size) <= width:
        return text
    return text[: _fitting(text, width - text_width("…", size), size)] + "…"


def _fitting(text: str, width: float, size: float) -> int:
    """How many characters of the text, at least one, are at most `width` points wide."""
    most = min(len(text), int(8 * width / size) + 1)  # no letter is narrower than an eighth of its height
    if text_width(text[:most], size) <= width:
        return most
    return max(1, bisect_right(range(1, most + 1), width, key=lambda count: text_width(text[:count], size)))


def caption_of(info: RunInfo) -> str:
    """The usual caption of a run's pictures."""
    dimensions = "1 latent dimension" if info.latent_dim == 1 else f"{info.latent_dim} latent dimensions"
    loss = f", negative ELBO {info.held_out.negative_elbo:.1f} nats an image (held-out)" if info.held_out else ""
    return f"{info.name}: {info.dataset.name}{info.pixels_note}, {info.model_name}, {dimensions}{loss}"


def measures(figure: "Figure") -> str:
    """How large a figure of `Page` is, in a few words."""
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


def write_picture(path: Path, draw: Callable[[Progress], "Figure"], progress: Progress = no_progress) -> str:
    """Write what `draw` makes as PNG, SVG or PDF, by the path's ending. Returns its measures in a few words.

    Raises UserError for another ending and where the path cannot be written; whatever is raised, by `progress` too,
    an old file stays as it was.
    """
    path = Path(path)
    ending = check_ending(path)
    with replacing(path) as temporary:
        figure = draw(progress)
        progress("Writing the picture", 0.0)
        said = measures(figure)
        if ending == ".png":
            _write_png(temporary, to_pixels(figure), figure.dpi)
        else:
            _write_vector(temporary, figure, ending.removeprefix("."))
        progress("Writing the picture", 1.0)
    return said


def to_pixels(figure: "Figure") -> Bytes:
    """The figure at its resolution: (height, width, 3) uint8.

    Images are not drawn by Matplotlib, which takes 80 bytes a dot for them. They lie on white below everything else, so
    that each dot is the darker one of both.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    images = [image for axes in figure.axes for image in axes.images]
    with drawing():
        for image in images:
            image.set_visible(False)
        canvas: Any = FigureCanvasAgg(figure)
        canvas.draw()
        pixels = np.array(np.asarray(canvas.buffer_rgba())[..., :3])
        del canvas
        for image in images:
            image.set_visible(True)
            (left, low), (right, high) = np.rint(image.axes.bbox.get_points()).astype(int)
            part = pixels[len(pixels) - high : len(pixels) - low, left:right]
            enlarged = _resized(np.asarray(image.get_array()), right - left, high - low)
            np.minimum(part, enlarged, out=part)
    return pixels


def _resized(image: Bytes, width: int, height: int) -> Bytes:
    """An image (H, W, 3) uint8 as (height, width, 3): by whole factors exactly, else first larger and then reduced."""
    from PIL import Image

    rows, columns = image.shape[:2]
    whole = Image.fromarray(image).resize(
        (-(-width // columns) * columns, -(-height // rows) * rows), Image.Resampling.NEAREST
    )
    return np.asarray(whole.resize((width, height), Image.Resampling.BILINEAR))


def to_screen(figure: "Figure", width: int, height: int) -> Bytes:
    """The figure as large as fits into so many pixels, though not above its own resolution: as `to_pixels`."""
    across, up = figure.get_size_inches()
    figure.set_dpi(min(figure.dpi, width / across, height / up))
    return to_pixels(figure)


def _write_png(path: Path, pixels: Bytes, dpi: float) -> None:
    from PIL import Image

    grey = bool((pixels[..., :1] == pixels[..., 1:]).all())
    Image.fromarray(pixels[..., 0] if grey else pixels).save(path, format="PNG", dpi=(dpi, dpi))


def _write_vector(path: Path, figure: "Figure", kind: str) -> None:
    """Images are embedded each pixel as several dots: programs that blur what they enlarge leave it crisp."""
    with drawing():
        for axes in figure.axes:
            for image in axes.images:
                pixels: Bytes = np.asarray(image.get_array())
                factor = max(1, min(round(axes.bbox.width / pixels.shape[1]), CRISP // max(pixels.shape[:2])))
                image.set_data(pixels.repeat(factor, axis=0).repeat(factor, axis=1))
        date = {"svg": "Date", "pdf": "CreationDate"}[kind]
        figure.savefig(path, format=kind, metadata={"Creator": "VAE Explorer", date: None})
