"""Which values of a data set become black and white: one rule for every source and every kind of number."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.fitting import BIT, BYTE, KINDS, Kind, Scale, Scales
from vae_explorer.data.options import ImageOptions

SAMPLE = 1000  # images that are looked at, at least, or all of a smaller set
MOST_VALUES = 2**21  # of one kind, kept for the percentiles
OUTLYING = 0.2, 99.8  # percentiles; fewer values than this may be hot or dead pixels
FAR = 3  # values are far outside if they lie beyond the percentiles by this many times the distance between them
DIM = 63  # whole numbers that are all at most this large do not use the 8 bits
FEW = 16  # distinct values; sets with at most so many are masks
SLACK = 1e-3  # what rounding adds to 0 to 1 and -1 to 1
LEAST_LEVELS = 16  # of the 256 grey levels that nearly all values should spread over
BINS = 64  # of a histogram
NAMES: dict[Kind, str] = {"byte": "8-bit values", "integer": "integers", "real": "floats"}


@dataclass(slots=True)
class Values:
    """Values of one kind: their exact extremes and number, and a random sample."""

    low: float = math.inf
    high: float = -math.inf
    count: int = 0
    parts: list[NDArray[Any]] = field(default_factory=list)

    def sample(self) -> NDArray[np.float64]:
        return np.concatenate(self.parts).astype(np.float64)

    def add(self, other: "Values") -> None:
        self.low, self.high = min(self.low, other.low), max(self.high, other.high)
        self.count += other.count
        self.parts += other.parts


def picked(images: NDArray[np.generic], each: int, seed: int) -> Values:
    """The values of some images, not bool: (n, ...), finite. each: how many of an image are picked, if it has more."""
    if not images.size:
        return Values(parts=[np.empty(0, np.float64)])
    flat = images.reshape(len(images), -1)
    low, high = float(np.min(flat)), float(np.max(flat))
    count = flat.size
    if flat.shape[1] > each:
        where = np.random.default_rng(seed).integers(flat.shape[1], size=(len(flat), each))
        flat = np.take_along_axis(flat, where, axis=1)
    return Values(low, high, count, [flat.astype(flat.dtype.newbyteorder("=")).ravel()])


@dataclass(slots=True)
class ValueSample:
    """The values that were seen in images, by kind. expected: number of images that will be taken, about."""

    expected: int
    kinds: dict[Kind, Values] = field(default_factory=dict)

    @property
    def each(self) -> int:
        """How many values of an image are kept."""
        return max(16, MOST_VALUES // max(1, self.expected))

    def add(self, kind: Kind, values: Values) -> None:
        """Include values of a kind."""
        if values.count:
            self.kinds.setdefault(kind, Values()).add(values)

    def count(self, kind: Kind) -> int:
        """How many values of a kind were seen."""
        return self.kinds[kind].count if kind in self.kinds else 0

    def is_bright(self) -> bool:
        """Whether the 8-bit values use the 8 bits, so that looking at more of them decides nothing."""
        values = self.kinds.get("byte")
        return values is not None and float(np.percentile(values.sample(), OUTLYING[1])) > 2 * DIM


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often the values of one kind occur in the sample."""

    name: str  # of the kind
    low: float  # left end of the first bin
    high: float  # right end of the last bin
    counts: tuple[int, ...]
    black: float
    white: float


@dataclass(frozen=True, slots=True)
class ValueRange:
    """The values that become black and white."""

    scales: Scales
    note: str  # a sentence that says which and why
    warnings: tuple[str, ...] = ()
    histograms: tuple[Histogram, ...] = ()  # one for each kind of number in the set


def decide_range(seen: ValueSample, options: ImageOptions, kept: Scales | None = None) -> ValueRange:
    """The values that become black and white: those chosen, or those kept with a run, or else decided from the sample.

    Ranges that numbers usually have (0 to 1, -1 to 1, 0 to 255, 0 to 4095, ...) are taken where the values fill them;
    otherwise black is the least value, or 0, and white the largest. Extremely few values far outside are clipped.
    """
    found = {kind: seen.kinds[kind] for kind in KINDS if kind in seen.kinds}
    scales, notes, warnings, histograms = {}, [], [], []
    for kind, values in found.items():
        sample = values.sample()
        if options.value_range is not None:
            scale = Scale(*options.value_range)
        elif kept is not None:
            scale = getattr(kept, kind)
        else:
            scale, note = _decided(kind, values, sample)
            notes.append(f"{NAMES[kind]}: {note}")
        scales[kind] = scale
        warnings += _warning(kind, sample, scale)
        histograms.append(_histogram(kind, sample, scale))
    note = f"{'; '.join(notes) or 'two levels'}.".capitalize()
    chosen = options.value_range
    if chosen is not None:
        scale = Scale(*chosen)
        scales = dict.fromkeys(KINDS, scale)
        beyond = any(values.low < scale.low or values.high > scale.high for values in found.values())
        more = "; there are values outside, which become black or white" if beyond else ""
        note = f"{span(scale)}, as was chosen{more}."
    elif kept is not None:
        scales = {kind: getattr(kept, kind) for kind in KINDS}
        note = f"{'; '.join(f'{NAMES[kind]}: {span(scales[kind])}' for kind in found) or 'two levels'}, as before."
        note = note[0].upper() + note[1:]
    return ValueRange(Scales(**scales), note, tuple(warnings), tuple(histograms))


def span(scale: Scale) -> str:
    """The range in words."""
    return f"{scale.low:g} to {scale.high:g}"


def _decided(kind: Kind, values: Values, sample: NDArray[np.float64]) -> tuple[Scale, str]:
    """The range of one kind of values, and how it was found."""
    least, most = _reach(sample)
    core = _between(sample, least, most)
    if kind == "byte" and core.max() > DIM:  # the 8 bits are in use: photographs may have rare bright lights
        least, most, core = -math.inf, math.inf, sample
    low = float(core.min()) if values.low < least else values.low
    high = float(core.max()) if values.high > most else values.high
    scale, why = _usual(low, high, bool((core == np.rint(core)).all()), _few(core)) or _own(low, high)
    note = f"{span(scale)}, {why}" if why else span(scale)
    if (low, high) != (values.low, values.high):
        share = 1 - len(core) / len(sample)
        amount = f"{share:.2%} of the values" if share >= 5e-5 else "a few values"
        note += f"; {amount} are far outside, from {values.low:g} to {values.high:g}, and become black or white"
    return scale, note


def _reach(sample: NDArray[np.float64]) -> tuple[float, float]:
    """The least and the largest value that are not far outside the percentiles; infinite if all are near."""
    with np.errstate(over="ignore", invalid="ignore"):
        bottom, top = np.percentile(sample, OUTLYING)
        reach = FAR * (top - bottom)
    if not (math.isfinite(reach) and reach > 0):
        return -math.inf, math.inf
    return float(bottom - reach), float(top + reach)


def _between(sample: NDArray[np.float64], least: float, most: float) -> NDArray[np.float64]:
    return sample[(sample >= least) & (sample <= most)]


def _few(sample: NDArray[np.float64]) -> bool:
    """Whether a sample has few distinct values, as masks have. A part of a large one usually tells."""
    return len(np.unique(sample[:100_000])) <= FEW and len(np.unique(sample)) <= FEW


def _usual(low: float, high: float, whole: bool, few: bool) -> tuple[Scale, str] | None:
    """The usual range that these values fill, and why it is taken; None: there is none."""
    if low == high:
        scale = next((each for each in (BIT, BYTE) if each.low <= low <= each.high), None)
        return (scale, f"since all values are {low:g}") if scale else None
    if whole and low >= 0:
        bits = max(8, int(high).bit_length())
        bits = next((usual for usual in (8, 10, 12, 14, 16) if bits <= usual), bits)
        scale = Scale(0, 2.0**bits - 1)
        if bits == 8:
            return (BYTE, "") if high > (2 * DIM + 1 if few else DIM) else None
        if high > scale.high / 2 and high - low > scale.high / 4:
            return scale, f"the {bits} bits that hold the largest, {high:.0f}"
        return None
    unit = low >= -SLACK and SLACK + 1 >= high > 0.25
    signed = -1 - SLACK <= low < -0.5 and high <= 1 + SLACK
    byte = low >= -0.5 and 255.5 >= high > 2 * DIM
    for fits, scale in ((unit, BIT), (signed, Scale(-1, 1)), (byte, BYTE)):
        if fits and _fills(low, high, scale):
            return scale, f"which holds all, {low:g} to {high:g}"
    return None


def _fills(low: float, high: float, scale: Scale) -> bool:
    """Whether values from low to high become more than a few grey levels."""
    return (high - low) * 256 > LEAST_LEVELS * (scale.high - scale.low)


def _own(low: float, high: float) -> tuple[Scale, str]:
    """The range of the values themselves, from 0 if the least is near it."""
    if low == high:
        return Scale(low, np.nextafter(low, math.inf) if low + 1 == low else low + 1), f"since all values are {low:g}"
    if 0 <= low <= high / 4:
        return Scale(0, high), "since none is larger"
    return Scale(low, high), "the least to the largest"


def _warning(kind: Kind, sample: NDArray[np.float64], scale: Scale) -> list[str]:
    """A sentence if nearly all values become almost the same grey."""
    if _few(sample):
        return []
    first, last = np.percentile(sample, (1, 99.9))
    half = scale.high / 2 - scale.low / 2  # halves do not overflow
    levels = np.rint(np.clip((np.array([first, last]) / 2 - scale.low / 2) * (255 / half), 0, 255))
    if levels[1] - levels[0] >= LEAST_LEVELS:
        return []
    return [
        f"Nearly all {NAMES[kind]}, {first:g} to {last:g}, become almost the same grey, {levels[0]:.0f} to "
        f"{levels[1]:.0f} of 0 to 255: choose the value range, such as {first:g},{last:g}."
    ]


def _histogram(kind: Kind, sample: NDArray[np.float64], scale: Scale) -> Histogram:
    """The values near the range; those far outside would squeeze all others into one bin."""
    core = _between(sample, *_reach(sample))
    low, high = min(float(core.min()), scale.low), max(float(core.max()), scale.high)
    if not math.isfinite(high - low):
        low, high = scale.low / 2, scale.high / 2
    whole = high - low < BINS and bool((core == np.rint(core)).all())
    if whole:  # a bin for each number
        low, high = math.floor(low) - 0.5, math.ceil(high) + 0.5
    counts, _ = np.histogram(core, bins=round(high - low) if whole else BINS, range=(low, high))
    return Histogram(NAMES[kind], low, high, tuple(counts.tolist()), scale.low, scale.high)
