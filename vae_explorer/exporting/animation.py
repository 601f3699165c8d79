"""Writes a training as a GIF or MP4 film: the map of the sample's latent codes and the decoded grid at each epoch."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_explorer.array_types import Bytes, Doubles, Floats
from vae_explorer.errors import UserError
from vae_explorer.exploring.replay import Replay
from vae_explorer.exporting.film import check_film_ending, write_frames
from vae_explorer.exporting.origin import UNKNOWN, Origin
from vae_explorer.files import replacing
from vae_explorer.latent.palette import as_rgb, class_colours
from vae_explorer.latent.plane import GRID_SIDE, axes_plane, axis_positions, lattice, to_plane
from vae_explorer.latent.raster import View, arrange, draw
from vae_explorer.model.decoder import as_pixels
from vae_explorer.progress import Progress, no_progress

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

FASTEST = 60  # frames per second
SHORTEST, LONGEST = 0.5, 300.0  # seconds
NARROWEST, WIDEST = 320, 3840  # pixels
REST = 1.0  # seconds for which the last frame stands still, but at most a fifth of the film
OPACITY = 0.8  # of a point, 0 to 1
INK, MUTED, LINE, GROUND = "#1c2026", "#5a626e", "#e3e6ea", "#ffffff"


@dataclass(frozen=True, slots=True)
class FilmOptions:
    """How a film runs. Raises UserError for values out of range."""

    fps: int = 30
    seconds: float | None = None  # None: chosen from the number of snapshots, see `usual_seconds`
    size: int = 960  # width in pixels; the height follows from it

    def __post_init__(self) -> None:
        if not 1 <= self.fps <= FASTEST:
            raise UserError(f"A film has 1 to {FASTEST} frames per second, not {self.fps}.")
        if self.seconds is not None and not SHORTEST <= self.seconds <= LONGEST:
            raise UserError(f"A film lasts {SHORTEST:g} to {LONGEST:g} seconds, not {self.seconds:g}.")
        if not NARROWEST <= self.size <= WIDEST:
            raise UserError(f"A film is {NARROWEST} to {WIDEST:,} pixels wide, not {self.size:,}.")


def usual_seconds(snapshots: int) -> float:
    """The usual length of a film in seconds: half a second from each snapshot to the next, but 3 to 15 in all."""
    return min(max(0.5 * (snapshots - 1) + REST, 3.0), 15.0)


def film_epochs(replay: Replay, options: FilmOptions) -> Doubles:
    """The epoch of each frame: evenly from the first snapshot to the last, which is repeated at the end for a while."""
    seconds = options.seconds or usual_seconds(len(replay.epochs))
    frames = max(2, round(seconds * options.fps))
    still = round(min(REST, seconds / 5) * options.fps)
    moving = np.linspace(replay.epochs[0], replay.epochs[-1], max(2, frames - still))
    return np.concatenate([moving, np.full(frames - len(moving), moving[-1])])


def write_film(
    replay: Replay,
    title: str,
    path: Path,
    options: FilmOptions | None = None,
    progress: Progress = no_progress,
    origin: Origin = UNKNOWN,
) -> str:
    """Write the film of a replay as GIF or MP4, by the ending of the path. Returns its size and length as a text.

    title: the text above the film. origin: what the metadata of the file say. Raises UserError for another ending or if
    the path cannot be written. Whenever an exception is raised, also one by `progress`, an existing file is not
    changed.
    """
    path, options = Path(path), options or FilmOptions()
    check_film_ending(path, options.fps)
    epochs = film_epochs(replay, options)
    stage = Stage(replay, title, options.size)

    def frames() -> Iterator[Bytes]:
        for done, epoch in enumerate(epochs):
            progress("Drawing the frames", done / len(epochs))
            yield stage.frame(float(epoch))

    first, last = replay.epochs[0], replay.epochs[-1]
    some = (stage.frame(epoch) for epoch in (first, replay.epochs[len(replay.epochs) // 2], last))
    with replacing(path) as temporary:
        write_frames(temporary, frames(), options.fps, len(epochs), some, origin)
        progress("Writing the film", 1.0)
    return f"{stage.width} x {stage.height} pixels, {len(epochs):,} frames, {len(epochs) / options.fps:.1f} s"


class Stage:
    """Draws frames (height, width, 3) uint8: a line of text above the map and the grid, and the classes below.

    Height and width are even numbers, as MP4 needs.
    """

    def __init__(self, replay: Replay, title: str, width: int) -> None:
        self.replay = replay
        self.width = width // 2 * 2
        self._unit = self.width / 960  # factor of all sizes, which are given for a width of 960 pixels
        self._edge, self._head = self._scaled(16), self._scaled(46)
        self._side = (self.width - 3 * self._edge) // 2
        names = replay.subject.columns.class_names
        foot = self._scaled(34) if names else self._edge
        self.height = (self._head + self._side + foot + 1) // 2 * 2
        self._colours = class_colours(len(names))
        label = replay.subject.label
        self._style = np.where(label < len(self._colours), label + 1, 0).astype(np.int32)
        self._rgb = as_rgb([self._colours[0] if len(self._colours) == 1 else MUTED, *self._colours])
        latent_dim = replay.subject.decoder.latent_dim
        self._plane = axes_plane(replay.subject.dimensions.axes, latent_dim)
        note = f" · {' and '.join(self._plane.names)} of {latent_dim} dimensions" if latent_dim > 2 else ""
        self._title = title + note
        self._view = self._view_of_all()
        positions = axis_positions(GRID_SIDE, "quantile")
        self._codes = lattice(positions, positions if latent_dim > 1 else positions[:1], self._plane)
        self._small, self._large = self._font(13), self._font(17)
        self._ground = self._empty_map().astype(np.uint16)

    def frame(self, epoch: float) -> Bytes:
        """The frame at an epoch, which may lie between two snapshots."""
        from PIL import Image, ImageDraw

        subject = self.replay.subject_at(epoch)
        picture = Image.new("RGB", (self.width, self.height), GROUND)
        left, right = self._edge, 2 * self._edge + self._side
        picture.paste(self._map(to_plane(subject.z_mean, self._plane)), (left, self._head))
        picture.paste(self._grid(as_pixels(subject.decoder(self._codes))), (right, self._head))
        pencil = ImageDraw.Draw(picture)
        self._text(pencil, (left, self._head // 2), self._head_of(epoch), self._large, INK)
        self._text(pencil, (self.width - self._edge, self._head // 2), self._title, self._small, MUTED, "rm")
        self._classes(pencil)
        return np.asarray(picture)

    def _scaled(self, size: float) -> int:
        return max(1, round(size * self._unit))

    def _font(self, size: float) -> Any:
        from matplotlib import get_data_path
        from PIL import ImageFont

        return ImageFont.truetype(f"{get_data_path()}/fonts/ttf/DejaVuSans.ttf", max(8, self._scaled(size)))

    def _head_of(self, epoch: float) -> str:
        last = self.replay.epochs[-1]
        reached = int(epoch + 1e-6)
        if reached == 0:
            return f"untrained (epoch 0 of {last})"
        loss = self.replay.val_loss.get(reached)
        figure = f"   validation loss {loss:.1f} nats per image" if loss is not None else ""
        return f"epoch {reached} of {last}{figure}"

    def _view_of_all(self) -> View:
        """A square view of the plane: the prior, 99.8 % of the last snapshot's codes, and 95 % of every other's."""
        reach = 3.0
        for z_mean, share in ((self.replay.subject.z_mean, 99.8), *((codes, 95) for codes in self.replay.codes)):
            if len(z_mean):
                reach = max(reach, float(np.percentile(np.abs(to_plane(z_mean, self._plane)), share)))
        reach *= 1.05
        return View(-reach, reach, -reach, reach, self._side, self._side, self._unit)

    def _empty_map(self) -> Bytes:
        """The grid lines and coordinates that lie below the points."""
        from PIL import Image, ImageDraw

        ground = Image.new("RGB", (self._side, self._side), GROUND)
        pencil = ImageDraw.Draw(ground)
        reach = int(self._view.right)
        across = self._side / (self._view.right - self._view.left)
        for whole in range(-reach, reach + 1, max(1, reach // 6)):
            x, y = (whole - self._view.left) * across, (self._view.high - whole) * across
            pencil.line([(x, 0), (x, self._side)], fill=LINE)
            pencil.line([(0, y), (self._side, y)], fill=LINE)
            self._text(pencil, (round(x) + 2, self._side - 3), f"{whole}", self._small, MUTED, "ls")
            if whole:
                self._text(pencil, (3, round(y) - 2), f"{whole}", self._small, MUTED, "ls")
        pencil.rectangle([(0, 0), (self._side - 1, self._side - 1)], outline=LINE)
        return np.asarray(ground)

    def _map(self, points: Floats) -> "Image":
        from PIL import Image

        shown = draw(arrange(points, self._style), self._rgb, np.full(len(self._rgb), OPACITY), self._view)
        through = np.uint16(255) - shown[..., 3:]
        return Image.fromarray((shown[..., :3] + self._ground * through // 255).clip(max=255).astype(np.uint8))

    def _grid(self, images: Bytes) -> "Image":
        """The grid of decoded images, scaled to the side of the map and centred on white."""
        from PIL import Image

        rows = images.reshape(-1, GRID_SIDE, *images.shape[1:])
        count, columns, height, width, channels = rows.shape
        sheet = rows.transpose(0, 2, 1, 3, 4).reshape(count * height, columns * width, channels)
        picture = Image.fromarray(sheet[..., 0] if channels == 1 else sheet).convert("RGB")
        factor = self._side / max(picture.size)
        size = round(picture.width * factor), round(picture.height * factor)
        larger = math.ceil(factor)  # enlarged by a whole factor first, so that all pixels come out equally wide
        picture = picture.resize((picture.width * larger, picture.height * larger), Image.Resampling.NEAREST)
        picture = picture.resize(size, Image.Resampling.BOX)
        whole = Image.new("RGB", (self._side, self._side), GROUND)
        whole.paste(picture, ((self._side - size[0]) // 2, (self._side - size[1]) // 2))
        return whole

    def _classes(self, pencil: "ImageDraw") -> None:
        """Draw the class names from the left, and "…" if they do not all fit."""
        x, y = self._edge, self._head + self._side + self._scaled(18)
        dot = self._scaled(5)
        for name, colour in zip(self.replay.subject.columns.class_names, self._colours, strict=False):
            end = x + 3 * dot + round(pencil.textlength(name, self._small))
            if end > self.width - self._edge:
                self._text(pencil, (x, y), "…", self._small, MUTED)
                return
            pencil.ellipse([(x, y - dot), (x + 2 * dot, y + dot)], fill=colour)
            self._text(pencil, (x + 3 * dot, y), name, self._small, INK)
            x = end + self._scaled(14)

    def _text(
        self, pencil: "ImageDraw", position: tuple[int, int], text: str, font: Any, colour: str, anchor: str = "lm"
    ) -> None:
        pencil.text(position, " ".join(text.split()) if anchor == "rm" else text, colour, font, anchor)
