"""Describes a run in lines of text."""

from vae_explorer.exploring.quality_judged import judge
from vae_explorer.run.config import TrainingConfig
from vae_explorer.run.decoder_class import class_list
from vae_explorer.run.imported import describe_networks
from vae_explorer.run.info import RunInfo
from vae_explorer.run.quality import Quality, figures
from vae_explorer.run.run import Run
from vae_explorer.sizes import shape_text


def summary(run: Run) -> str:
    info = run.info
    lines = [
        f"{info.name}  ({info.status}, {info.created})",
        f"  folder      {run.folder}",
        f"  images      {info.dataset.name}, {info.dataset.images:,} of {shape_text(info.dataset.image_shape)}",
        f"  model       {info.model_name}, {info.latent_dim} latent dimensions, encoder "
        f"{info.encoder_parameters:,} and decoder {info.decoder_parameters:,} parameters",
        f"  likelihood  {likelihood_text(info)}",
    ]
    if isinstance(info.origin, TrainingConfig):
        lines.append(
            f"  training    {info.epochs} of {info.origin.epochs} epochs, beta {info.origin.beta:g}, "
            f"seed {info.origin.seed}"
        )
        lines += [f"  {line}" for line in _segments(info)]
    else:
        sentences = describe_networks(info.origin)
        lines += [f"  {'import' if not index else '':<11} {sentence}" for index, sentence in enumerate(sentences)]
    if info.decoder_classes:
        lines.append(f"  classes     {class_list(info.decoder_classes)}")
    best = next((record for record in run.history if record.epoch == info.best_epoch), None)
    if best:
        lines.append(
            f"  best        epoch {best.epoch}: validation {best.val_loss:.2f} nats per image{info.pixels_note} "
            f"(negative ELBO {best.val_negative_elbo:.2f})"
        )
    if info.held_out:
        lines.append(
            f"  held-out    negative ELBO {info.held_out.negative_elbo:.2f} nats per image{info.pixels_note} "
            f"(reconstruction {info.held_out.reconstruction_loss:.2f}, KL {info.held_out.kl_loss:.2f}; "
            f"{info.held_out.images:,} images)"
        )
    if info.quality:
        lines += [f"  {line}" for line in _main_figures(info.quality)]
    return "\n".join(lines)


def quality_text(run: Run, quality: Quality) -> str:
    """The figures of a run with their meanings and what is known of them, as View > Quality shows them."""
    info, judgements = run.info, judge(run, quality)
    pixels = f"{info.pixels_name} pixels, likelihood {likelihood_text(info)}"
    lines = [f"{info.name}: {info.dataset.name}, {pixels}, held-out images", ""]
    for field, meaning, figure in figures(quality):
        if figure is None:
            continue
        more = f", {quality.samples:,} samples" if field == "log_likelihood" else ""
        lines += [f"{meaning.name}: {figure} {meaning.unit} ({figure.images:,} images{more})", f"  {meaning.sentence}"]
        if judged := str(judgements.get(field, "")):
            lines.append(f"  {judged}")
    lines.append("KL of each dimension, nats per image; * marks collapsed dimensions")
    for number, (figure, active) in enumerate(zip(quality.kl_by_dimension, quality.active, strict=True), start=1):
        lines.append(f"  z{number}{' ' if active else '*'} {figure}")
    return "\n".join(lines)


def likelihood_text(info: RunInfo) -> str:
    if info.sigma is None:
        return info.likelihood
    learned = "fixed" if info.likelihood == "gaussian-fixed" else "learned"
    return f"gaussian, {learned} standard deviation {info.sigma:.3g}, pixels 0 to 1"


def _segments(info: RunInfo) -> list[str]:
    """A line for each segment of a run that was trained further."""
    if len(info.segments) < 2:
        return []
    return [
        f"{'segments' if not index else '':<11} epochs {segment.first_epoch} to "
        f"{segment.first_epoch + segment.epochs - 1}: "
        f"{segment.optimizer}, learning rate {segment.learning_rate:g}, {segment.schedule}"
        for index, segment in enumerate(info.segments)
    ]


def _main_figures(quality: Quality) -> list[str]:
    """The figures besides the losses, which have lines of their own; the command `quality` explains them."""
    return [
        f"{'quality' if not index else '':<11} {meaning.name}: {figure} {meaning.unit}"
        for index, (meaning, figure) in enumerate(
            (meaning, figure)
            for field, meaning, figure in figures(quality)
            if figure is not None and field not in ("negative_elbo", "reconstruction_loss", "kl_loss")
        )
    ]
