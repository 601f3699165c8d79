"""Colours of classes and values, the same in the window, in pictures and in the HTML page."""

from collections.abc import Sequence
from functools import cache
from itertools import zip_longest

import numpy as np

from vae_explorer.array_types import Bytes, Doubles

# Paul Tol, "Colour schemes" (2021), the scheme "muted" with its grey replaced by orange: ten hues that colour-blind
# people can distinguish on a light and on a dark background.
TEN = (
    "#332288", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499", "#ee7733",
)  # fmt: skip
# The same hues; the darkest ones are lighter, so that they are visible on a dark background.
TEN_ON_DARK = (
    "#7d6fe0", "#88ccee", "#44aa99", "#2fa35a", "#a9a93c", "#ddcc77", "#dd7788", "#c2477f", "#c568b8", "#ee7733",
)  # fmt: skip
ONE = "#4c8fc9"  # the colour of all points if there are no classes
# Viridis of van der Walt and Smith (2015), CC0, at steps of 1/16; it is readable for colour-blind people.
VIRIDIS = (
    "#440154", "#48186a", "#472d7b", "#424086", "#3b528b", "#33638d", "#2c728e", "#26828e", "#21918c", "#1fa088",
    "#28ae80", "#3fbc73", "#5ec962", "#84d44b", "#addc30", "#d8e219", "#fde725",
)  # fmt: skip
VISIBLE = {False: (0.0, 0.9), True: (0.16, 1.0)}  # range of Viridis that is visible on a light and a dark background
# Colours of the loss, the reconstruction loss and the KL loss.
LOSSES, LOSSES_ON_DARK = ("#2f6fde", "#b4530f", "#0f7b5f"), ("#6ea8ff", "#f0a04b", "#4fd1a5")
# Hues of the shaded layers of a map, on a light and on a dark background; each is used in rising opacity.
SHADES = {
    "density": ("#4a5160", "#aab4c4"),
    "error": ("#c8372d", "#ff7b6b"),
    "magnification": ("#6a3fc0", "#b08cff"),
    "round trip": ("#00796b", "#3fd0bd"),
}

# More than ten classes get generated colours, each as different as possible from those before it.
STEPS = 18  # levels of red, green and blue among which the candidates are searched
LIGHTNESS = {False: (22, 80), True: (48, 90)}  # range of CIE L* that is visible on a light and a dark background
COLOURED = 18  # least CIE chroma; greys mean that an image has no class
BLIND_WEIGHT = 1.6  # factor on distances as colour-blind people see them, which are smaller on the whole

# Matrices on linear RGB for usual sight, protanopia and deuteranopia (Machado, Oliveira and Fernandes 2009).
SIGHTS: tuple[Doubles, ...] = (
    np.eye(3),
    np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
)
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.95047, 1.0, 1.08883])  # D65


def class_colours(count: int, dark: bool = False) -> list[str]:
    """`count` colours as "#rrggbb": fixed ones for up to ten classes, then generated ones; `ONE` if `count` is 0."""
    if count == 0:
        return [ONE]
    ten = TEN_ON_DARK if dark else TEN
    return list(ten[:count] if count <= len(ten) else _continued(ten, count, dark))


def with_chosen(colours: list[str], chosen: Sequence[str]) -> list[str]:
    """The colours, with those in their place that a person chose; "": none is chosen in this place."""
    return [mine or usual for mine, usual in zip_longest(chosen, colours, fillvalue="")]


def value_colours(count: int, dark: bool = False) -> list[str]:
    """`count` (>= 2) colours as "#rrggbb" for rising values, in even steps of perceived lightness."""
    start, end = VISIBLE[dark]
    along = np.linspace(start, end, count) * (len(VIRIDIS) - 1)
    channels = [np.interp(along, np.arange(len(VIRIDIS)), channel) for channel in as_rgb(list(VIRIDIS)).T]
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in np.rint(channels).astype(int).T.tolist()]


def as_rgb(colours: list[str]) -> Bytes:
    """(count, 3) uint8 of "#rrggbb" strings."""
    return np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], np.uint8)


@cache
def _continued(first: tuple[str, ...], count: int, dark: bool) -> tuple[str, ...]:
    """`count` colours as "#rrggbb", beginning with `first`, for a light or dark background.

    Each further colour is the one farthest from all earlier ones. The distance is the CIE L*a*b* distance under the
    sight that sees the two colours as most similar.
    """
    levels = np.linspace(0, 255, STEPS).round()
    candidates = np.stack(np.meshgrid(levels, levels, levels, indexing="ij"), axis=-1).reshape(-1, 3)
    seen = [_lab(candidates, sight) for sight in SIGHTS]
    low, high = LIGHTNESS[dark]
    lightness, chroma = seen[0][:, 0], np.hypot(seen[0][:, 1], seen[0][:, 2])
    usable = (lightness >= low) & (lightness <= high) & (chroma > COLOURED)
    candidates, weighted = candidates[usable], _weighted([lab[usable] for lab in seen])
    nearest = np.full(len(candidates), np.inf)  # squared distance of each candidate from the nearest colour so far
    given = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in first], float)
    for colour in given:
        own = _weighted([_lab(colour[None], sight) for sight in SIGHTS])
        np.minimum(nearest, _squared_distance(own, weighted), out=nearest)
    colours = list(first)
    while len(colours) < count:
        farthest = int(nearest.argmax())
        red, green, blue = candidates[farthest].astype(int).tolist()
        colours.append(f"#{red:02x}{green:02x}{blue:02x}")
        np.minimum(nearest, _squared_distance(weighted[..., farthest, None], weighted), out=nearest)
    return tuple(colours[:count])


def _weighted(seen: list[Doubles]) -> Doubles:
    """The L*a*b* of n colours under each sight, (n, 3) each, times the weight of the sight: (sights, 3, n)."""
    weights = (1.0, BLIND_WEIGHT, BLIND_WEIGHT)
    return np.stack([weight * lab.T for weight, lab in zip(weights, seen, strict=True)])


def _squared_distance(one: Doubles, others: Doubles) -> Doubles:
    """Squared distances of one colour, (sights, 3, 1), from n others, (sights, 3, n): the smallest over all sights."""
    way = others - one
    smallest: Doubles = np.einsum("scn,scn->sn", way, way).min(axis=0)  # several times as fast as squaring and summing
    return smallest


def _lab(rgb: Doubles, sight: Doubles) -> Doubles:
    """CIE L*a*b* (n, 3) of sRGB colours (n, 3) from 0 to 255 under a sight, a matrix of `SIGHTS`."""
    value = rgb / 255
    linear = np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)
    xyz = np.clip(linear @ sight.T, 0, 1) @ TO_XYZ.T / WHITE
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)
