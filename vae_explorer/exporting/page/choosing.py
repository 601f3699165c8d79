"""Chooses the latent codes and the real images that a page shows."""

from dataclasses import dataclass, replace

import numpy as np

from vae_explorer.array_types import Bytes, Floats, Indices, Ints
from vae_explorer.data.names import printable
from vae_explorer.errors import UserError
from vae_explorer.exporting.page.paths import PagePath
from vae_explorer.latent.dimensions import measure_dimensions
from vae_explorer.latent.plane import Plane, axes_plane, to_plane
from vae_explorer.latent.support import Support, measure_support
from vae_explorer.run.decoder_class import chosen_class
from vae_explorer.run.groups import Groups
from vae_explorer.run.run import Run, sample_image_of

MOST_POINTS = 200_000  # most points that a browser draws smoothly
EXAMPLES = 400  # real images in the page; half as many if they have more than 32 pixels per side


@dataclass(frozen=True, slots=True)
class PageOptions:
    """What a page shows. Raises UserError for values out of range."""

    data: bool = True  # whether latent codes and examples are in the page; if not, only the decoder is
    points: int = 10_000  # most latent codes drawn
    plane: Plane | None = None  # of the page's map; None: that of the two dimensions that say most about the images
    names: bool = False  # whether the names of the image files are in the page; without data they never are
    label: int | None = None  # of the class that a conditional decoder decodes; None: the first one
    groups: Groups | None = None  # by which the points are coloured; None: by their classes
    paths: tuple[PagePath, ...] = ()  # that its reader can travel

    def __post_init__(self) -> None:
        if not 1 <= self.points <= MOST_POINTS:
            raise UserError(f"A page draws 1 to {MOST_POINTS:,} points, not {self.points:,}.")


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a run's data: M latent codes and K real images."""

    run: Run
    plane: Plane
    drawn: Indices  # (M,), rows of the run's codes
    examples: Indices  # (K,), rows of the run's codes whose images are in the page
    images: Bytes  # (K, H, W, C)
    support: Support | None  # by which any code is judged; None: too few codes are drawn
    label: int | None  # of the class that the page decodes; None: the decoder takes none
    paths: tuple[PagePath, ...]  # that the reader can travel
    groups: Groups | None = None  # by which the points are coloured; None: by their classes

    @property
    def style(self) -> Ints:
        """The colour of each of the run's codes as an index in `style_names`, -1: none."""
        return self.run.codes.label if self.groups is None else self.groups.member

    @property
    def style_names(self) -> tuple[str, ...]:
        """The names of the colours, for the legend and the examples."""
        return self.run.info.dataset.class_names if self.groups is None else self.groups.names


def choose(run: Run, options: PageOptions) -> Shown:
    """Choose latent codes at random, and examples from everywhere in the map; without data, none of both."""
    nothing, label = np.zeros(0, np.intp), chosen_class(run.info, options.label)
    codes = run.codes
    plane = options.plane or axes_plane(measure_dimensions(codes.z_mean, codes.z_log_var).axes, run.info.latent_dim)
    if not options.data:
        dataset = replace(run.info.dataset, class_names=(), fingerprint="")
        run = _of_class(replace(run, info=replace(run.info, dataset=dataset)), label)
        return Shown(run, plane, nothing, nothing, run.sample.images[:0], None, label, options.paths)
    if not options.names:
        codes = replace(codes, columns=replace(codes.columns, names=None))
        run = replace(run, codes=codes)
    rng = np.random.default_rng(0)
    # A random order, so that no class covers another.
    drawn = rng.permutation(len(codes.label))[: options.points]
    image_of = sample_image_of(run)
    with_image = np.flatnonzero(image_of >= 0)
    wanted = EXAMPLES if max(run.info.dataset.image_shape[:2]) <= 32 else EXAMPLES // 2
    examples = with_image[_spread(to_plane(codes.z_mean, plane)[with_image], wanted, rng)]
    if len(examples) <= options.points:  # a page that is read back as a run needs the codes of the examples
        others = drawn[~np.isin(drawn, examples)]
        drawn = rng.permutation(np.concatenate([examples, others[: len(drawn) - len(examples)]]))
    support = measure_support(codes.z_mean[drawn])
    images = run.sample.images[image_of[examples]]
    run = _of_class(run, label)
    return Shown(run, plane, drawn, examples, images, support, label, options.paths, options.groups)


def _of_class(run: Run, label: int | None) -> Run:
    """The run, its name with that of the class that the page decodes."""
    if label is None:
        return run
    name = f"{run.info.name}, class {printable(run.info.decoder_classes[label])}"
    return replace(run, info=replace(run.info, name=name))


def _spread(points: Floats, wanted: int, rng: np.random.Generator) -> Indices:
    """Indices of at most `wanted` points (N, 2), spread over the map: one from each cell of it, then a second, ..."""
    if not len(points):
        return np.zeros(0, np.intp)
    low, high = points.min(axis=0), points.max(axis=0)
    cells = ((points - low) / np.maximum(high - low, 1e-9) * 19.999).astype(np.intp) @ [20, 1]
    order = rng.permutation(len(points))
    order = order[np.argsort(cells[order], kind="stable")]
    ordered = cells[order]
    turn = np.arange(len(order)) - np.searchsorted(ordered, ordered)
    return order[np.argsort(turn, kind="stable")[:wanted]]


def rectangle(points: Floats, latent_dim: int, outside: float) -> tuple[Floats, Floats]:
    """The part of the plane that the page shows: its corners (2,) of smallest and of largest coordinates.

    points: (M, 2); on each side, `outside` percent of them may lie outside. It is at least [-3, 3] in both directions.
    """
    low, high = np.full(2, -3, np.float32), np.full(2, 3, np.float32)
    if len(points):
        inner = np.percentile(points, [outside, 100 - outside], axis=0).astype(np.float32)
        margin = 0.05 * (inner[1] - inner[0])
        low, high = np.minimum(low, inner[0] - margin), np.maximum(high, inner[1] + margin)
    if latent_dim == 1:
        low[1], high[1] = -1, 1
    return low, high
