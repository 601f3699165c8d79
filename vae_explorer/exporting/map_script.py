"""The map as a Python script: the picture of `exporting.map`, drawn from the run's codes without this program."""

import base64
import textwrap
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Ints
from vae_explorer.errors import UserError
from vae_explorer.exploring.colouring import LEVELS, Colouring
from vae_explorer.exporting.figure import SETTINGS, Paper, drawing
from vae_explorer.exporting.map import map_colours
from vae_explorer.exporting.map_content import MapContent
from vae_explorer.exporting.map_frame import MapFrame, extent_of, frame_of
from vae_explorer.exporting.map_layers import LAYERS, MOST_VECTORS, OPACITY, RING, RINGS, point_size
from vae_explorer.exporting.script import refuse_page, row_text, title_text
from vae_explorer.latent.palette import as_rgb
from vae_explorer.latent.plane import Plane, to_plane
from vae_explorer.latent.raster import View, dot_radius
from vae_explorer.run.run import Run

DRAWN = "points", "prior"  # the layers that a script can draw, the lowest first
LINE = 100  # characters of a line of many numbers or letters

# What `latent.raster.draw` does: Matplotlib would take seconds for many points, and the last would cover the others.
AS_IMAGE = '''

def dots(points, colour, radius, opacity, width, height):
    """The points as soft discs whose colours mix where they overlap, on white: (height, width, 3) from 0 to 1."""
    left, right, low, high = extent
    x = (points[:, 0] - np.float32(left)) * np.float32(width / (right - left))
    y = (np.float32(high) - points[:, 1]) * np.float32(height / (high - low))
    reach = int(np.ceil(radius))
    wide, tall = width + 2 * reach, height + 2 * reach
    pixel = (y + reach).astype(int) * wide + (x + reach).astype(int)
    weight = -np.log1p(-opacity)  # factors of 1 - opacity are multiplied, so their logarithms are summed
    table = np.vstack([255 * weight * colours.T, np.full(len(colours), 255 * weight)])
    sums = np.array([np.bincount(pixel, channel[colour], wide * tall).reshape(tall, wide) for channel in table])
    total = np.zeros((4, height, width))
    for down in range(-reach, reach + 1):
        for over in range(-reach, reach + 1):
            share = min(radius + 0.5 - np.hypot(down, over), 1)
            if share > 0:
                total += share * sums[:, reach - down :, reach - over :][:, :height, :width]
    amount = total[3] / 255
    mean = np.divide(-np.expm1(-amount), amount, out=np.zeros_like(amount), where=amount > 0)
    *rgb, covered = np.floor(total * mean + 0.5)
    return np.clip(np.stack(rgb, axis=-1) + 255 - covered[..., None], 0, 255) / 255


'''


@dataclass(frozen=True, slots=True)
class ShownMap:
    """What the map shows of a run."""

    plane: Plane
    colouring: Colouring  # of all images of the run
    layers: tuple[str, ...] = ("points",)  # of DRAWN
    split: int | None = None  # the one whose points are shown; None: all
    hidden: frozenset[int] = frozenset()  # colours of the points that are not shown, -1: none
    handle: tuple[float, float] | None = None  # where it is marked in the plane; None: it is not


def map_script(run: Run, shown: ShownMap, paper: Paper | None = None) -> str:
    """A script that writes map.png: the points that are shown, as `draw_map` draws them on light ground.

    It reads the codes of the run. Raises UserError if the run is a page, or if no points are shown.
    """
    refuse_page(run)
    paper, plane = paper or Paper(), shown.plane
    colours, style = map_colours(shown.colouring), shown.colouring.style + 1
    chosen = ~np.isin(style - 1, list(shown.hidden))
    if shown.split is not None:
        chosen &= run.codes.split == shown.split
    if not chosen.any():
        raise UserError("No points are shown on the map: show those of other splits or classes.")
    points, row = to_plane(run.codes.z_mean, plane)[chosen], style[chosen]
    extent = extent_of(points, plane.latent_dim)
    names = [colours.none, *colours.colours]
    content = MapContent(points, row, as_rgb(names), tuple(colours.entries(not row.all())), plane, extent)
    entries = [entry for name in shown.layers for entry in LAYERS[name](content).entries]
    colour = _colour(run, shown.colouring)
    with drawing():
        frame = frame_of(extent, entries, plane, paper)
        parts = [
            _imports(run, colour, shown.layers),
            _points(run, plane),
            colour,
            f"colours = np.array([to_rgb(each) for each in {_many(names)}])  # the first: none\n",
            _chosen(shown),
            _axes(frame, paper),
        ]
        if "points" in shown.layers:
            parts.append(_dots(len(points), frame.view))
        if "prior" in shown.layers:
            circle = f'Circle((0, 0), radius, fill=False, edgecolor="{RING}", linewidth=0.8, zorder=3)'
            parts.append(f"for radius in {RINGS}:  # standard deviations of the prior\n    axes.add_patch({circle})\n")
        if shown.handle is not None:
            marked = 'marker="o", markersize=9, markerfacecolor="none", color="black", zorder=4'
            parts.append(f"axes.plot(*{row_text(shown.handle)}, {marked})  # the handle\n")
        parts += [_legend(frame), f'figure.savefig("map.png", dpi={paper.dpi})\nprint("Wrote map.png")\n']
    return "".join(parts)


def _imports(run: Run, colour: str, layers: tuple[str, ...]) -> str:
    packed = "import base64\nimport zlib\n\n" if "zlib" in colour else ""
    circle = "from matplotlib.patches import Circle\n" if "prior" in layers else ""
    return (
        f'"""{title_text("The latent map", run)} Needs the packages numpy and matplotlib."""\n\n{packed}'
        "import matplotlib.pyplot as plt\nimport numpy as np\nfrom matplotlib.colors import to_rgb\n"
        f"from matplotlib.lines import Line2D\n{circle}"
    )


def _points(run: Run, plane: Plane) -> str:
    """The points (N, 2) of all images, as `to_plane` computes them."""
    file = str(Path(run.folder).resolve() / "codes.npz")
    text = f'\ncodes = np.load({file!r})\nz = codes["z_mean"]  # a latent code for each image\n'
    if plane.latent_dim == 1:
        spread = "np.random.default_rng(0).uniform(-1, 1, len(z))"
        return f"{text}points = np.column_stack([z[:, 0], {spread}.astype(np.float32)])  # the height has no meaning\n"
    if plane.axes is not None:
        across, up = plane.axes
        return f"{text}points = z[:, [{across - 1}, {up - 1}]]  # {' and '.join(plane.names)}\n"
    rows = ", ".join(row_text(direction) for direction in plane.directions)
    return f"{text}points = z @ np.array([{rows}], np.float32).T  # {' and '.join(plane.names)}\n"


def _colour(run: Run, colouring: Colouring) -> str:
    """The colour (N,) of each image, 0: none. From the run's file if it is there."""
    codes = run.codes
    if colouring.kind == "plain":
        return "colour = np.zeros(len(z), int)\n"
    if colouring.kind == "class" and np.array_equal(colouring.style, codes.label):
        return 'colour = codes["label"] + 1\n'
    known = colouring.title in codes.columns.value_names and colouring.kind == "value"
    if known and np.array_equal(codes.columns.value(colouring.title), np.asarray(colouring.values), equal_nan=True):
        assert colouring.range is not None
        low, span = colouring.range.low, (colouring.range.high - colouring.range.low) or 1.0
        return (
            f'values = codes["values"][:, {codes.columns.value_names.index(colouring.title)}].astype(float)\n'
            "colour = np.zeros(len(z), int)\nknown = np.isfinite(values)\n"
            f"share = (values[known] - {low!r}) / {span!r}\n"
            f"colour[known] = 1 + np.clip(share * {LEVELS}, 0, {LEVELS - 1}).astype(int)\n"
        )
    return f"# The {colouring.kind} of each image, which is in no file of the run\n{_packed(colouring.style + 1)}"


def _packed(style: Ints) -> str:
    text = base64.b85encode(zlib.compress(style.astype("<u2").tobytes(), 9)).decode()
    lines = "".join(f'    "{text[start : start + LINE]}"\n' for start in range(0, len(text), LINE))
    return f'packed = (\n{lines})\ncolour = np.frombuffer(zlib.decompress(base64.b85decode(packed)), "<u2")\n'


def _chosen(shown: ShownMap) -> str:
    """Leave out the points that are not shown."""
    conditions = [] if shown.split is None else [f'(codes["split"] == {shown.split})']
    if shown.hidden:
        conditions.append(f"~np.isin(colour, {[each + 1 for each in sorted(shown.hidden)]})")
    if not conditions:
        return ""
    return f"shown = {' & '.join(conditions)}\npoints, colour = points[shown], colour[shown]\n"


def _axes(frame: MapFrame, paper: Paper) -> str:
    axes, view = frame.axes, frame.view
    settings = "".join(
        f"    {name!r}: {value!r},\n" for name, value in SETTINGS.items() if name[:3] not in ("svg", "pdf")
    )
    width, height = frame.figure.get_size_inches().tolist()
    ticks = [(each.get_ticklocs().tolist(), [text.get_text() for text in each.get_ticklabels()])
             for each in (axes.xaxis, axes.yaxis)]  # fmt: skip
    return (
        f"\nplt.rcdefaults()\nplt.rcParams.update({{\n{settings}}})\n"
        f"figure = plt.figure(figsize=({width!r}, {height!r}), dpi={paper.dpi})\n"
        f"axes = figure.add_axes({tuple(map(float, axes.get_position().bounds))!r})\n"
        f"extent = {(view.left, view.right, view.low, view.high)!r}  # left, right, low, high\n"
        f"axes.set(xlim=extent[:2], ylim=extent[2:], xlabel={axes.get_xlabel()!r})\n"
        f'axes.set_ylabel({axes.get_ylabel()!r}, rotation=0, ha="right", va="center")\n'
        f"axes.set_xticks({ticks[0][0]!r}, {ticks[0][1]!r})\naxes.set_yticks({ticks[1][0]!r}, {ticks[1][1]!r})\n"
    )


def _dots(count: int, view: View) -> str:
    if count > MOST_VECTORS:
        size = f"{dot_radius(count, view)!r}, {OPACITY}, {view.width}, {view.height}"
        return (
            f"{AS_IMAGE}image = dots(points, colour, {size})\n"
            'axes.imshow(image, interpolation="none", aspect="auto", extent=extent)\n'
        )
    return (
        "order = np.random.default_rng(0).permutation(len(points))  # no class covers another\n"
        "x, y = points[order].T\n"
        f"size = {point_size(count, view)!r}\n"
        f"axes.scatter(x, y, s=size, color=colours[colour[order]], alpha={OPACITY}, linewidths=0)\n"
    )


def _legend(frame: MapFrame) -> str:
    """The marks of the legend, and all texts below the axes, where the frame has them."""
    from matplotlib.lines import Line2D

    marks, texts = "", "".join(
        f"    ({float(text.get_position()[0])!r}, {float(text.get_position()[1])!r}, {float(text.get_fontsize())!r}, "
        f"{text.get_text()!r}),\n"
        for text in frame.figure.texts
    )  # fmt: skip
    for line in frame.figure.artists:
        assert isinstance(line, Line2D)
        across, height = (np.asarray(line.get_data()[axis], np.float64).tolist() for axis in (0, 1))
        marks += f"    ({across!r}, {height[0]!r}, {line.get_color()!r}, {line.get_marker() == 'o'}),\n"
    below = ""
    if marks:
        below += (
            f"for across, height, mark_colour, dot in [  # the legend\n{marks}]:\n"
            '    look = {"linestyle": "", "marker": "o", "markersize": 5} if dot else {"linewidth": 0.8}\n'
            "    figure.add_artist(Line2D(across, [height] * 3, markevery=[1], color=mark_colour, **look))\n"
        )
    if texts:
        below += f"for x, height, size, text in [\n{texts}]:\n    figure.text(x, height, text, size=size)\n"
    return below


def _many(names: list[str]) -> str:
    """Colours as a list that is broken into lines."""
    return "[\n" + textwrap.fill(", ".join(f'"{name}"' for name in names), LINE, initial_indent="    ",
                                 subsequent_indent="    ") + "\n]"  # fmt: skip
