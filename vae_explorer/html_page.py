"""One standalone HTML file of a run: its latent map, a probe to drag, and the decoded image beside it.

The page needs no network and no program. Its decoder is a lattice of decoded images, interpolated between, and the
page says how far that is from the decoder itself.
"""

import base64
import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.assets import asset
from vae_explorer.data import pixel_count
from vae_explorer.decoding import Decoder, as_pixels, run_decoder
from vae_explorer.files import replacing
from vae_explorer.latent import Floats, lattice, on_plane, plane_note, to_plane
from vae_explorer.palette import class_colours
from vae_explorer.run import Run

MOST_POINTS = 10_000  # codes drawn
MOST_A_SIDE = 65  # lattice points
MOST_BYTES = 3_400_000  # of the lattice, before it is compressed
FEWEST_MEASURED = 500  # random codes at which the interpolation is held against the decoder
BATCH = 128  # codes decoded between two reports of progress

Progressed = Callable[[str, float], None]


def write_page(run: Run, path: Path, progressed: Progressed = lambda _task, _fraction: None) -> float:
    """Write the page of a run as one HTML file, opened from disk without network.

    `progressed` is told a task and its fraction done, 0 to 1, and may raise to end it. Returns the largest absolute
    difference, in [0, 1], that was measured between an image of the page and the decoder's. Raises UserError if the
    file cannot be written or the decoder not read; whatever is raised, an existing file stays as it was.
    """
    with replacing(path) as temporary:
        decoder = run_decoder(run)
        drawn = _drawn(len(run.codes.label))
        points = to_plane(run.codes.z_mean)[drawn]
        images = _decode_lattice(decoder, points, run.info.dataset.image_shape, progressed)
        difference = _measure(images, decoder, progressed)
        progressed("Writing the page", 0.0)
        temporary.write_text(_html(run, points, drawn, images, difference), encoding="utf-8")
        progressed("Writing the page", 1.0)
    return difference.largest


@dataclass(frozen=True, slots=True)
class _Lattice:
    """Decoded images over a rectangle of the plane. Of a one-dimensional latent space there is one row."""

    low: Floats  # (2,), the rectangle's corner of smallest z1 and z2
    high: Floats  # (2,)
    levels: NDArray[np.uint8]  # (rows, columns, H, W, C); row by row as a picture is read: z2 falls, z1 rises

    def images(self, points: Floats) -> Floats:
        """What the page shows at points (N, 2) within the rectangle: (N, H, W, C) in [0, 1], in steps of 1 / 255."""
        place = (points - self.low) / (self.high - self.low)
        rows, columns = self.levels.shape[:2]
        up, down, fall = _between(1 - place[:, 1], rows)
        left, right, rise = _between(place[:, 0], columns)
        upper = (1 - rise) * self.levels[up, left] + rise * self.levels[up, right]
        lower = (1 - rise) * self.levels[down, left] + rise * self.levels[down, right]
        shown: Floats = np.rint((1 - fall) * upper + fall * lower) / np.float32(255)
        return shown


def _between(place: Floats, count: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """The lattice lines before and after each place (N,) in [0, 1], and how far it is from the one to the other."""
    position = place * (count - 1)
    before = np.clip(position.astype(np.intp), 0, max(count - 2, 0))
    return before, np.minimum(before + 1, count - 1), (position - before).reshape(-1, 1, 1, 1).astype(np.float32)


def _differences(levels: NDArray[np.uint8]) -> bytes:
    """The lattice as it is packed: differences of neighbours, modulo 256, a quarter to a half of the size of levels."""
    flat = levels.ravel()
    image = math.prod(levels.shape[2:])
    for stride in (image, image * levels.shape[1]):
        flat = np.concatenate([flat[:stride], flat[stride:] - flat[:-stride]])
    return flat.tobytes()


def _drawn(count: int) -> NDArray[np.intp]:
    """Which of `count` codes are drawn: each as likely as any other, in mixed order so that no class lies on top."""
    return np.random.default_rng(0).permutation(count)[:MOST_POINTS]


def _rectangle(points: Floats, latent_dim: int) -> tuple[Floats, Floats]:
    """What the lattice covers: all but the outermost of the drawn points (N, 2), and at least [-3, 3]."""
    low, high = np.full(2, -3, np.float32), np.full(2, 3, np.float32)
    if len(points):
        inner = np.percentile(points, [0.5, 99.5], axis=0).astype(np.float32)
        margin = 0.05 * (inner[1] - inner[0])
        low, high = np.minimum(low, inner[0] - margin), np.maximum(high, inner[1] + margin)
    if latent_dim == 1:
        low[1], high[1] = -1, 1
    return low, high


def _decode_lattice(
    decoder: Decoder, points: Floats, image_shape: tuple[int, int, int], progressed: Progressed
) -> _Lattice:
    low, high = _rectangle(points, decoder.latent_dim)
    images = MOST_BYTES // pixel_count(image_shape)
    if decoder.latent_dim == 1:
        rows, columns = 1, min(MOST_A_SIDE**2, images)
    else:
        rows = columns = min(MOST_A_SIDE, math.isqrt(images))
    z1, z2 = np.linspace(low[0], high[0], columns), np.linspace(low[1], high[1], rows)
    codes = lattice(z1.astype(np.float32), z2.astype(np.float32), decoder.latent_dim)
    levels = np.empty((len(codes), *image_shape), np.uint8)
    for start in range(0, len(codes), BATCH):
        progressed("Decoding the lattice", start / len(codes))
        levels[start : start + BATCH] = as_pixels(decoder(codes[start : start + BATCH]))
    return _Lattice(low, high, levels.reshape(rows, columns, *image_shape))


@dataclass(frozen=True, slots=True)
class _Difference:
    """Between the page's images and the decoder's, in [0, 1], over all pixels at `codes` random codes."""

    largest: float
    mean: float
    codes: int


def _measure(images: _Lattice, decoder: Decoder, progressed: Progressed) -> _Difference:
    count = max(FEWEST_MEASURED, math.prod(images.levels.shape[:2]))
    points = np.random.default_rng(0).uniform(images.low, images.high, (count, 2)).astype(np.float32)
    largest = total = 0.0
    for start in range(0, count, BATCH):
        progressed("Measuring the interpolation", start / count)
        some = points[start : start + BATCH]
        differences = np.abs(images.images(some) - decoder(on_plane(some, decoder.latent_dim)))
        largest, total = max(largest, float(differences.max())), total + float(differences.sum())
    return _Difference(largest, total / (count * math.prod(images.levels.shape[2:])), count)


def _html(run: Run, points: Floats, drawn: NDArray[np.intp], images: _Lattice, difference: _Difference) -> str:
    from bokeh.core.templates import get_env
    from bokeh.embed import file_html
    from bokeh.resources import INLINE

    labels = run.codes.label[drawn]
    classes = _classes(run.info.dataset.class_names, labels)
    # Without a label: the last class, which stands for that, or the only colour there is.
    figure = _figure(points, np.where(labels < 0, max(len(classes) - 1, 0), labels), classes, images)
    if run.info.config.latent_dim == 1:
        figure.yaxis.axis_label, figure.yaxis.ticker = "unused", []
    rows, columns, height, width, channels = images.levels.shape
    content = {
        "shape": [height, width, channels],
        "rows": rows,
        "columns": columns,
        "low": images.low.tolist(),
        "high": images.high.tolist(),
        "one": run.info.config.latent_dim == 1,
        "classes": classes,
        "colour": class_colours(0)[0],
        "lattice": base64.b64encode(zlib.compress(_differences(images.levels))).decode("ascii"),
    }
    template = get_env().from_string(asset("page.html.jinja").read_text(encoding="utf-8"))
    variables = {
        "run": run.info,
        "classes": classes,
        "facts": _facts(run, len(drawn), images, difference),
        "note": plane_note(run.info.config.latent_dim),
        "content": content,
        "script": asset("page.js").read_text(encoding="utf-8").replace("</script", "<\\/script"),
    }
    title = f"{run.info.name} · VAE Explorer"
    page: str = file_html(figure, resources=INLINE, title=title, template=template, template_variables=variables)
    return page


def _classes(names: tuple[str, ...], labels: NDArray[np.int32]) -> list[dict[str, str]]:
    """Name and colours of each class, and of the points without a label where only some have one."""
    light, dark = class_colours(len(names)), class_colours(len(names), dark=True)
    classes = [{"name": name, "light": a, "dark": b} for name, a, b in zip(names, light, dark, strict=False)]
    if classes and (labels < 0).any():
        classes.append({"name": "no label", "light": "#8a93a0", "dark": "#8a93a0"})
    return classes


def _facts(run: Run, drawn: int, images: _Lattice, difference: _Difference) -> list[tuple[str, str]]:
    """The caption: what the page shows, each with its name."""
    info, (height, width, channels) = run.info, run.info.dataset.image_shape
    rows, columns = images.levels.shape[:2]
    lattice_size = f"{columns} x {rows} lattice" if rows > 1 else f"lattice of {columns:,} points"
    # Rounded up: the page never claims less than was measured.
    largest, steps = math.ceil(difference.largest * 1000) / 1000, math.ceil(difference.largest * 2550) / 10
    grey = "grey levels" if channels == 1 else "levels"
    dimensions = "1 latent dimension" if info.config.latent_dim == 1 else f"{info.config.latent_dim} latent dimensions"
    epochs = "1 epoch" if info.epochs == 1 else f"{info.epochs:,} epochs"
    facts = [
        ("Data set", f"{info.dataset.name}, {width} x {height} {'grey' if channels == 1 else 'colour'}"),
        ("Model", f"{info.config.preset}, {dimensions}"),
        ("Trained", f"{info.created[:10]}, {epochs}{', stopped early' if info.status == 'stopped' else ''}"),
    ]
    if info.held_out is not None and math.isfinite(info.held_out.negative_elbo):
        facts.append(("Held-out negative ELBO", f"{info.held_out.negative_elbo:.1f} nats an image"))
    facts += [
        ("Points", f"{drawn:,} of {len(run.codes.label):,} codes, the mean of each image's posterior"),
        (
            "Decoder",
            f"interpolated from a {lattice_size}; largest difference measured {largest:.3f} ({steps:.1f} of 255 {grey})"
            f", mean {difference.mean:.4f}, at {difference.codes:,} random codes",
        ),
    ]
    return [*facts, ("Licence of the data", info.dataset.licence)] if info.dataset.licence else facts


def _figure(points: Floats, labels: NDArray[np.int32], classes: list[dict[str, str]], images: _Lattice) -> Any:
    from bokeh.models import BooleanFilter, CDSView, ColumnDataSource, LinearColorMapper, WheelZoomTool
    from bokeh.plotting import figure

    # The colours and the font of everything that is not data come from the page's style sheet, by page.js.
    plot = figure(
        name="map", tools=[], toolbar_location=None, match_aspect=True, sizing_mode="stretch_both",
        min_width=0, min_height=0, lod_threshold=None, background_fill_color=None, border_fill_color=None,
        x_axis_label="z1", y_axis_label="z2", min_border=8,
    )  # fmt: skip
    wheel = WheelZoomTool()
    plot.add_tools(wheel)
    plot.toolbar.active_scroll = wheel
    for axis in plot.axis:
        axis.update(minor_tick_line_color=None, axis_label_text_font_size="13px", axis_label_text_font_style="normal")
    palette = [item["light"] for item in classes] or class_colours(0)
    colours = LinearColorMapper(palette, low=-0.5, high=len(palette) - 0.5, name="colours")
    source = ColumnDataSource({"x": points[:, 0], "y": points[:, 1], "label": labels.astype(np.uint16)}, name="points")
    scatter = plot.scatter(
        "x", "y", source=source, size=4, line_color=None, fill_color={"field": "label", "transform": colours},
        fill_alpha=0.7, view=CDSView(filter=BooleanFilter(name="shown")),
    )  # fmt: skip
    (left, bottom), (right, top) = images.low.tolist(), images.high.tolist()
    edge = plot.quad(left, right, top, bottom, name="edge", fill_color=None, line_dash=[3, 4])
    # On the overlay a move repaints the probe alone, never the points.
    place = {"source": ColumnDataSource({"x": [0.0], "y": [0.0]}, name="place"), "level": "overlay"}
    plot.vspan(x="x", name="cross_z1", **place)
    plot.hspan(y="y", name="cross_z2", **place)
    plot.scatter("x", "y", name="probe", size=17, line_width=2.5, **place)
    plot.x_range.renderers = plot.y_range.renderers = [scatter, edge]
    return plot
