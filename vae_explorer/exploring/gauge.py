"""How well the data support what the decoder draws at a latent code."""

import math
from dataclasses import dataclass
from typing import Any

from vae_explorer.array_types import Floats
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.support import VERDICTS, Support, measure_support


@dataclass(frozen=True, slots=True)
class Judgement:
    distance: float  # from the latent code to the nearest one of the data, in all dimensions of z
    support: Support  # of the data

    @property
    def level(self) -> int:
        """0: well supported, 1: sparse, 2: no data."""
        return VERDICTS.index(self.verdict)

    @property
    def verdict(self) -> str:
        """What is to be said of the latent code, by the rule and in the words of the exported page."""
        return self.support.verdict(self.distance)

    @property
    def reason(self) -> str:
        """A sentence on how the verdict comes about."""
        sparse, empty = self.support.limits
        return (
            f"The nearest of all codes is {self.distance:.3g} away in all of z. From one code of the data to the next "
            f"it is {self.support.usual:.3g} on average (median), at most {sparse:.3g} for 95 % and {empty:.3g} for "
            "99.5 %."
        )


class Gauge:
    """Judges latent codes of one subject after another; measures the support of each once. For one thread at a time."""

    def __init__(self) -> None:
        self._codes: Any = None  # those that the support was measured for
        self._support: Support | None = None

    def __call__(self, subject: Subject, code: Floats) -> Judgement | None:
        """The judgement on a latent code (latent_dim,); None if there are too few codes to say anything."""
        if self._codes is not subject.z_mean:
            self._support, self._codes = measure_support(subject.z_mean), subject.z_mean
        if self._support is None:
            return None
        distance = subject.nearby.nearest(code)[1]
        return Judgement(distance, self._support) if math.isfinite(distance) else None
