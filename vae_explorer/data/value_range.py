"""Which values of a data set become black and white: one rule for every source and every kind of number."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_explorer.data.fitting import BIT, BYTE, KINDS, Kind, Scale, Scales
from vae_explorer.data.options import ImageOptions
from vae_explorer.data.value_sample import Values, ValueSample

OUTLYING = 0.2, 99.8  # percentiles; fewer values than this may be hot or dead pixels
FAR = 3  # values are far outside if they lie beyond the percentiles by this many times the distance between them
DIM = 63  # whole numbers that are all at most this large do not use the 8 bits
LEVELS = 32  # distinct values; photographs have more, but masks and images of 5 bits in colour do not
FEW = 16  # distinct values; sets with at most so many are masks
SLACK = 1e-3  # what rounding adds to 0 to 1 and -1 to 1
LEAST_LEVELS = 16  # of the 256 grey levels that nearly all values should spread over
LARGEST_WHOLE = 2**53  # all larger floats are whole numbers
LEAST_SPAN = 1e-300  # of a range
BINS = 64  # of a histogram
NAMES: dict[Kind, str] = {"byte": "8-bit values", "integer": "integers", "real": "floats"}


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
    samples = {kind: values.sample() for kind, values in found.items()}
    if options.value_range is not None:
        scale = Scale(*options.value_range)
        scales = Scales(scale, scale, scale)
        beyond = any(values.low < scale.low or values.high > scale.high for values in found.values())
        note = f"{span(scale)}, as was chosen{'; there are values outside, which become black or white' * beyond}"
    elif kept is not None:
        scales = kept
        named = [f"{NAMES[kind]}: {span(getattr(kept, kind))}" for kind in found]
        note = f"{'; '.join(named) or 'two levels'}, as before"
    else:
        decided = {kind: _decided(values, samples[kind], seen.photographs) for kind, values in found.items()}
        scales = Scales(**{kind: scale for kind, (scale, _) in decided.items()})
        note = "; ".join(f"{NAMES[kind]}: {why}" for kind, (_, why) in decided.items()) or "two levels"
    return ValueRange(
        scales,
        f"{note}.".capitalize(),
        tuple(sentence for kind in found for sentence in _warning(kind, samples[kind], getattr(scales, kind))),
        tuple(_histogram(kind, samples[kind], getattr(scales, kind)) for kind in found),
    )


def is_bright(seen: ValueSample) -> bool:
    """Whether the 8-bit values use the 8 bits, so that looking at more of them decides nothing."""
    values = seen.kinds.get("byte")
    return values is not None and float(np.percentile(values.sample(), OUTLYING[1])) > 2 * DIM


def span(scale: Scale) -> str:
    """The range in words."""
    return f"{scale.low:g} to {scale.high:g}"


def _decided(values: Values, sample: NDArray[np.float64], photographs: bool) -> tuple[Scale, str]:
    """The range of one kind of values, and the range in words with how it was found."""
    least, most = _reach(sample)
    core = _between(sample, least, most)
    eight_bits = values.low >= 0 and values.high <= 255 and _whole(sample)
    if eight_bits and core.max() <= DIM and photographs and len(np.unique(sample)) > LEVELS:
        return BYTE, f"{span(BYTE)}, as photographs have, although these are dark: nearly none is above {core.max():g}"
    if eight_bits and core.max() > DIM:  # they are in use: photographs may have rare bright lights
        least, most, core = -math.inf, math.inf, sample
    low = float(core.min()) if values.low < least else values.low
    high = float(core.max()) if values.high > most else values.high
    scale, why = _usual(low, high, _whole(core), _few(core)) or _own(low, high)
    if values.low < scale.low or values.high > scale.high:
        why = _clipped(1 - len(core) / len(sample), values, scale)
    elif why.endswith("all"):
        why += f", {values.low:g} to {values.high:g}"
    return scale, f"{span(scale)}, {why}" if why else span(scale)


def _clipped(share: float, values: Values, scale: Scale) -> str:
    """What is said of values that are far outside, which are this share of the sample."""
    amount = f"{share:.2%} of the values" if share >= 5e-5 else "a few values"
    down = [f"down to {values.low:g}"] if values.low < scale.low else []
    up = [f"up to {values.high:g}"] if values.high > scale.high else []
    levels = " or ".join(["black"] * len(down) + ["white"] * len(up))
    return f"without {amount}, which lie far outside, {' and '.join(down + up)}, and become {levels}"


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


def _whole(sample: NDArray[np.float64]) -> bool:
    return bool((sample == np.rint(sample)).all())


def _few(sample: NDArray[np.float64]) -> bool:
    """Whether a sample has few distinct values, as masks have. A part of a large one usually tells."""
    return len(np.unique(sample[:100_000])) <= FEW and len(np.unique(sample)) <= FEW


def _usual(low: float, high: float, whole: bool, few: bool) -> tuple[Scale, str] | None:
    """The usual range that these values fill, and why it is taken; None: there is none."""
    if low == high:
        scale = next((each for each in (BIT, BYTE) if each.low <= low <= each.high), None)
        return (scale, f"since all values are {low:g}") if scale else None
    if whole and low >= 0 and high < LARGEST_WHOLE:
        bits = max(8, int(high).bit_length())
        bits = next((usual for usual in (8, 10, 12, 14, 16) if bits <= usual), bits)
        scale = Scale(0, 2.0**bits - 1)
        if bits == 8:
            return (BYTE, "") if high > (2 * DIM + 1 if few else DIM) else None
        if high > scale.high / 2 and high - low > scale.high / 4:
            return scale, f"the {bits} bits that hold all"
        return None
    unit = low >= -SLACK and SLACK + 1 >= high > 0.25
    signed = -1 - SLACK <= low < -0.5 and high <= 1 + SLACK
    byte = low >= -0.5 and 255.5 >= high > 2 * DIM
    for fits, scale in ((unit, BIT), (signed, Scale(-1, 1)), (byte, BYTE)):
        if fits and _fills(low, high, scale):
            return scale, "which holds all"
    return None


def _fills(low: float, high: float, scale: Scale) -> bool:
    """Whether values from low to high become more than a few grey levels."""
    return (high - low) * 256 > LEAST_LEVELS * (scale.high - scale.low)


def _own(low: float, high: float) -> tuple[Scale, str]:
    """The range of the values themselves, from 0 if the least is near it."""
    if high / 2 - low / 2 < LEAST_SPAN:
        return Scale(low, max(low + 1, float(np.nextafter(low, math.inf)))), f"since all values are {low:g}"
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
    whole = high - low < BINS and _whole(core)
    if whole:  # a bin for each number
        low, high = math.floor(low) - 0.5, math.ceil(high) + 0.5
    bins = round(high - low) if whole else BINS
    places = (core / 2 - low / 2) / (high / 2 - low / 2) * bins  # halves do not overflow
    counts = np.bincount(np.clip(places.astype(np.int64), 0, bins - 1), minlength=bins)
    return Histogram(NAMES[kind], low, high, tuple(counts.tolist()), scale.low, scale.high)
