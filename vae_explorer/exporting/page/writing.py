"""One standalone HTML file of a run: its latent map, a probe to drag, and the decoder itself at work beside it.

The page needs no network and no program. Where the decoder has a layer that the page cannot compute, a lattice of
decoded images stands in, and the page says how far it is from the decoder.
"""

import base64
import io
import math
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.array_types import Bytes, Floats, Indices, Ints
from vae_explorer.assets import asset
from vae_explorer.data.dataset import BUILTIN
from vae_explorer.errors import UserError
from vae_explorer.exporting.page.lattice import Difference, Lattice, Progressed, decode_lattice, measure
from vae_explorer.files import replacing
from vae_explorer.latent.dimensions import mean_kl, telling_axes
from vae_explorer.latent.palette import class_colours
from vae_explorer.latent.plane import Plane, axes_plane, plane_note, to_plane
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.keras_decoder import load_keras_decoder
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.model.lowering import UnsupportedError, lower
from vae_explorer.run import page as page_content
from vae_explorer.run.lowered import Lowered, read
from vae_explorer.run.plain import finite
from vae_explorer.run.run import Run, sample_image_of

MOST_POINTS = 200_000  # that a browser draws in good time
LARGEST_FLOAT32 = 5_000_000  # characters of a page: above, weights are kept in half precision if they bear it
TRIED = 200  # codes at which that is tried
EXAMPLES = 400  # real images in the page; half of them above 32 pixels a side
LARGEST_EXAMPLE = 64  # pixels a side
INSIDE = 99  # percent of the codes are at most so far from an example as what is called inside the data
MEASURED = 10_000  # codes, at most, whose distances tell how far that is
NEAREST, FARTHEST = 1e-3, 2e3  # sides of the map that one can zoom to
PRECISIONS = {"float32": "single", "float16": "half"}
SCRIPTS = ("product.js", "engine.js", "content.js", "check.js", "nearest.js", "sheet.js", "journey.js", "page.js")


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What a page shows. Raises UserError for values out of range."""

    data: bool = True  # codes and examples; without, the decoder alone
    points: int = 10_000  # codes drawn at most
    plane: Plane | None = None  # in which its reader drags; None: of the two dimensions of the largest KL

    def __post_init__(self) -> None:
        if not 1 <= self.points <= MOST_POINTS:
            raise UserError(f"A page draws 1 to {MOST_POINTS:,} points, not {self.points:,}.")


def write_page(
    run: Run, path: Path, options: PageOptions | None = None, progressed: Progressed = lambda _task, _fraction: None
) -> str:
    """Write the page of a run as one HTML file, opened from disk without network.

    `progressed` is told a task and its fraction done, 0 to 1, and may raise to end it. Returns a sentence or two on
    how exact the page is. Raises UserError if the file cannot be written or the decoder not read; whatever is raised,
    an existing file stays as it was.
    """
    if options is None:
        options = PageOptions()
    with replacing(path) as temporary:
        shown = choose(run, options)
        lowered, said = _lowered(run, progressed)
        if lowered is not None:
            page = _page_of_decoder(shown, lowered, progressed)
            halved = _halved(lowered) if len(page) > LARGEST_FLOAT32 else None
            if halved is not None:
                page = _page_of_decoder(shown, halved, progressed, "float16")
                said = f"The decoder runs in the page, its weights in half precision to keep it small. {said}"
            else:
                said = f"The decoder runs in the page. {said}"
        else:
            page, largest = _page_of_lattice(shown, said, progressed)
            said = (f"Its images are interpolated, since {said}: largest difference measured {largest:.3f} "
                    f"({largest * 255:.0f} of 255 levels).")  # fmt: skip
        progressed("Writing the page", 0.9)
        temporary.write_text(page, encoding="utf-8")
        progressed("Writing the page", 1.0)
    return said.rstrip()


def _lowered(run: Run, progressed: Progressed) -> tuple[Lowered | None, str]:
    """The decoder as a page computes it, and what there is to say; or None, and why it cannot."""
    if run.lowered is not None:
        return read(run.lowered), ""
    if run.onnx_decoder is not None:
        return None, "the decoder is an ONNX network, which a page does not run"
    progressed("Reading the decoder with TensorFlow, which takes seconds", 0.0)
    began = time.perf_counter()
    model = load_keras_decoder(run)
    try:
        lowered = lower(model)
    except UnsupportedError as error:
        return None, f"a page cannot compute {error}"
    seconds = time.perf_counter() - began
    return lowered, f"This run has no decoder.npz, so TensorFlow had to read its decoder: {seconds:.0f} s."


def _halved(lowered: Lowered) -> Lowered | None:
    """The decoder with weights that half precision holds; None if that saves little, or costs half a level or more."""
    if 2 * sum(weight.size for weight in lowered.weights) < LARGEST_FLOAT32 / 10:
        return None
    with np.errstate(over="ignore"):
        weights = tuple(weight.astype(np.float16).astype(np.float32) for weight in lowered.weights)
    if not all(np.isfinite(weight).all() for weight in weights):
        return None
    halved = replace(lowered, weights=weights)
    z = np.random.default_rng(0).normal(size=(TRIED, lowered.latent_dim)).astype(np.float32)
    difference = np.abs(LoweredDecoder(halved)(z) - LoweredDecoder(lowered)(z)).max()
    return halved if difference < 0.5 / 255 else None


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a run's data: M codes, and K real images."""

    run: Run
    plane: Plane
    drawn: Indices  # (M,), rows of the run's codes
    examples: Indices  # (K,), likewise
    images: Bytes  # (K, H, W, C)
    reach: float  # no further from an example is inside the data


def choose(run: Run, options: PageOptions) -> Shown:
    nothing = np.zeros(0, np.intp)
    codes = run.codes
    plane = options.plane or axes_plane(telling_axes(mean_kl(codes.z_mean, codes.z_log_var)), run.info.latent_dim)
    if not options.data:
        dataset = replace(run.info.dataset, class_names=(), fingerprint="")
        run = replace(run, info=replace(run.info, dataset=dataset))
        return Shown(run, plane, nothing, nothing, run.sample.images[:0], 0.0)
    rng = np.random.default_rng(0)
    # Each as likely as any other, in mixed order so that no class lies on top.
    drawn = rng.permutation(len(codes.label))[: options.points]
    image_of = sample_image_of(run)
    at_hand = np.flatnonzero(image_of >= 0)
    wanted = EXAMPLES if max(run.info.dataset.image_shape[:2]) <= 32 else EXAMPLES // 2
    examples = at_hand[_spread(to_plane(codes.z_mean, plane)[at_hand], wanted, rng)]
    reach = 0.0
    if len(examples):
        reach = float(np.percentile(distances_to(codes.z_mean[drawn[:MEASURED]], codes.z_mean[examples]), INSIDE))
    if len(examples) <= options.points:  # their codes among those drawn, so that a page read back has them, too
        others = drawn[~np.isin(drawn, examples)]
        drawn = rng.permutation(np.concatenate([examples, others[: len(drawn) - len(examples)]]))
    return Shown(run, plane, drawn, examples, run.sample.images[image_of[examples]], reach)


def _spread(points: Floats, wanted: int, rng: np.random.Generator) -> Indices:
    """Which of points (N, 2) to take to have them from everywhere: one of each cell of the map, then a second, ..."""
    if not len(points):
        return np.zeros(0, np.intp)
    low, high = points.min(axis=0), points.max(axis=0)
    cells = ((points - low) / np.maximum(high - low, 1e-9) * 19.999).astype(np.intp) @ [20, 1]
    order = rng.permutation(len(points))
    order = order[np.argsort(cells[order], kind="stable")]
    ordered = cells[order]
    turn = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return order[np.argsort(turn, kind="stable")[:wanted]]


def distances_to(codes: Floats, examples: Floats) -> Floats:
    """Of each of codes (M, latent_dim), the distance (M,) to the nearest of the examples (K, latent_dim)."""
    # Of a few hundred examples: no tree, whose import alone would take longer.
    near, lengths = examples.astype(np.float64), np.square(examples.astype(np.float64)).sum(axis=1)
    squared = np.empty(len(codes))
    for start in range(0, len(codes), 1024):
        some = codes[start : start + 1024].astype(np.float64)
        least = (lengths - 2 * some @ near.T).min(axis=1)
        squared[start : start + 1024] = least + np.square(some).sum(axis=1)
    distances: Floats = np.sqrt(np.maximum(squared, 0)).astype(np.float32)
    return distances


def rectangle(points: Floats, latent_dim: int, outside: float) -> tuple[Floats, Floats]:
    """All of the drawn points (M, 2) but the outermost percent, and at least [-3, 3]: two corners (2,)."""
    low, high = np.full(2, -3, np.float32), np.full(2, 3, np.float32)
    if len(points):
        inner = np.percentile(points, [outside, 100 - outside], axis=0).astype(np.float32)
        margin = 0.05 * (inner[1] - inner[0])
        low, high = np.minimum(low, inner[0] - margin), np.maximum(high, inner[1] + margin)
    if latent_dim == 1:
        low[1], high[1] = -1, 1
    return low, high


def _page_of_decoder(shown: Shown, lowered: Lowered, progressed: Progressed, precision: str = "float32") -> str:
    weights = {f"weight_{i}": weight.astype(precision) for i, weight in enumerate(lowered.weights)}
    content = {"decoder": lowered.described(), "weights": list(weights)}
    checks = {"check_codes": lowered.check_codes, "check_images": lowered.check_images}
    points = to_plane(shown.run.codes.z_mean, shown.plane)[shown.drawn]
    low, high = rectangle(points, lowered.latent_dim, 0.1)
    parameters = sum(weight.size for weight in lowered.weights)
    fact = f"computed in this page, {parameters:,} parameters in {PRECISIONS[precision]} precision"
    return _html(shown, content, weights | checks, low, high, fact, False, progressed)


def _page_of_lattice(shown: Shown, reason: str, progressed: Progressed) -> tuple[str, float]:
    """The page, and the largest difference that was measured between an image of it and the decoder's."""
    decoder = run_decoder(shown.run)
    points = to_plane(shown.run.codes.z_mean, shown.plane)[shown.drawn]
    low, high = rectangle(points, decoder.latent_dim, 0.5)
    images = decode_lattice(decoder, shown.plane, low, high, shown.run.info.dataset.image_shape, progressed)
    difference = measure(images, decoder, shown.plane, progressed)
    rows, columns = images.levels.shape[:2]
    content = {"lattice": {"rows": rows, "columns": columns, "low": low.tolist(), "high": high.tolist()}}
    fact = lattice_fact(images, difference, reason)
    return _html(shown, content, {"levels": images.packed()}, low, high, fact, True, progressed), difference.largest


def lattice_fact(images: Lattice, difference: Difference, reason: str) -> str:
    rows, columns, _, _, channels = images.levels.shape
    lattice_size = f"{columns} x {rows} lattice" if rows > 1 else f"lattice of {columns:,} points"
    # Rounded up: the page never claims less than was measured.
    largest, steps = math.ceil(difference.largest * 1000) / 1000, math.ceil(difference.largest * 2550) / 10
    grey = "grey levels" if channels == 1 else "levels"
    return (
        f"interpolated from a {lattice_size}, since {reason}; largest difference measured {largest:.3f} "
        f"({steps:.1f} of 255 {grey}), mean {difference.mean:.4f}, at {difference.codes:,} random codes"
    )


def _html(
    shown: Shown, content: dict[str, Any], arrays: page_content.NamedArrays, low: Floats, high: Floats,
    decoder_fact: str, bounded: bool, progressed: Progressed,
) -> str:  # fmt: skip
    progressed("Composing the page", 0.5)
    from bokeh.core.templates import get_env
    from bokeh.embed import file_html
    from bokeh.resources import INLINE

    info, codes = shown.run.info, shown.run.codes
    classes = class_entries(info.dataset.class_names, codes.label[shown.drawn])
    data = data_arrays(shown) if len(shown.drawn) else {}
    layout, packed = page_content.pack_arrays({**arrays, **data})
    content |= {
        "format": page_content.FORMAT,
        "shape": list(info.dataset.image_shape),
        "latent_dim": info.latent_dim,
        "plane": {
            "names": shown.plane.names,
            "directions": shown.plane.directions.tolist(),
            "held": shown.plane.held.tolist(),
        },
        "whole": [low.tolist(), high.tolist()],
        "classes": classes,
        "colour": class_colours(0)[0],
        "arrays": layout,
        "run": public(shown.run),
        "history": [asdict(record) for record in shown.run.history],
    }
    if len(shown.examples):
        content |= {"atlas": atlas(shown.images), "reach": shown.reach}
    page = {name: asset(f"page/{name}").read_text(encoding="utf-8") for name in ("page.html.jinja", "page.css")}
    scripts = [asset(f"page/{name}").read_text(encoding="utf-8") for name in SCRIPTS]
    variables = {
        "run": info,
        "classes": classes,
        "points": len(shown.drawn),
        "examples": len(shown.examples),
        "facts": caption(shown, decoder_fact),
        "note": plane_note(shown.plane),
        "names": shown.plane.names,
        "bounded": bounded,
        "content": finite(content),
        "arrays": packed,
        "style": page["page.css"],
        "scripts": [script.replace("</script", "<\\/script") for script in scripts],
    }
    figure = empty_map(classes, shown.plane, low, high, bounded)
    if info.latent_dim == 1:
        figure.yaxis.axis_label, figure.yaxis.ticker = "unused", []
    template = get_env().from_string(page["page.html.jinja"])
    title = f"{info.name} · VAE Explorer"
    html: str = file_html(figure, resources=INLINE, title=title, template=template, template_variables=variables)
    return html


def data_arrays(shown: Shown) -> dict[str, NDArray[Any]]:
    """What the page draws, and what it is read back from. Where there is no label: one more than there are names."""
    codes, drawn = shown.run.codes, shown.drawn
    classes = len(shown.run.info.dataset.class_names)
    label = np.where(codes.label < 0, classes, codes.label).astype(np.uint16)
    arrays: dict[str, NDArray[Any]] = {
        "z_mean": codes.z_mean[drawn],
        "z_log_var": codes.z_log_var[drawn].astype(np.float16),
        "label": label[drawn],
        "index": codes.index[drawn].astype(np.int32),
        "split": codes.split[drawn],
    }
    if shown.run.info.latent_dim == 1:
        arrays["spread"] = np.ascontiguousarray(to_plane(codes.z_mean)[drawn, 1])
    if len(shown.examples):
        arrays |= {
            "example_z": codes.z_mean[shown.examples],
            "example_label": label[shown.examples],
            "example_index": codes.index[shown.examples].astype(np.int32),
        }
    return arrays


def public(run: Run) -> dict[str, Any]:
    """The run's settings as they may be shown to anybody: without where on the maker's machine the images lay, at what
    hour it was, and what the maker noted.
    """
    content = {key: value for key, value in asdict(run.info).items() if value is not None}
    content |= {"created": run.info.created[:10], "note": ""}
    for part in content["segments"]:
        part |= {"began": part["began"][:10], "ended": part["ended"][:10]}
    if run.info.dataset.source != BUILTIN:
        content["dataset"]["source"] = ""
        content["dataset"]["options"]["labels"] = ""
    return content


def atlas(images: Bytes) -> dict[str, Any]:
    """Images (K, H, W, C) side by side in one picture, made smaller where they are large."""
    from PIL import Image

    count, height, width, channels = images.shape
    columns = math.ceil(math.sqrt(count))
    padded = np.zeros((columns * math.ceil(count / columns), height, width, channels), np.uint8)
    padded[:count] = images
    tiles = padded.reshape(-1, columns, height, width, channels).swapaxes(1, 2)
    sheet = Image.fromarray(tiles.reshape(-1, columns * width, channels).squeeze())
    scale = min(1.0, LARGEST_EXAMPLE / max(height, width))
    height, width = round(height * scale), round(width * scale)
    if scale < 1:
        sheet = sheet.resize((columns * width, len(tiles) * height), Image.Resampling.BOX)
    picture = io.BytesIO()
    sheet.save(picture, format="WEBP", lossless=channels == 1, quality=90)
    uri = f"data:image/webp;base64,{base64.b64encode(picture.getvalue()).decode('ascii')}"
    return {"picture": uri, "columns": columns, "width": width, "height": height}


def class_entries(names: tuple[str, ...], labels: Ints) -> list[dict[str, str]]:
    """Name and colours of each class, and of the points without a label where only some have one."""
    light, dark = class_colours(len(names)), class_colours(len(names), dark=True)
    classes = [{"name": name, "light": a, "dark": b} for name, a, b in zip(names, light, dark, strict=False)]
    if classes and (labels < 0).any():
        classes.append({"name": "no label", "light": "#8a93a0", "dark": "#8a93a0"})
    return classes


def caption(shown: Shown, decoder_fact: str) -> list[tuple[str, str]]:
    """The caption: what the page shows, each with its name."""
    info, (height, width, channels) = shown.run.info, shown.run.info.dataset.image_shape
    dimensions = "1 latent dimension" if info.latent_dim == 1 else f"{info.latent_dim} latent dimensions"
    epochs = "1 epoch" if info.epochs == 1 else f"{info.epochs:,} epochs"
    facts = [
        ("Data set", f"{info.dataset.name}, {width} x {height} {'grey' if channels == 1 else 'colour'}"),
        ("Model", f"{info.model_name}, {dimensions}"),
        ("Trained", f"{info.created[:10]}, {epochs}{', stopped early' if info.status == 'stopped' else ''}")
        if info.imported is None
        else ("Imported", info.created[:10]),
    ]
    if info.held_out is not None and math.isfinite(info.held_out.negative_elbo):
        facts.append(("Held-out negative ELBO", f"{info.held_out.negative_elbo:.1f} nats an image{info.pixels_note}"))
    if len(shown.drawn):
        total = len(shown.run.codes.label)
        facts.append(("Points", f"{len(shown.drawn):,} of {total:,} codes, the mean of each image's posterior"))
    if shown.plane.held.any():
        held = ", ".join(f"z{place} {value:.3f}" for place, value in enumerate(shown.plane.held, 1) if value)
        facts.append(("Plane held at", f"{held}, the rest 0".replace("-", "−")))
    facts.append(("Decoder", decoder_fact))
    versions = {"vae_explorer": "VAE Explorer", "keras": "Keras", "tensorflow": "TensorFlow"}
    named = [f"{name} {info.versions[key]}" for key, name in versions.items() if key in info.versions]
    if named:
        facts.append(("Made with", ", ".join(named)))
    return [*facts, ("Licence of the data", info.dataset.licence)] if info.dataset.licence else facts


def empty_map(classes: list[dict[str, str]], plane: Plane, low: Floats, high: Floats, bounded: bool) -> Any:
    """The map, still empty: its points come from the arrays of the page."""
    from bokeh.models import BooleanFilter, CDSView, ColumnDataSource, LinearColorMapper, Range1d, WheelZoomTool
    from bokeh.plotting import figure

    (left, bottom), (right, top) = low.tolist(), high.tolist()
    # The colours and the font of everything that is not data come from the page's style sheet, by page.js.
    plot = figure(
        name="map", tools=[], toolbar_location=None, sizing_mode="stretch_both",
        min_width=0, min_height=0, lod_threshold=None, background_fill_color=None, border_fill_color=None,
        x_axis_label=plane.names[0], y_axis_label=plane.names[1], min_border=8,
        min_border_left=60,  # longer labels do not change the frame, which would change the labels
        x_range=Range1d(left, right, min_interval=NEAREST, max_interval=FARTHEST),
        y_range=Range1d(bottom, top, min_interval=NEAREST, max_interval=FARTHEST),
    )  # fmt: skip
    wheel = WheelZoomTool(name="wheel")
    plot.add_tools(wheel)
    plot.toolbar.active_scroll = wheel
    for axis in plot.axis:
        axis.update(minor_tick_line_color=None, axis_label_text_font_size="13px", axis_label_text_font_style="normal")
    palette = [item["light"] for item in classes] or class_colours(0)
    colours = LinearColorMapper(palette, low=-0.5, high=len(palette) - 0.5, name="colours")
    plot.scatter(
        "x", "y", source=ColumnDataSource({"x": [], "y": [], "label": []}, name="points"), name="scatter", size=4,
        line_color=None, fill_color={"field": "label", "transform": colours}, fill_alpha=0.7,
        view=CDSView(filter=BooleanFilter(name="shown")),
    )  # fmt: skip
    line = {"line_dash": [3, 4]} if bounded else {"line_alpha": 0}
    plot.quad(left, right, top, bottom, name="edge", fill_color=None, **line)
    # On the overlay a move repaints the probe alone, never the points.
    way = {"source": ColumnDataSource({"x": [], "y": [], "name": []}, name="way"), "level": "overlay"}
    plot.line("x", "y", name="way_line", line_dash=[2, 3], line_alpha=0.8, **way)
    plot.scatter("x", "y", name="way_ends", size=19, line_width=1.5, **way)
    plot.text(
        "x", "y", text="name", name="way_names", text_font_size="11px", text_align="center",
        text_baseline="middle", **way,
    )  # fmt: skip
    place = {"source": ColumnDataSource({"x": [0.0], "y": [0.0]}, name="place"), "level": "overlay"}
    plot.vspan(x="x", name="cross_z1", line_alpha=0.45, **place)
    plot.hspan(y="y", name="cross_z2", line_alpha=0.45, **place)
    plot.scatter("x", "y", name="probe", size=17, line_width=2.5, **place)
    return plot
