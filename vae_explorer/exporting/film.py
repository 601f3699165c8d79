"""Writes frames as a GIF or MP4 film."""

import logging
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path

import numpy as np

from vae_explorer.array_types import Bytes
from vae_explorer.errors import UserError
from vae_explorer.exporting.origin import UNKNOWN, Origin

ENDINGS = (".gif", ".mp4")
FASTEST_GIF = 50  # frames per second: a GIF counts hundredths of a second, and browsers slow down a frame of only one

log = logging.getLogger(__name__)


def check_film_ending(path: Path, fps: int = 1) -> str:
    """The ending of the path, in lower case. Raises UserError unless it is one of `ENDINGS`, and quick enough."""
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UserError(f"A film is GIF or MP4: give a name that ends in .gif or .mp4, not {path.name!r}.")
    if ending == ".gif" and fps > FASTEST_GIF:
        raise UserError(f"A GIF has at most {FASTEST_GIF} frames per second, not {fps}: write an MP4.")
    return ending


def write_frames(
    path: Path, frames: Iterator[Bytes], fps: int, count: int, some: Iterable[Bytes], origin: Origin = UNKNOWN
) -> None:
    """Write `count` frames (height, width, 3) uint8 as GIF or MP4, by the ending of the path.

    Height and width are even, as MP4 needs. some: frames with all colours, for the palette of a GIF. origin: what the
    metadata of the file say.
    """
    if check_film_ending(path, fps) == ".gif":
        _write_gif(path, frames, some, _gif_durations(count, fps), origin)
    else:
        _write_mp4(path, frames, fps, origin)


def _write_gif(
    path: Path, frames: Iterator[Bytes], some: Iterable[Bytes], durations: list[int], origin: Origin
) -> None:
    """Write a GIF. All frames share a palette that is made from some of them, so that colours do not flicker."""
    from PIL import Image

    palette = Image.fromarray(np.concatenate(list(some))).quantize(256, Image.Quantize.MEDIANCUT)
    pictures = (Image.fromarray(frame).quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames)
    first = next(pictures)
    comment = "\n".join(origin.texts().values()).encode()[:255]  # a GIF's longest comment in one piece
    with path.open("wb") as file:  # Pillow would leave a file that it opened open if drawing is cancelled
        first.save(
            file, "GIF", save_all=True, append_images=pictures, duration=durations, loop=0, optimize=False,
            comment=comment,
        )  # fmt: skip


def _gif_durations(frames: int, fps: int) -> list[int]:
    """Milliseconds of each frame, in whole hundredths of a second, rounded so that their sum is exact."""
    ends = np.rint(np.arange(frames + 1) * 100 / fps).astype(int)
    durations: list[int] = (np.diff(ends) * 10).tolist()
    return durations


def _write_mp4(path: Path, frames: Iterator[Bytes], fps: int, origin: Origin) -> None:
    """Write H.264 that browsers play: planar 4:2:0, with the index in front so that playing starts while it loads."""
    import av  # FFmpeg's libraries, which the launch does not need

    first = next(frames)
    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as file:
            file.metadata.update({key.lower(): text for key, text in origin.texts().items()})
            stream = file.add_stream("libx264", rate=fps, options={"crf": "18", "preset": "medium"})
            stream.height, stream.width = first.shape[:2]
            stream.pix_fmt = "yuv420p"
            for frame in chain([first], frames):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="rgb24")))
            file.mux(stream.encode())
    except av.codec.codec.UnknownCodecError as error:
        raise UserError("FFmpeg on this system lacks the encoder x264, which MP4 needs: write a GIF.") from error
    except av.FFmpegError as error:
        log.info("FFmpeg failed", exc_info=True)
        raise OSError(error.errno or 0, "the film could not be encoded or written") from error
