"""Other images that are to be read as the images of a run were."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from vae_explorer.data.dataset import DatasetInfo
from vae_explorer.data.fitting import Scales, Target
from vae_explorer.data.folder import find_images
from vae_explorer.data.image_file import SUFFIXES
from vae_explorer.data.image_set import ImageSet
from vae_explorer.data.older_range import older_scales
from vae_explorer.data.sources import find_source
from vae_explorer.data.value_range import NAMES, span
from vae_explorer.data.value_sample import ValueSample
from vae_explorer.files import as_path
from vae_explorer.progress import Progress, no_progress
from vae_explorer.sizes import size_text

FITTED = {"crop": "cropped to its shape", "pad": "with a black margin", "stretch": "stretched"}


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Images of any source that are not read yet, and how they are read: `images.read(target)`."""

    images: ImageSet
    target: Target
    warnings: tuple[str, ...]  # sentences on values that the run's range does not hold


def find_alike(source: str, info: DatasetInfo, progress: Progress = no_progress) -> Alike:
    """The images of a source, to be read as a run read its own: their size, colours, fit and value range.

    source: as for `find_source`, or the path of one image. info: what the run recorded of its images. Raises UserError
    if there is no such source, and what `progress` raises.
    """
    options = replace(info.options, labels="")  # those of the run belong to its own images
    path = as_path(source)
    alone = path.suffix.lower() in SUFFIXES and path.is_file()
    found = find_images(path, None, options, progress) if alone else find_source(source, options, progress)
    look = found.look(progress)
    older = info.value_range is None
    scales = info.value_range or older_scales(look.values, options, files=found.seekable)
    target = Target(info.image_shape, options.fit, options.invert, scales, older)
    return Alike(found, target, () if older else tuple(_beyond(found.name, look.values, scales)))


def alike_note(info: DatasetInfo) -> str:
    """A sentence on how other images are read as those of the run."""
    height, width, channels = info.image_shape
    kept = info.value_range
    ranges = [] if kept is None else [f"{name} {span(getattr(kept, kind))}" for kind, name in NAMES.items()]
    values = f"from black to white {', '.join(ranges)}" if ranges else "values as this older run read them"
    colour = "in colour" if channels == 3 else "in grey"
    inverted = ", inverted" if info.options.invert else ""
    return (
        f"Images are read as those of {info.name} were: {size_text(height, width)}, {FITTED[info.options.fit]}, "
        f"{colour}{inverted}; {values}."
    )


def _beyond(name: str, seen: ValueSample, scales: Scales) -> Iterator[str]:
    """A sentence on each kind of values that the run's range does not hold."""
    for kind, values in seen.kinds.items():
        scale = getattr(scales, kind)
        if values.low < scale.low or values.high > scale.high:
            yield (
                f"{name}: {NAMES[kind]} go from {values.low:g} to {values.high:g}, but those of the run from "
                f"{span(scale)}; what lies outside becomes black or white."
            )
