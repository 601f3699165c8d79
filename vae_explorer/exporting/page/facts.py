"""The caption of a page: facts about the run, and how exact the page is."""

import math

from vae_explorer.exporting.page.choosing import Shown
from vae_explorer.exporting.page.lattice import Difference, Lattice
from vae_explorer.latent.support import EMPTY, SPARSE, Support
from vae_explorer.run.config import TrainingConfig
from vae_explorer.sizes import shape_text


def lattice_fact(images: Lattice, difference: Difference, reason: str) -> str:
    """How exact a page with a lattice is. reason: why it does not run the decoder."""
    rows, columns, _, _, channels = images.levels.shape
    lattice_size = f"{columns} x {rows} lattice" if rows > 1 else f"lattice of {columns:,} points"
    # Rounded up, so that the page never states less than was measured.
    largest, steps = math.ceil(difference.largest * 1000) / 1000, math.ceil(difference.largest * 2550) / 10
    grey = "grey levels" if channels == 1 else "levels"
    return (
        f"interpolated from a {lattice_size}, since {reason}; largest difference measured {largest:.3f} "
        f"({steps:.1f} of 255 {grey}), mean {difference.mean:.4f}, at {difference.codes:,} random codes"
    )


def support_fact(support: Support, latent_dim: int) -> str:
    """How the page judges whether there are data near a code."""
    sparse, empty = support.limits
    across = f" in all {latent_dim} dimensions" if latent_dim > 2 else ""
    return (
        f"a code is judged by its distance{across} to the nearest point; the points are {support.usual:.2g} from their "
        f"nearest neighbours (median), {SPARSE:g} % of them at most {sparse:.2g}, {EMPTY:g} % at most {empty:.2g}"
    )


def caption(shown: Shown, decoder_fact: str) -> list[tuple[str, str]]:
    """The caption as (name, text) pairs. decoder_fact: how the page computes its images."""
    info = shown.run.info
    dimensions = "1 latent dimension" if info.latent_dim == 1 else f"{info.latent_dim} latent dimensions"
    epochs = "1 epoch" if info.epochs == 1 else f"{info.epochs:,} epochs"
    facts = [
        ("Data set", f"{info.dataset.name}, {shape_text(info.dataset.image_shape)}"),
        ("Model", f"{info.model_name}, {dimensions}"),
        ("Trained", f"{info.created[:10]}, {epochs}{', stopped early' if info.status == 'stopped' else ''}")
        if isinstance(info.origin, TrainingConfig)
        else ("Imported", info.created[:10]),
    ]
    if info.held_out is not None and math.isfinite(info.held_out.negative_elbo):
        facts.append(("Held-out negative ELBO", f"{info.held_out.negative_elbo:.1f} nats per image{info.pixels_note}"))
    if len(shown.drawn):
        total = len(shown.run.codes.label)
        facts.append(("Points", f"{len(shown.drawn):,} of {total:,} codes, the mean of each image's posterior"))
    if shown.support is not None:
        facts.append(("Support", support_fact(shown.support, info.latent_dim)))
    if shown.plane.held.any():
        held = ", ".join(f"z{number} {value:.3f}" for number, value in enumerate(shown.plane.held, 1) if value)
        facts.append(("Plane held at", f"{held}, the rest 0".replace("-", "−")))
    facts.append(("Decoder", decoder_fact))
    versions = {"vae_explorer": "VAE Explorer", "keras": "Keras", "tensorflow": "TensorFlow"}
    named = [f"{name} {info.versions[key]}" for key, name in versions.items() if key in info.versions]
    if named:
        facts.append(("Made with", ", ".join(named)))
    return [*facts, ("Licence of the data", info.dataset.licence)] if info.dataset.licence else facts
