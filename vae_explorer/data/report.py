"""What a data set holds, and what would become of it, before anything is trained."""

from dataclasses import asdict, dataclass
from typing import Any

from vae_explorer.array_types import Bytes, ImageShape, Ints


@dataclass(frozen=True, slots=True)
class Skipped:
    """What was left out, and why. The name is plain text: shown as rich text, it has to be escaped."""

    name: str  # of a file below the folder, or "image 17" of an array
    reason: str  # without a full stop


@dataclass(frozen=True, slots=True, eq=False)
class DataReport:
    """What `data_reading.inspect_data` found. Counts are of images that are not skipped."""

    name: str
    source: str  # what `data_reading.load_dataset` takes
    kind: str  # such as "folder of images"
    count: int
    held_out: int
    held_out_note: str  # how they were chosen
    sizes: tuple[tuple[tuple[int, int], int], ...]  # ((height, width), images) by their headers, the commonest first
    formats: tuple[tuple[str, int], ...]  # (such as "8-bit grey", images), likewise
    class_counts: tuple[tuple[str, int], ...]  # (class, images) in the order of class_names; empty: no labels
    unlabelled: int  # images without a label where there are some
    value_names: tuple[str, ...]  # numeric columns that codes can be coloured by
    range_note: str  # which values become black and white, and why
    image_shape: ImageShape  # height, width, channels that all are brought to
    shape_note: str  # why that shape
    skipped: tuple[Skipped, ...]
    decoded: bool  # whether every image was; else damage inside some may show only when they are read
    thumbnails: Bytes  # (T, H, W, C), a few dozen, spread over the set, as a training would see them
    thumbnail_labels: Ints  # (T,), position in class_counts, -1: none


def describe_report(report: DataReport) -> dict[str, Any]:
    """The report as plain data, without its thumbnails, for `data --json`."""
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
        "image_shape": [height, width, channels],
        "shape_note": report.shape_note,
        "decoded": report.decoded,
        "skipped": [asdict(one) for one in report.skipped],
    }
