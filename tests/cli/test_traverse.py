"""The command `traverse`, as it is typed."""

from pathlib import Path

import pytest
from PIL import Image

from tests.cli.refusals import refused
from vae_explorer.cli.main import run_command
from vae_explorer.run.groups_file import keep_groups, read_groups
from vae_explorer.run.opening import open_run
from vae_explorer.run.run import Run


@pytest.mark.parametrize("kind", ["axes", "near", "change"])
def test_each_kind_of_directions_is_written(
    tiny_run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    out = tmp_path / "around.png"
    words = ["traverse", str(tiny_run.folder), "--at", str(tiny_run.codes.index[3]), "--directions", kind]
    assert run_command([*words, "--steps", "codes", "--dpi", "80", "--out", str(out)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert "a step is" in said[0]
    assert "nearest codes" in said[2]
    assert said[3].startswith(f"Wrote {out}")
    with Image.open(out) as picture:
        assert 1.5 < picture.width / picture.height < 3


def test_classes_and_groups_make_a_direction(
    tiny_run_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = open_run(tiny_run_folder)
    groups = read_groups(run)
    keep_groups(run, groups, groups.put(range(5), "mine"))
    out = tmp_path / "around.png"
    words = ["traverse", str(tiny_run_folder), "--dpi", "80", "--out", str(out), "--minus"]
    assert run_command([*words, "mine", "5"]) == 0
    assert capsys.readouterr().out.startswith("mine minus 5 is ")


def test_what_cannot_be_is_explained(tiny_run: Run, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["traverse", str(tiny_run.folder), "--out", str(tmp_path / "a.png")]
    assert "no class 'cat'" in refused(capfd, *words, "--minus", "cat", "5")
    assert "the same mean" in refused(capfd, *words, "--minus", "5", "5")
    assert "neither a latent code" in refused(capfd, *words, "--at", "1,2,3")
    assert "ends in" in refused(capfd, "traverse", str(tiny_run.folder), "--out", str(tmp_path / "a.txt"))
