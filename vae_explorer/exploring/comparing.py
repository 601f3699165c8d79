"""Two runs beside each other: the images that both know, aligned codes, settings, figures and decoded images."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Ints
from vae_explorer.errors import UserError
from vae_explorer.exploring.common_images import CommonImages, common_images, kept_in_both, pixels_of
from vae_explorer.exploring.encoding import Encoded, image_encoder, joined, why_no_elbo
from vae_explorer.exploring.errors import images_at_once, reconstructed
from vae_explorer.exploring.figures_compared import (
    DENSITIES,
    ComparedFigure,
    mean,
    other_pixels,
    paired_figures,
    recorded_figures,
    same_held_out,
)
from vae_explorer.exploring.settings_compared import Setting, differing_settings
from vae_explorer.latent.procrustes import Alignment, align
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.model.decoder import run_decoder
from vae_explorer.model.encoder import why_no_encoder
from vae_explorer.progress import Progress, no_progress, portion
from vae_explorer.run.quality import Figure
from vae_explorer.run.run import Run
from vae_explorer.sizes import shape_text

MOST = 2000  # images that are decoded by both runs
BRIGHTER, DARKER = (230, 120, 0), (30, 110, 220)  # colours of a difference, told apart by colour-blind people, too


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two runs, A and B, beside each other."""

    a: Run
    b: Run
    common: CommonImages
    alignment: Alignment | None  # of the codes of A with those of B; None: a note says why
    settings: tuple[Setting, ...]  # that differ
    figures: tuple[ComparedFigure, ...]
    decoded: Figure | None  # difference of what both decode of their codes of an image: root mean square, pixels 0 to 1
    notes: tuple[str, ...]  # sentences on what cannot be compared, and why


def compare_runs(a: Run, b: Run, progress: Progress = no_progress) -> Comparison:
    """Compare two runs. Encodes and decodes up to MOST images by both, which takes seconds.

    Figures of each image are compared on the held-out images that both runs keep, as pairs; the other figures are those
    that the runs have recorded. `progress` may raise an exception to end it. Raises UserError if the encoder or decoder
    of a run is damaged.
    """
    common, notes = common_images(a, b), list[str]()
    alignment = None
    if len(common):
        try:
            alignment = align(a.codes.z_mean[common.rows_a], b.codes.z_mean[common.rows_b])
        except UserError as error:
            notes.append(f"The codes are not aligned. {error}")
    else:
        notes.append(f"Codes and figures cannot be compared. {common.why_none}")
    shapes = [run.info.dataset.image_shape for run in (a, b)]
    same_shape = shapes[0] == shapes[1]
    if not same_shape:
        notes.append(
            "Decoded images and their errors cannot be compared: those of A are "
            f"{shape_text(shapes[0])}, those of B {shape_text(shapes[1])}."
        )
    figures = recorded_figures(a, b, common)
    if same_shape and len(common):
        densities = other_pixels(a.info, b.info)
        if densities:
            notes.append(f"Losses and likelihoods cannot be compared: {densities}.")
        pairs, why = _pairs(a, b, common, portion(progress, 0.0, 0.8))
        figures |= {field: pair for field, pair in pairs.items() if not (densities and field in DENSITIES)}
        if why:
            notes.append(why)
    if len(common) and not same_held_out(a, b, common):
        notes.append("Other figures cannot be compared: the runs recorded them on other held-out images.")
    decoded = _decoded(a, b, common, portion(progress, 0.8, 1.0)) if same_shape else None
    settings = differing_settings(a.info, b.info)
    return Comparison(a, b, common, alignment, settings, tuple(figures.values()), decoded, tuple(notes))


def decoded_difference(a: Floats, b: Floats) -> Floats:
    """The root mean square difference of decoded images, (N, H, W, C) each, pixels 0 to 1: (N,)."""
    difference: Floats = np.sqrt(np.square(b - a).mean(axis=(1, 2, 3)))
    return difference


def difference_picture(a: Floats, b: Floats, ground: tuple[int, int, int]) -> Bytes:
    """Where an image B (H, W, C), pixels 0 to 1, is brighter than A, orange, and where it is darker, blue: (H, W, 3).

    ground: the colour where they are equal. The difference of the channels of a colour image is their mean.
    """
    signed = (b - a).mean(axis=2, dtype=np.float32)[..., None].clip(-1, 1)
    to = np.where(signed > 0, np.array(BRIGHTER, np.float32), np.array(DARKER, np.float32))
    share = np.sqrt(np.abs(signed))  # small differences are to be seen, too
    picture: Bytes = np.rint(np.array(ground, np.float32) * (1 - share) + to * share).astype(np.uint8)
    return picture


def describe_comparison(found: Comparison) -> dict[str, Any]:
    """Everything as plain data for JSON; None: not known."""
    alignment = found.alignment
    return {
        "runs": [{"name": run.info.name, "folder": str(run.folder)} for run in (found.a, found.b)],
        "common_images": {"count": len(found.common), "how": found.common.how},
        "alignment": None
        if alignment is None
        else {
            "scale": alignment.scale,
            "correlation": alignment.correlation,
            "turn": alignment.turn.tolist(),
            "centres": [alignment.centre_a.tolist(), alignment.centre_b.tolist()],
        },
        "settings": {setting.name: [setting.a, setting.b] for setting in found.settings},
        "figures": {
            figure.field: {
                "a": _plain(figure.a),
                "b": _plain(figure.b),
                "difference": _plain(figure.difference),
                "paired": figure.paired,
                "beyond_error": figure.beyond,
                "b_is": figure.verdict or None,
                "why_not": figure.why_not or None,
            }
            for figure in found.figures
        },
        "decoded_difference": _plain(found.decoded),
        "notes": list(found.notes),
    }


def _plain(figure: Figure | None) -> dict[str, Any] | None:
    return None if figure is None else asdict(figure)


def _pairs(a: Run, b: Run, common: CommonImages, progress: Progress) -> tuple[dict[str, ComparedFigure], str]:
    """The figures that are measured on the same held-out images, and a sentence on why there are none, "": there are.

    Both runs must have images of one shape.
    """
    kept = kept_in_both(a, b, common)
    alone = "Figures are compared as if they were of different images, so their errors may be too large:"
    for run in (a, b):
        why = why_no_encoder(run) or why_no_elbo(run)
        if why:
            return {}, f"{alone} of {run.info.name}, no image is encoded. {why}"
    if len(kept) < 2:
        return {}, f"{alone} the runs keep no held-out image in common."
    images = pixels_of(a, kept.rows_a)
    if not np.array_equal(images, pixels_of(b, kept.rows_b)):
        return {}, f"{alone} the runs have read the same images in other ways, such as cropped or inverted."
    encoded = []
    for number, (run, rows) in enumerate(((a, kept.rows_a), (b, kept.rows_b))):
        part = portion(progress, number / 2, (number + 1) / 2)
        encoded.append(_encoded(run, images, run.codes.label[rows], part))
    return paired_figures(*encoded), ""


def _encoded(run: Run, images: Bytes, label: Ints, progress: Progress) -> Encoded:
    encode, parts = image_encoder(run), list[Encoded]()
    at_once = images_at_once(run.info.dataset.image_shape)
    for start in range(0, len(images), at_once):
        some = slice(start, start + at_once)
        parts.append(encode(images[some], label[some]))
        progress(f"Encoding images by {run.info.name}", min(1.0, (start + at_once) / len(images)))
    return joined(parts)


def _decoded(a: Run, b: Run, common: CommonImages, progress: Progress) -> Figure | None:
    """The difference of what two runs, whose images have one shape, decode of their codes; None: of no image."""
    some = np.unique(np.linspace(0, len(common) - 1, min(MOST, len(common))).astype(np.intp))
    decoders, differences = [run_decoder(run) for run in (a, b)], []
    shape = a.info.dataset.image_shape
    at_once = images_at_once(shape)
    for start in range(0, len(some), at_once):
        images = []
        for run, decoder, rows in ((a, decoders[0], common.rows_a), (b, decoders[1], common.rows_b)):
            here = rows[some[start : start + at_once]]
            label = run.codes.label[here]
            if isinstance(decoder, ClassDecoder) and decoder.names != run.info.dataset.class_names:
                label = np.full_like(label, -1)
            images.append(reconstructed(decoder, run.codes.z_mean[here], label, shape))
        differences.append(decoded_difference(*images))
        progress("Decoding images", min(1.0, (start + at_once) / len(some)))
    known = np.concatenate(differences) if differences else np.empty(0, np.float32)
    known = known[np.isfinite(known)]
    return mean(known) if len(known) else None
