"""Importing a decoder, with an encoder and images if they are given, as a run like one that was trained here."""

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from vae_explorer import __version__
from vae_explorer.array_types import Bytes, Floats, ImageShape
from vae_explorer.data.ahead import batches_ahead
from vae_explorer.data.dataset import HELD_OUT, TRAINING, Dataset, DatasetInfo
from vae_explorer.errors import UserError
from vae_explorer.files import refusal
from vae_explorer.network.fitting import (
    Choices,
    UnclearError,
    detect_decoder,
    detect_encoder,
    to_images,
    to_posterior,
)
from vae_explorer.network.label_input import find_label
from vae_explorer.network.layer_ranges import keras_ending, keras_input_range, onnx_ending, onnx_input_range
from vae_explorer.network.onnx_file import parse_onnx
from vae_explorer.network.onnx_network import load_onnx_file
from vae_explorer.network.pixel_range import outside_note
from vae_explorer.progress import Progress, no_progress
from vae_explorer.run.arrays import Codes, Sample, no_codes
from vae_explorer.run.config import Likelihood, usual_likelihood
from vae_explorer.run.folder import new_run
from vae_explorer.run.imported import (
    ImportedLabel,
    ImportedModel,
)
from vae_explorer.run.info import HeldOutLoss, RunInfo
from vae_explorer.run.run import Networks, Run
from vae_explorer.run.storage import InFolder
from vae_explorer.run.writing import Contents, write_run
from vae_explorer.sizes import shape_text
from vae_explorer.training.by_reconstruction import (
    TRIED,
    NetworkFile,
    class_count,
    levels,
    tried_endings,
    tried_halves,
    tried_ranges,
)
from vae_explorer.training.finishing import sample_of

BATCH = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What an import found, which a person can check before it is written."""

    model: ImportedModel
    image_shape: ImageShape
    decoder: NetworkFile
    encoder: NetworkFile | None
    dataset: Dataset | None
    notes: tuple[str, ...]  # sentences on what was decided


def find_model(
    decoder: Path,
    encoder: Path | None = None,
    dataset: Dataset | None = None,
    choices: Choices | None = None,
    progress: Progress = no_progress,
) -> Found:
    """Read the networks and find out how they fit each other and the images.

    decoder, encoder: .keras, .h5 or .onnx files; a whole Keras VAE as `decoder` brings its encoder. `progress` is
    called with a task and its share done, and may raise to end it. Raises UserError with one sentence for a file
    that cannot be read, is not data alone, or can be understood in two ways.
    """
    if choices is None:
        choices = Choices()
    progress("Reading the decoder", 0.0)
    decoder_file = _read(decoder, "decoder")
    label = find_label(decoder_file.network, decoder_file.name, choices, class_count(dataset))
    decoder_file = replace(decoder_file, label=label)
    encoder_file, notes = None, []
    if encoder is not None:
        progress("Reading the encoder", 0.3)
        encoder_file = _read(encoder, "encoder")
    elif decoder_file.whole is not None:
        encoder_file = _part_of(decoder_file.whole, decoder.name, "encoder")
        if label is not None and len(encoder_file.network.inputs) > 1:
            encoder_file = None
            notes.append(f"{decoder.name} holds an encoder, too, which is left out: it takes labels besides images.")
        else:
            notes.append(f"{decoder.name} holds an encoder, too.")
    progress("Trying the decoder", 0.6)
    shape = dataset.info.image_shape if dataset is not None else None
    try:
        detected, latent_dim, image_shape = detect_decoder(
            decoder_file.decoding(), decoder_file.name, choices, decoder_file.ending, shape
        )
    except UnclearError:
        if encoder_file is None or dataset is None:
            raise
        detected, latent_dim, image_shape, note = tried_endings(decoder_file, encoder_file, dataset, choices)
        notes.append(note)
    if shape is not None and shape != image_shape:
        wanted, given = (shape_text(sides) for sides in (image_shape, shape))
        raise UserError(f"The decoder {decoder.name} gives images of {wanted}, the data set has images of {given}.")
    detected = replace(detected, label=label)
    notes += [outside_note(detected), *_notes_on(label, decoder.name, dataset, encoder_file is not None)]
    detected_encoder = None
    if encoder_file is not None:
        progress("Trying the encoder", 0.8)
        known = replace(choices, input_range=choices.input_range or encoder_file.input_range)
        detected_encoder, note = detect_encoder(
            encoder_file.network, encoder_file.name, detected, latent_dim, image_shape, known
        )
        notes.append(note)
        if detected_encoder.posterior == "concatenated" and choices.posterior_order is None:
            detected_encoder, note = tried_halves(
                decoder_file, detected, encoder_file, detected_encoder, latent_dim, image_shape
            )
            notes.append(note)
        if dataset is not None and known.input_range is None:
            detected_encoder, note = tried_ranges(decoder_file, detected, encoder_file, detected_encoder, dataset)
            notes.append(note)
    model = ImportedModel(latent_dim, detected, detected_encoder)
    return Found(model, image_shape, decoder_file, encoder_file, dataset, tuple(filter(None, notes)))


def write_model(
    found: Found,
    folder: Path,
    overwrite: bool = False,
    progress: Progress = no_progress,
    warned: Callable[[str], None] = lambda _: None,
) -> Run:
    """Write what was found as a run, encode its images and measure how good it is. Returns the run.

    `warned` is called with one sentence for each file that could not be made or is kept apart. `progress` may raise to
    end it: then nothing is left. Raises UserError if the folder or the disk cannot be used.
    """
    with new_run(folder, overwrite) as target:
        try:
            return _write(found, target, progress, warned)
        except OSError as error:
            raise UserError(refusal(target, error)) from error


def _read(path: Path, part: str) -> NetworkFile:
    if path.suffix.lower() == ".onnx":
        network, content, parameters = load_onnx_file(path)
        graph = parse_onnx(content, path.name).graph
        return NetworkFile(path.name, network, parameters, onnx_ending(graph), onnx_input_range(graph), content, None)
    from vae_explorer.network.keras_file import load_keras_file

    return _part_of(load_keras_file(path), path.name, part)


def _part_of(model: Any, name: str, part: str) -> NetworkFile:
    """A Keras model, or its sub-model named `part` if it is a whole VAE, with an encoder and a decoder."""
    from vae_explorer.network.keras_network import KerasNetwork, find_part

    parts = {wanted: find_part(model, wanted) for wanted in ("encoder", "decoder")}
    whole = model if all(part is not None for part in parts.values()) else None
    chosen: Any = parts[part] if whole is not None else model
    network = KerasNetwork(chosen, name)
    return NetworkFile(
        name, network, chosen.count_params(), keras_ending(chosen), keras_input_range(chosen), b"", whole
    )  # fmt: skip


def _notes_on(
    label: ImportedLabel | None, file: str, dataset: Dataset | None, with_encoder: bool
) -> Iterator[str]:  # fmt: skip
    """Sentences on the classes of a conditional decoder and on what is not measured."""
    if label is None:
        return
    named = label.classes == class_count(dataset)
    names = "named as the classes of the data set, in their order" if named else "named by their numbers"
    yield f"{file} decodes images of a class that is chosen: its {label.classes} classes are {names}."
    if with_encoder and dataset is not None:
        yield "No ELBO and no other quality figures are measured: with one class for all images they would mislead."


def _write(found: Found, folder: Path, progress: Progress, warned: Callable[[str], None]) -> Run:
    sample = Sample(np.zeros((0, *found.image_shape), np.uint8), np.zeros(0, np.int64))
    if found.dataset is not None:
        sample = sample_of(found.dataset, found.dataset.held_out)
    codes = _encode(found, progress)

    def described() -> RunInfo:
        likelihood, sigma = usual_likelihood(found.image_shape), None
        conditional = found.model.decoder.label is not None  # its images of one class are no reconstructions
        if found.model.encoder is None or not len(sample.images) or conditional:
            return _info(found, folder.name, likelihood, sigma)
        if likelihood != "bernoulli":
            likelihood, sigma = "gaussian-fixed", _residual(found, sample.images)
        info = _info(found, folder.name, likelihood, sigma)
        return _measured(Run(InFolder(folder), info, codes, sample, (), Networks()), progress, warned)

    return write_run(
        folder,
        Contents(codes, sample, ()),
        lambda: _write_networks(found, folder, progress, warned),
        described,
        progress,
        warned,
    )


def _write_networks(found: Found, folder: Path, progress: Progress, warned: Callable[[str], None]) -> None:
    from vae_explorer.model.files import write_models
    from vae_explorer.network.keras_network import KerasNetwork, fitted_decoder, fitted_encoder

    (folder / "model").mkdir()
    networks: dict[str, Any] = {}
    for name, file in (("encoder", found.encoder), ("decoder", found.decoder)):
        if file is None:
            continue
        if not isinstance(file.network, KerasNetwork):
            (folder / f"model/{name}.onnx").write_bytes(file.content)
        elif name == "decoder":
            networks[name] = fitted_decoder(file.network, found.model.decoder, found.image_shape)
        elif found.model.encoder is not None:
            networks[name] = fitted_encoder(
                file.network, found.model.encoder, found.model.latent_dim, found.image_shape
            )
    if networks:
        write_models(folder, networks, warned, progress)


def _encode(found: Found, progress: Progress) -> Codes:
    """The posterior of every image; of none, where there is no encoder or no image."""
    encoder, dataset = found.model.encoder, found.dataset
    if encoder is None or found.encoder is None or dataset is None:
        return no_codes(_dataset_info(found), found.model.latent_dim)
    count, parts = len(dataset.images), list[tuple[Floats, Floats]]()
    for images in batches_ahead(dataset.images, BATCH):
        progress("Encoding all images", len(parts) * BATCH / count)
        parts.append(to_posterior(found.encoder.network, encoder, levels(images)))
    z_mean, z_log_var = (np.concatenate(part) for part in zip(*parts, strict=True))
    if not np.isfinite(z_mean).all():
        raise UserError(f"The encoder {encoder.file} gives codes that are no numbers.")
    split = np.where(dataset.held_out, HELD_OUT, TRAINING).astype(np.uint8)
    return Codes(z_mean, z_log_var, dataset.columns, np.arange(count, dtype=np.int64), split)


def _residual(found: Found, images: Bytes) -> float:
    """The root mean square of what decoded means lack: the most likely standard deviation of Gaussian pixels."""
    assert found.encoder is not None
    assert found.model.encoder is not None
    pixels = levels(images[:: max(1, len(images) // TRIED)])
    z_mean, _ = to_posterior(found.encoder.network, found.model.encoder, pixels)
    values = found.decoder.network(z_mean, [found.model.decoder.output])[0]
    errors = to_images(values, found.model.decoder, found.image_shape) - pixels
    return max(float(np.sqrt(np.mean(np.square(errors)))), 1e-3)


def _measured(run: Run, progress: Progress, warned: Callable[[str], None]) -> RunInfo:
    """The run's description with its figures, from its networks on disk; without figures if they cannot be measured."""
    from vae_explorer.model.metrics import measure_run

    try:
        quality = measure_run(run, progress=progress)
    except UserError as error:
        warned(str(error))
        return run.info
    return replace(run.info, quality=quality, held_out=HeldOutLoss.of(quality))


def _dataset_info(found: Found) -> DatasetInfo:
    if found.dataset is None:
        return DatasetInfo("no images", "", "", found.image_shape, 0, 0, ())
    return found.dataset.info


def _info(found: Found, name: str, likelihood: Likelihood, sigma: float | None) -> RunInfo:
    versions = {"vae_explorer": __version__, "python": platform.python_version(), "numpy": np.__version__}
    return RunInfo(
        name=name,
        created=datetime.now().astimezone().isoformat(timespec="seconds"),
        status="imported",
        dataset=_dataset_info(found),
        origin=found.model,
        encoder_parameters=found.encoder.parameters if found.encoder is not None else 0,
        decoder_parameters=found.decoder.parameters,
        epochs=0,
        steps=0,
        held_out=None,
        versions=versions,
        likelihood=likelihood if sigma is not None or likelihood == "bernoulli" else "bernoulli",
        sigma=sigma,
    )
