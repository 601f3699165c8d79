"""exploring/path_table.py: a path as a table, and anchors in tables of other programs."""

import re
from pathlib import Path as FilePath

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.exploring.path_table import path_table, read_anchors
from vae_explorer.exploring.paths import Data, find_path
from vae_explorer.exporting.table import write_table

ANCHORS = np.array([(0, 0), (2, 0), (2, 1)], np.float32)


class Plain:
    """z as an image of two pixels."""

    engine, latent_dim = "test", 2

    def __call__(self, z: np.ndarray) -> np.ndarray:
        return z.reshape(-1, 1, 2, 1)


def straight() -> dict[str, np.ndarray]:
    return path_table(find_path("straight", ANCHORS, Plain(), Data(ANCHORS[:0])), 3, "z")


def test_it_holds_images_and_anchors_in_the_order_of_the_way():
    table = straight()
    np.testing.assert_allclose(table["z"], [(0, 0), (1.5, 0), (2, 0), (2, 1)], atol=1e-6)
    assert table["step"].tolist() == [0, 1, -1, 2]
    assert table["anchor"].tolist() == [0, -1, 1, 2]
    np.testing.assert_allclose(table["way_in_z"], [0, 1.5, 2, 3], atol=1e-6)


@pytest.mark.parametrize("name", ["path.csv", "path.npz"])
def test_its_anchors_and_its_kind_are_read_back(tmp_path: FilePath, name: str):
    write_table(tmp_path / name, straight())
    anchors, kind = read_anchors(tmp_path / name, 2)
    np.testing.assert_array_equal(anchors, ANCHORS)
    assert kind == "straight"


def test_a_path_that_stays_where_it_is_is_a_table_too():
    path = find_path("straight", np.ones((2, 2), np.float32), Plain(), Data(ANCHORS[:0]))
    assert path_table(path, 2, "image")["anchor"].tolist() == [0, 1]


@pytest.mark.parametrize(
    "text",
    [
        "z1,z2\n0,0\n2,0\n2,1\n",
        "name;Z_0;Z_1\na;0,0;0,0\nb;2,0;0,0\nc;2,0;1,0\n",
        "0.0 0.0\n2.0 0.0\n2.0 1.0\n",  # numpy.savetxt, as in cryoDRGN's z.path.txt
        "# z1 z2\n0e+00 0e+00\n2e+00 0e+00\n2e+00 1e+00\n",
        "0,0\n2,0\n2,1\n",
        "image\tumap z\tz 2\tz 1\na.png\t7\t0\t0\nb.png\t7\t0\t2\nc.png\t7\t1\t2\n",
    ],
)
def test_tables_of_other_programs_give_an_anchor_in_each_row(tmp_path: FilePath, text: str):
    (tmp_path / "z.txt").write_text(text)
    anchors, kind = read_anchors(tmp_path / "z.txt", 2)
    np.testing.assert_array_equal(anchors, ANCHORS)
    assert kind is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("z1,z2,z3\n0,0,0\n1,1,1\n", "columns of 3 dimensions"),
        ("a,b,c\n0,0,0\n1,1,1\n", "name their columns z1 to z2"),
        ("z1,z2\n0,\n1,1\n", "empty cell"),
        ("z1,z2\n0,1\n", "holds one anchor"),
    ],
)
def test_what_is_no_path_is_explained(tmp_path: FilePath, text: str, said: str):
    (tmp_path / "z.csv").write_text(text)
    with pytest.raises(UserError, match=re.escape(said)):
        read_anchors(tmp_path / "z.csv", 2)
    with pytest.raises(UserError, match="cannot be read"):
        read_anchors(tmp_path / "none.npz", 2)
