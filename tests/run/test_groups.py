"""run/groups.py: images are put into groups, and groups are renamed, merged and removed."""

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.run.groups import Groups, no_groups


def made() -> Groups:
    return no_groups(20).put(np.array([0, 3, 5]), "sound").put(np.array([7]), "cracked")


def test_an_image_is_in_one_group() -> None:
    groups = made().put(np.array([3]), "other")
    assert groups.rows(0).tolist() == [0, 5]
    assert groups.rows(2).tolist() == [3]
    assert groups.leave(np.array([0, 3])).member[[0, 3]].tolist() == [-1, -1]


def test_groups_are_renamed_merged_and_removed() -> None:
    groups = made().put(np.array([9]), "third")
    assert groups.rename(1, " b ").names == ("sound", "b", "third")
    with pytest.raises(UserError, match="already"):
        groups.rename(1, "third")
    merged = groups.merge([0, 2])
    assert merged.names == groups.names[:2]
    assert merged.rows(0).tolist() == [0, 3, 5, 9]
    assert merged.rows(1).tolist() == [7]
    left = groups.without([0])
    assert left.names == groups.names[1:]
    assert left.rows(1).tolist() == [9]
    assert (left.member >= 0).sum() == 2


def test_a_colour_goes_with_its_group() -> None:
    groups = made().paint(0, "#aa0011").put(np.array([9]), "third").paint(2, "#00bb00")
    assert groups.colours == ("#aa0011", "", "#00bb00")
    assert groups.rename(0, "b").put(np.array([4]), "third").leave(np.array([0])).colours == groups.colours
    assert groups.without([0]).colours == ("", "#00bb00")
    assert groups.merge([1, 2]).colours == ("#aa0011", "")
    assert groups.paint(0, "").colours == ("", "", "#00bb00")
    assert not groups.same(groups.paint(0, ""))


@pytest.mark.parametrize("name", ["", "  ", "two\nlines", "x" * 101])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UserError):
        made().put(np.array([1]), name)
