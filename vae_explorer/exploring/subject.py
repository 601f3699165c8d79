"""What is explored: a decoder, with the latent codes and the images that are available."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np

from vae_explorer.array_types import Bytes, Floats, ImageShape, Ints, Longs
from vae_explorer.data.columns import Columns
from vae_explorer.data.dataset import HELD_OUT, SPLITS
from vae_explorer.data.names import printable
from vae_explorer.latent.dimensions import Dimensions
from vae_explorer.latent.neighbours import Neighbours
from vae_explorer.latent.plane import FIRST_TWO, Plane, axes_plane, to_plane
from vae_explorer.model.class_decoder import ClassDecoder
from vae_explorer.model.decoder import Decoder
from vae_explorer.model.encoder import Encoder
from vae_explorer.run.arrays import Sample
from vae_explorer.run.run import Run


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is explored: a decoder, the latent codes of N images, and those K images that are available."""

    title: str
    decoder: Decoder
    image_shape: ImageShape
    z_mean: Floats  # (N, latent_dim)
    drawn_in: Plane  # of the map, through z = 0
    plane: Floats  # (N, 2), the latent codes projected into drawn_in
    dimensions: Dimensions  # activity of each dimension of z
    columns: Columns  # label and numbers of each of the N images
    split: Bytes  # (N,)
    images: Bytes  # (K, H, W, C) uint8
    image_of: Longs  # (N,), index in images, -1: not available
    on_map: Neighbours  # search among plane
    with_image: Neighbours  # search among those z_mean whose image is available
    nearby: Neighbours  # search among all z_mean
    index: Longs  # (N,), index of each image in the data set
    images_key: Hashable  # equal where the codes are of the same images, row by row
    z_log_var: Floats | None = None  # (N, latent_dim), None: not known
    encoder: Encoder | None = None
    why_no_encoder: str = "No encoder is kept while a model trains."
    run: Run | None = None  # None: a model in training, or a moment of a replay
    images_source: str = ""  # where the images were read from now; "": they are those of the run's sample

    @property
    def label(self) -> Ints:
        """The class of each image as an index in the class names (N,), -1: none."""
        return self.columns.label

    @property
    def class_names(self) -> tuple[str, ...]:
        """The names of the classes that a conditional decoder knows; empty: the decoder is another one."""
        return self.decoder.names if isinstance(self.decoder, ClassDecoder) else ()

    @property
    def decoded_class(self) -> int | None:
        """The label of the class that is decoded; None: the decoder takes none."""
        return self.decoder.chosen if isinstance(self.decoder, ClassDecoder) else None

    def name_of(self, row: int) -> str:
        """The name to show for the image of a latent code: its file below the folder, or else its number in the set."""
        name = "" if self.columns.names is None else printable(self.columns.names[row])
        return name or f"image {self.index[row]:,}"

    def build_trees(self) -> None:
        """Build the search trees, which make searches among many codes fast. Takes seconds; for any thread."""
        self.on_map.build()
        self.with_image.build()
        self.nearby.build()


def decode_class(subject: Subject, label: int | None) -> Subject:
    """The subject with images decoded of the class with this label; the same if its decoder does not know the class."""
    if not isinstance(subject.decoder, ClassDecoder) or label is None or label >= len(subject.decoder.names):
        return subject
    return replace(subject, decoder=subject.decoder.of_class(label))


def key_of_images(fingerprint: str, index: Longs) -> Hashable:
    """The key of these images (N,), in this order, of the data set with this fingerprint."""
    return fingerprint, hashlib.sha256(index.tobytes()).hexdigest()


def draw_in(subject: Subject, plane: Plane) -> Subject:
    """The subject with its latent codes drawn in another plane."""
    points = to_plane(subject.z_mean, plane)
    return replace(subject, drawn_in=plane, plane=points, on_map=Neighbours(points))


def group_of(style: Ints | int, split: Bytes | int) -> Ints:
    """A colour (an index, -1: none) and a split as one number from 0, so that points can be grouped by both."""
    return ((np.asarray(style, np.int32) + 1) * len(SPLITS) + split).astype(np.int32)


def live_subject(
    decoder: Decoder,
    z_mean: Floats,
    dimensions: Dimensions,
    columns: Columns,
    sample: Sample,
) -> Subject:
    """The model in training, with the latent codes z_mean (M, latent_dim) of its held-out sample.

    columns: of the images of the sample. A training has one sample, which is the key of its images.
    """
    split = np.full(len(z_mean), HELD_OUT, np.uint8)
    title, everyone = "the model in training", np.arange(len(z_mean))
    return make_subject(
        title, decoder, z_mean, dimensions, columns, split, sample.images, everyone, sample.index, sample
    )


def make_subject(
    title: str,
    decoder: Decoder,
    z_mean: Floats,
    dimensions: Dimensions,
    columns: Columns,
    split: Bytes,
    images: Bytes,
    image_of: Longs,
    index: Longs,
    images_key: Hashable,
) -> Subject:
    """A subject drawn in the plane of its first two dimensions. The arguments are those of `Subject`."""
    height, width, channels = images.shape[1:]
    plane, available = to_plane(z_mean), image_of >= 0
    on_map = Neighbours(plane)
    nearby = on_map if z_mean.shape[1] == 2 else Neighbours(z_mean)
    return Subject(
        title=title,
        decoder=decoder,
        image_shape=(height, width, channels),
        z_mean=z_mean,
        drawn_in=axes_plane(FIRST_TWO, decoder.latent_dim),
        plane=plane,
        dimensions=dimensions,
        columns=columns,
        split=split,
        images=images,
        image_of=image_of.astype(np.int64),
        on_map=on_map,
        with_image=nearby if available.all() else Neighbours(z_mean, available),
        nearby=nearby,
        index=index,
        images_key=images_key,
    )
