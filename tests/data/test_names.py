"""data/names.py: many names in little memory, and their order."""

import numpy as np

from vae_explorer.data.names import natural_order, pack_names

NAMES = ["a/1.png", "", "ä/你.png", "odd \udcff.png"]


def test_names_come_back_as_they_were():
    packed = pack_names(NAMES)
    assert [packed[row] for row in range(len(packed))] == NAMES


def test_some_names_are_taken_by_any_index():
    packed = pack_names(NAMES)
    for rows in ([2, 0, 2], slice(1, 3), np.array([False, True, True, False]), np.array([], int)):
        some = packed.take(rows)
        assert [some[row] for row in range(len(some))] == np.array(NAMES, object)[rows].tolist()


def test_many_names_need_little_more_than_their_letters():
    packed = pack_names([f"{number:06}.png" for number in range(100_000)] + ["x" * 1000])
    assert packed.content.nbytes + packed.ends.nbytes < 1_900_000
    some = packed.take(np.arange(0, 100_001, 2))
    assert (some[1], some[len(some) - 1]) == ("000002.png", "x" * 1000)


def test_names_sort_as_a_person_counts():
    names = ["10", "2", "1.5", "-1", "b 10", "b 2", "A 3", "b 02", "nan", "9" * 5000]
    assert sorted(names, key=natural_order)[:4] == ["-1", "1.5", "2", "10"]
    assert [name for name in sorted(names, key=natural_order) if name[:2] in ("A ", "b ")] == [
        "A 3",
        "b 02",
        "b 2",
        "b 10",
    ]
