"""Images that were found in any source and are not read yet."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

from vae_explorer.array_types import Bytes, Flags, Longs
from vae_explorer.data.columns import Columns
from vae_explorer.data.fitting import Target
from vae_explorer.data.report import Skipped
from vae_explorer.data.value_sample import ValueSample
from vae_explorer.progress import Progress

LOOKING = "Looking at the images"  # the task of `ImageSet.look`


@dataclass(slots=True)
class Look:
    """What the headers of images say, and a sample of their values."""

    values: ValueSample
    sizes: Counter[tuple[int, int]] = field(default_factory=Counter)  # (height, width)
    formats: Counter[str] = field(default_factory=Counter)
    colored: int = 0
    skipped: dict[int, Skipped] = field(default_factory=dict)  # by index in the set

    @property
    def count(self) -> int:
        return self.sizes.total()


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Some images of a set in the target's shape."""

    rows: Longs  # (n,), index of each image in the set
    images: Bytes  # (n, H, W, C)
    skipped: dict[int, Skipped]  # by index in the set, images near these that could not be read


class ImageSet(Protocol):
    """N images that were found. A row is an index in their order, which includes images that cannot be read."""

    @property
    def name(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def kind(self) -> str:
        """The kind of source in a few words, such as "folder of images"."""

    @property
    def licence(self) -> str: ...
    @property
    def count(self) -> int: ...
    @property
    def columns(self) -> Columns: ...
    @property
    def held_out(self) -> Flags | None:
        """(N,), true: held out; None: the source does not say."""

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Files beside the images that are left out."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences on what is used, how it was matched to the images, and what was left unused."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences on what is probably not as its owner wants it, and what to do."""

    @property
    def on_disk(self) -> bool:
        """Whether reading takes so long that the decoded images are kept in the cache."""

    @property
    def seekable(self) -> bool:
        """Whether some images can be read without reading all images before them."""

    def identity(self) -> Any:
        """Plain data that change when the files change."""

    def look(self, progress: Progress) -> Look:
        """Read the headers and a sample of the values. Raises UserError and what `progress` raises."""

    def read(self, target: Target, rows: Longs | None = None) -> Iterator[Block]:
        """Read the images in order, in blocks. rows: read only these, ascending; None: all. Raises UserError."""
