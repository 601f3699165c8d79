"""Writes a run as one standalone HTML file: its latent map, a probe to drag, and the decoder, which runs in the page.

The page needs no network and no program. If the decoder has a layer that the page cannot compute, the page interpolates
in a lattice of decoded images and states how much these differ from the decoder's.
"""

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.assets import asset
from vae_explorer.exporting.page.choosing import PageOptions, Shown, choose, rectangle
from vae_explorer.exporting.page.content import atlas, class_entries, data_arrays, example_names, public
from vae_explorer.exporting.page.facts import caption, lattice_fact
from vae_explorer.exporting.page.figure import empty_map
from vae_explorer.exporting.page.lattice import decode_lattice, measure
from vae_explorer.exporting.page.paths import path_arrays, path_entries
from vae_explorer.files import replacing
from vae_explorer.latent.palette import class_colours
from vae_explorer.latent.plane import plane_note, to_plane
from vae_explorer.latent.support import VERDICTS
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.keras_decoder import load_keras_decoder
from vae_explorer.model.lowered_class import bind_class
from vae_explorer.model.lowered_decoder import LoweredDecoder
from vae_explorer.model.lowering import UnsupportedError, lower
from vae_explorer.network.label_input import label_rows
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run import page as page_content
from vae_explorer.run.decoder_class import class_note
from vae_explorer.run.lowered import Lowered, read
from vae_explorer.run.plain import finite
from vae_explorer.run.run import Run

LARGEST_FLOAT32 = 5_000_000  # characters of a page; in a larger one, weights have half precision if it is exact enough
TRIED = 200  # random latent codes at which half precision is checked
PRECISIONS = {"float32": "single", "float16": "half"}
SCRIPTS = ("product.js", "engine.js", "content.js", "check.js", "nearest.js", "sheet.js", "journey.js", "page.js")


def write_page(run: Run, path: Path, options: PageOptions | None = None, progress: Progress = no_progress) -> str:
    """Write the page of a run as one HTML file that can be opened from disk without a network.

    `progress` is called with a task and its share done, 0 to 1, and may raise an exception to end it. Returns a
    sentence or two about how exact the page is. Raises UserError if the file cannot be written or the decoder cannot be
    read. Whenever an exception is raised, an existing file is not changed.
    """
    if options is None:
        options = PageOptions()
    with replacing(path) as temporary:
        shown = choose(run, options)
        lowered, said = _lowered(run, progress)
        if lowered is not None and run.info.decoder_label is not None:
            lowered = bind_class(lowered, label_rows(run.info.decoder_label)[shown.label])
        if lowered is not None:
            page = _page_of_decoder(shown, lowered, progress)
            halved = _halved(lowered) if len(page) > LARGEST_FLOAT32 else None
            if halved is not None:
                page = _page_of_decoder(shown, halved, progress, "float16")
                said = f"The decoder runs in the page, its weights in half precision to keep it small. {said}"
            else:
                said = f"The decoder runs in the page. {said}"
        else:
            lacking = bool(shown.paths) and run.info.latent_dim > 2
            page, largest = _page_of_lattice(replace(shown, paths=()) if lacking else shown, said, progress)
            said = (f"Its images are interpolated, since {said}: largest difference measured {largest:.3f} "
                    f"({largest * 255:.0f} of 255 levels).")  # fmt: skip
            said += " It holds no paths, since they leave its plane." if lacking else ""
        progress("Writing the page", 0.9)
        temporary.write_text(page, encoding="utf-8")
        progress("Writing the page", 1.0)
    return " ".join(filter(None, [said.rstrip(), class_note(run.info, shown.label)]))


def _lowered(run: Run, progress: Progress) -> tuple[Lowered | None, str]:
    """The lowered decoder and a sentence about how it was made, "": none; or None and the reason why there is none.

    A conditional decoder takes z with its label appended.
    """
    if run.networks.lowered is not None:
        return read(run.networks.lowered), ""
    if run.networks.onnx_decoder is not None:
        return None, "the decoder is an ONNX network, which a page does not run"
    progress("Reading the decoder with TensorFlow, which takes seconds", 0.0)
    began = time.perf_counter()
    model = load_keras_decoder(run)
    try:
        lowered = lower(model)
    except UnsupportedError as error:
        return None, f"a page cannot compute {error}"
    seconds = time.perf_counter() - began
    return lowered, f"This run has no decoder.npz, so TensorFlow had to read its decoder: {seconds:.0f} s."


def _halved(lowered: Lowered) -> Lowered | None:
    """The decoder with weights rounded to half precision.

    None if that saves little or changes a pixel by half a grey level or more.
    """
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


def _page_of_decoder(shown: Shown, lowered: Lowered, progress: Progress, precision: str = "float32") -> str:
    weights = {f"weight_{i}": weight.astype(precision) for i, weight in enumerate(lowered.weights)}
    content = {"decoder": lowered.described(), "weights": list(weights)}
    checks = {"check_codes": lowered.check_codes, "check_images": lowered.check_images}
    points = to_plane(shown.run.codes.z_mean, shown.plane)[shown.drawn]
    low, high = rectangle(points, lowered.latent_dim, 0.1)
    parameters = sum(weight.size for weight in lowered.weights)
    fact = f"computed in this page, {parameters:,} parameters in {PRECISIONS[precision]} precision"
    return _html(shown, content, weights | checks, low, high, fact, False, progress)


def _page_of_lattice(shown: Shown, reason: str, progress: Progress) -> tuple[str, float]:
    """The page, and the largest difference measured between its images and the decoder's, pixels 0 to 1."""
    decoder = run_decoder(shown.run, shown.label)
    points = to_plane(shown.run.codes.z_mean, shown.plane)[shown.drawn]
    low, high = rectangle(points, decoder.latent_dim, 0.5)
    images = decode_lattice(decoder, shown.plane, low, high, shown.run.info.dataset.image_shape, progress)
    difference = measure(images, decoder, shown.plane, progress)
    rows, columns = images.levels.shape[:2]
    content = {"lattice": {"rows": rows, "columns": columns, "low": low.tolist(), "high": high.tolist()}}
    fact = lattice_fact(images, difference, reason)
    return _html(shown, content, {"levels": images.packed()}, low, high, fact, True, progress), difference.largest


def _html(
    shown: Shown, content: dict[str, Any], arrays: page_content.NamedArrays, low: Floats, high: Floats,
    decoder_fact: str, bounded: bool, progress: Progress,
) -> str:  # fmt: skip
    progress("Composing the page", 0.5)
    from bokeh.core.templates import get_env
    from bokeh.embed import file_html
    from bokeh.resources import INLINE

    info = shown.run.info
    none = "no label" if shown.groups is None else "no group"
    chosen = () if shown.groups is None else shown.groups.colours
    classes = class_entries(shown.style_names, shown.style[shown.drawn], none, chosen)
    data: dict[str, Any] = (data_arrays(shown) if len(shown.drawn) else {}) | path_arrays(shown.paths)
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
        "paths": path_entries(shown.paths, shown.plane),
        "history": [asdict(record) for record in shown.run.history],
    }
    if len(shown.examples):
        content |= {"atlas": atlas(shown.images)} | example_names(shown)
    if shown.support is not None:
        content["support"] = {"limits": shown.support.limits, "verdicts": VERDICTS}
    page = {name: asset(f"page/{name}").read_text(encoding="utf-8") for name in ("page.html.jinja", "page.css")}
    scripts = [asset(f"page/{name}").read_text(encoding="utf-8") for name in SCRIPTS]
    variables = {
        "run": info,
        "classes": classes,
        "classes_are": "Classes" if shown.groups is None else "Groups",
        "points": len(shown.drawn),
        "examples": len(shown.examples),
        "supported": len(shown.examples) > 0 and shown.support is not None,
        "paths": [each.name for each in shown.paths],
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
