"""The reconstruction error of each image, measured once and kept with its run.

The file lies beside the files of the run and is not among the hashed ones, since it is measured later. It is kept in
the user's folder for a run that cannot be written: the shipped one, a page, or one in a folder of somebody else. It
names the codes and the decoder that it was measured for, and is not read for others.
"""

import hashlib
import io
import logging
import zipfile
from pathlib import Path

import numpy as np
from platformdirs import user_data_path

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError
from vae_explorer.files import replacing
from vae_explorer.run.places import BUILTIN, ERRORS, find_run
from vae_explorer.run.run import Run
from vae_explorer.run.storage import InPage

log = logging.getLogger(__name__)


def kept_errors(run: Run) -> Floats | None:
    """The errors (N,) that were kept for this run, NaN where no image was there; None: none were."""
    key = _key(run)
    for path in _places(run, key):
        try:
            content = io.BytesIO(path.read_bytes())
            with np.load(content, allow_pickle=False) as file:
                errors = file["errors"].astype(np.float32)
                if str(file["key"]) == key and errors.shape == run.codes.index.shape:
                    return np.asarray(errors, np.float32)
        except (OSError, KeyError, ValueError, EOFError, zipfile.BadZipFile):
            continue
    return None


def keep_errors(run: Run, errors: Floats) -> None:
    """Keep the errors (N,) of a run. Where nothing can be written, they are measured again another time."""
    key = _key(run)
    for path in _places(run, key):
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as temporary:
                np.savez_compressed(temporary, errors=errors, key=np.array(key))
        except (OSError, UserError):
            log.info("The errors of %s were not kept in %s", run.folder, path, exc_info=True)
        else:
            return


def _places(run: Run, key: str) -> list[Path]:
    """Where the file may be, the best place first."""
    own = user_data_path("vae-explorer", appauthor=False) / "errors" / f"{key[:32]}.npz"
    if isinstance(run.storage, InPage) or run.folder == find_run(BUILTIN):
        return [own]
    return [run.folder / ERRORS, own]


def _key(run: Run) -> str:
    """Equal for equal codes and an equal decoder."""
    networks, digest = run.networks, hashlib.sha256()
    digest.update(np.ascontiguousarray(run.codes.z_mean).data)
    digest.update(np.ascontiguousarray(run.codes.index).data)
    digest.update(networks.decoder or networks.onnx_decoder or networks.lowered or b"")
    return digest.hexdigest()
