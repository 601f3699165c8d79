"""run/arrays.py: codes and sample, and whether they fit the run."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.run.run_files import refusal_of, rehash, rewrite_arrays
from vae_explorer.data.columns import no_columns
from vae_explorer.data.names import pack_names
from vae_explorer.progress import LeftError
from vae_explorer.run.arrays import Codes, read_codes, write_codes
from vae_explorer.run.run import Run


def test_the_log_variances_keep_half_precision(tiny_run: Run, tmp_path: Path):
    exact = np.array([[-3.14159265, 2.71828183]], np.float32)
    number = np.zeros(1, np.int32)
    codes = Codes(exact, exact, no_columns(1), number.astype(np.int64), number.astype(np.uint8))
    write_codes(tmp_path / "codes.npz", codes)
    with np.load(tmp_path / "codes.npz") as file:
        np.testing.assert_array_equal(file["z_mean"], exact)
        np.testing.assert_allclose(file["z_log_var"], exact, rtol=2**-11)
        assert file["z_log_var"].dtype == np.float16


def test_names_come_back_and_runs_without_names_open(tiny_run: Run, tmp_path: Path):
    names = pack_names(f"a/ä {number}.png" for number in range(len(tiny_run.codes.index)))
    named = replace(tiny_run.codes, columns=replace(tiny_run.codes.columns, names=names))
    for codes in (named, tiny_run.codes):
        write_codes(tmp_path / "codes.npz", codes)
        found = read_codes((tmp_path / "codes.npz").read_bytes(), tiny_run.info.dataset).columns.names
        if codes is named:
            assert found is not None
            assert [found[0], found[len(found) - 1]] == ["a/ä 0.png", f"a/ä {len(found) - 1}.png"]
        else:
            assert found is None


def test_writing_codes_reports_its_progress_and_gives_what_numpy_would(tiny_run: Run, tmp_path: Path):
    shares: list[float] = []
    write_codes(tmp_path / "codes.npz", tiny_run.codes, lambda _task, share: shares.append(share))
    assert shares == sorted(shares)
    assert (shares[0], len(shares) > 5, shares[-1] <= 1) == (0.0, True, True)
    with np.load(tmp_path / "codes.npz") as file:
        np.savez_compressed(tmp_path / "numpy.npz", **file)
    assert (tmp_path / "codes.npz").read_bytes() == (tmp_path / "numpy.npz").read_bytes()


def test_writing_codes_can_be_left_and_then_leaves_no_file(tiny_run: Run, tmp_path: Path):
    def leave(_task: str, share: float) -> None:
        if share > 0.5:
            raise LeftError

    with pytest.raises(LeftError):
        write_codes(tmp_path / "codes.npz", tiny_run.codes, leave)
    assert list(tmp_path.iterdir()) == []


WRONG_ARRAYS: dict[str, Callable[[Path], None]] = {
    "codes of another dimension": lambda folder: rewrite_arrays(folder / "codes.npz", z_mean=np.zeros((640, 3))),
    "one code too few": lambda folder: rewrite_arrays(folder / "codes.npz", z_mean=np.zeros((639, 2))),
    "one log-variance too few": lambda folder: rewrite_arrays(folder / "codes.npz", z_log_var=np.zeros((639, 2))),
    "one label too many": lambda folder: rewrite_arrays(folder / "codes.npz", label=np.zeros(641, int)),
    "labels beyond the classes": lambda folder: rewrite_arrays(folder / "codes.npz", label=np.full(640, 10)),
    "labels below none": lambda folder: rewrite_arrays(folder / "codes.npz", label=np.full(640, -2)),
    "codes that are no numbers": lambda folder: rewrite_arrays(folder / "codes.npz", z_mean=np.full((640, 2), np.nan)),
    "a split that is none": lambda folder: rewrite_arrays(folder / "codes.npz", split=np.full(640, 3)),
    "images of another size": lambda folder: rewrite_arrays(
        folder / "sample.npz", images=np.zeros((128, 28, 27, 1), np.uint8)
    ),
    "one name too few": lambda folder: rewrite_arrays(
        folder / "codes.npz", name_bytes=np.zeros(639, np.uint8), name_ends=np.arange(1, 640)
    ),
    "one image too many": lambda folder: rewrite_arrays(
        folder / "sample.npz", images=np.zeros((129, 28, 28, 1), np.uint8)
    ),
}


@pytest.mark.parametrize("case", WRONG_ARRAYS)
def test_arrays_of_wrong_shapes_are_refused_though_their_hashes_are_right(tiny_run_folder: Path, case: str):
    WRONG_ARRAYS[case](tiny_run_folder)
    rehash(tiny_run_folder)
    assert "arrays do not fit the shapes" in refusal_of(tiny_run_folder)
