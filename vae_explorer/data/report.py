"""A report on the content of a data set and on how it would be read for a training."""

from dataclasses import asdict, dataclass
from typing import Any

from vae_explorer.array_types import Bytes, ImageShape, Ints
from vae_explorer.data.value_range import Histogram


@dataclass(frozen=True, slots=True)
class Skipped:
    """An image or a file that was left out, and why. The name is plain text; in rich text it has to be escaped."""

    name: str  # path of a file below the folder, or for an array "image 17"
    reason: str  # without a full stop


@dataclass(frozen=True, slots=True, eq=False)
class DataReport:
    """What `data.reading.inspect_data` found. Counts do not include skipped images."""

    name: str
    source: str  # the argument for `data.reading.load_dataset`
    kind: str  # such as "folder of images"
    count: int
    held_out: int
    held_out_note: str  # how the held-out images are chosen
    sizes: tuple[tuple[tuple[int, int], int], ...]  # ((height, width), number of images), the most common first
    formats: tuple[tuple[str, int], ...]  # (format such as "8-bit grey", number of images), the most common first
    class_counts: tuple[tuple[str, int], ...]  # (class, number of images) in the order of class_names; empty: no labels
    unlabelled: int  # images without a label, 0 if no image has one
    value_names: tuple[str, ...]  # numeric columns that latent codes can be coloured by
    range_note: str  # which values become black and white, and why
    histograms: tuple[Histogram, ...]  # of a sample of the values, for each kind of number
    image_shape: ImageShape  # height, width, channels that all images are converted to
    shape_note: str  # one sentence on the shape and why it was chosen
    notes: tuple[str, ...]  # sentences on what is used, how it was matched, and what was left unused
    warnings: tuple[str, ...]  # sentences on what is probably not as its owner wants it, and what to do
    skipped: tuple[Skipped, ...]
    decoded: bool  # whether all images were decoded; if not, more damaged ones may be found when they are read
    thumbnails: Bytes  # (T, H, W, C), a few dozen images from all over the set, as they would be trained on
    thumbnail_labels: Ints  # (T,), index in class_counts, -1: no class


def describe_report(report: DataReport) -> dict[str, Any]:
    """The report as plain data without its thumbnails, for the command `data --json`."""
    height, width, channels = report.image_shape
    return {
        "name": report.name,
        "source": report.source,
        "kind": report.kind,
        "images": report.count,
        "held_out_images": report.held_out,
        "held_out_note": report.held_out_note,
        "sizes": [{"height": h, "width": w, "images": count} for (h, w), count in report.sizes],
        "formats": dict(report.formats),
        "classes": [{"name": name, "images": count} for name, count in report.class_counts],
        "unlabelled": report.unlabelled,
        "value_names": list(report.value_names),
        "range_note": report.range_note,
        "value_ranges": [{"values": each.name, "black": each.black, "white": each.white} for each in report.histograms],
        "image_shape": [height, width, channels],
        "shape_note": report.shape_note,
        "notes": list(report.notes),
        "warnings": list(report.warnings),
        "decoded": report.decoded,
        "skipped": [asdict(one) for one in report.skipped],
    }
