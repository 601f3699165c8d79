"""Which images are searched for the nearest ones: those that the filters of the map let through."""

from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Flags
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.neighbours import Neighbours


@dataclass(frozen=True, slots=True, eq=False)
class ShownImages:
    """The images that the filters let through, and the search among those of them that are available."""

    count: int
    total: int  # the number of all images, shown or not
    search: Neighbours  # among z_mean

    @property
    def filtered(self) -> bool:
        """Whether some images are not shown."""
        return self.count < self.total

    @property
    def missing(self) -> int:
        """How many of the images that are shown cannot be found, because they are not available."""
        return self.count - len(self.search)


def shown_images(subject: Subject, shown: Flags | None = None) -> ShownImages:
    """shown: (N,), true for the images that the filters let through; None: all."""
    total = len(subject.z_mean)
    count = total if shown is None else int(np.count_nonzero(shown))
    if shown is None or count == total:
        return ShownImages(total, total, subject.with_image)
    return ShownImages(count, total, Neighbours(subject.z_mean, shown & (subject.image_of >= 0)))
