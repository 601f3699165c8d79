"""Writing a run: run.toml comes last, so that a run that is cut off is never taken for a whole one."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from vae_explorer.errors import UserError
from vae_explorer.progress import LeftError
from vae_explorer.run import writing
from vae_explorer.run.folder import new_run
from vae_explorer.run.info import RunInfo
from vae_explorer.run.run import Run
from vae_explorer.run.writing import Contents, write_run


def contents(run: Run) -> Contents:
    return Contents(run.codes, run.sample, run.history)


def networks_of(run: Run, folder: Path) -> Callable[[], None]:
    return lambda: shutil.copytree(run.folder / "model", folder / "model") and None


def test_what_is_written_is_the_run_that_opens(tiny_run: Run, tmp_path: Path) -> None:
    run = write_run(tmp_path, contents(tiny_run), networks_of(tiny_run, tmp_path), lambda: tiny_run.info)
    assert run.info == tiny_run.info
    assert run.history == tiny_run.history
    assert (run.codes.z_mean == tiny_run.codes.z_mean).all()


def test_all_other_files_are_there_when_the_run_is_described(tiny_run: Run, tmp_path: Path) -> None:
    seen: set[str] = set()

    def described() -> RunInfo:
        seen.update(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
        return tiny_run.info

    write_run(tmp_path, contents(tiny_run), networks_of(tiny_run, tmp_path), described)
    assert {"codes.npz", "sample.npz", "history.csv", "model/encoder.keras", "model/decoder.keras"} <= seen
    assert "run.toml" not in seen


@pytest.mark.parametrize("error", [LeftError, KeyboardInterrupt, OSError])
@pytest.mark.parametrize(
    "step", ["write_arrays", "write_networks", "write_history", "described", "check_shapes", "write_info"]
)
def test_a_run_that_is_cut_off_leaves_nothing(
    tiny_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: type[BaseException]
) -> None:
    reached = []

    def end(*_: object) -> None:
        reached.append(step)
        raise error

    steps = {"write_networks": networks_of(tiny_run, tmp_path / "run"), "described": lambda: tiny_run.info}
    if step in steps:
        steps[step] = end  # type: ignore[assignment]
    else:
        monkeypatch.setattr(writing, step, end)
    with pytest.raises(error), new_run(tmp_path / "run", overwrite=False) as folder:
        write_run(folder, contents(tiny_run), **steps)  # type: ignore[arg-type]
    assert reached == [step]
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == []


def test_arrays_that_do_not_fit_make_no_run(tiny_run: Run, tmp_path: Path) -> None:
    one_short = replace(tiny_run.codes, z_mean=tiny_run.codes.z_mean[1:])
    with pytest.raises(UserError, match="arrays do not fit"):
        write_run(
            tmp_path,
            replace(contents(tiny_run), codes=one_short),
            networks_of(tiny_run, tmp_path),
            lambda: tiny_run.info,
        )
    assert not (tmp_path / "run.toml").exists()
