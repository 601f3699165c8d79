"""Where an exported file comes from: what its metadata say, and the name that is proposed for it."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from vae_explorer import __version__
from vae_explorer.array_types import Floats
from vae_explorer.data.names import printable
from vae_explorer.exploring.subject import Subject
from vae_explorer.latent.plane import Plane, to_plane
from vae_explorer.run.info import RunInfo

if TYPE_CHECKING:
    from PIL.PngImagePlugin import PngInfo

SOFTWARE = f"VAE Explorer {__version__}"
FEW = 4  # latent dimensions whose values a name spells out; with more, it has those of the plane
LONGEST = 80  # characters of a run's name in a file name
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # in file names, on one system or another


@dataclass(frozen=True, slots=True)
class Origin:
    """What a file shows, in one line, and the run of which it does. Neither holds a path or the name of a user."""

    title: str = ""
    description: str = ""

    def texts(self) -> dict[str, str]:
        """The metadata, by the keywords that the PNG standard proposes."""
        told = {"Title": _plain(self.title), "Description": _plain(self.description), "Software": SOFTWARE}
        return {key: text for key, text in told.items() if text}


UNKNOWN = Origin()


def caption_of(info: RunInfo, label: int | None = None) -> str:
    """The default caption of a run's pictures. label: of the class that a conditional decoder decodes."""
    dimensions = "1 latent dimension" if info.latent_dim == 1 else f"{info.latent_dim} latent dimensions"
    of_class = "" if label is None else f", class {printable(info.decoder_classes[label])}"
    loss = f", negative ELBO {info.held_out.negative_elbo:.1f} nats per image (held-out)" if info.held_out else ""
    return f"{info.name}: {info.dataset.name}{info.pixels_note}, {info.model_name}, {dimensions}{of_class}{loss}"


def run_origin(info: RunInfo, what: str, label: int | None = None) -> Origin:
    """The origin of what is drawn of a run. what: in a few words. label: as in `caption_of`."""
    return Origin(f"{info.name}: {what}", caption_of(info, label))


def subject_origin(subject: Subject, what: str) -> Origin:
    """The origin of what is drawn of a subject, which may be a model in training or a moment of one."""
    if subject.run is not None:
        return run_origin(subject.run.info, what, subject.decoded_class)
    return Origin(f"{subject.title}: {what}")


def png_info(origin: Origin) -> "PngInfo":
    """The metadata as Pillow writes them."""
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    for key, text in origin.texts().items():
        info.add_text(key, text)
    return info


def place_text(code: Floats, plane: Plane) -> str:
    """A latent code (latent_dim,) in a file name: "z=0.71,1.79", or its place in the plane: "z3=0.71,z9=1.79"."""
    if len(code) <= FEW:
        return "z=" + ",".join(map(_number, code))
    values = to_plane(code[None], plane)[0]
    return ",".join(
        f"{name.replace(' ', '')}={_number(value)}" for name, value in zip(plane.names, values, strict=True)
    )


def file_name(run: str, what: str, ending: str) -> str:
    """A name that every system takes: "mnist-dense_z=0.71,1.79.png", or "mnist-dense.html" if `what` is empty.

    run: the name of the run, of which what no file name may hold becomes a dash.
    """
    stem = FORBIDDEN.sub("-", _plain(run)[:LONGEST]).strip(" .") or "run"
    return f"{stem}_{what}{ending}" if what else f"{stem}{ending}"


def _plain(text: str) -> str:
    """The text on one line, without control characters and characters that cannot be encoded."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _number(value: float) -> str:
    return f"{np.round(value, 2) + 0.0:.2f}"  # + 0.0: no negative zero
