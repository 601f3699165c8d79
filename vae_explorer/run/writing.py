"""Writing what marks a folder as a run."""

from pathlib import Path

import tomli_w

from vae_explorer.files import replacing, sha256
from vae_explorer.run.info import FORMAT, RunInfo, files_of, plain_info
from vae_explorer.run.places import CONVERTED, FILES, ONNX_FILES
from vae_explorer.run.plain import without_none
from vae_explorer.run.snapshots import snapshot_files


def write_info(folder: Path, info: RunInfo) -> None:
    """Write run.toml, last of all, with the hashes of the other files: from then on the folder is a run."""
    content = without_none(plain_info(info))
    needed = files_of(info)
    optional = [name for name in CONVERTED if (folder / name).is_file() and name not in needed]
    # What has to be there comes last, so that a run.toml that is cut off is never taken for a whole one.
    written = [*snapshot_files(folder), *optional, *(name for name in (*FILES, *ONNX_FILES) if name in needed)]
    content["sha256"] = {name: sha256((folder / name).read_bytes()) for name in written}
    with replacing(folder / "run.toml") as path:
        path.write_text(tomli_w.dumps({"format": FORMAT} | content), encoding="utf-8")
