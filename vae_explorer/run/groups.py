"""Groups of images that a person made by hand; `groups_file.py` keeps them with the run."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vae_explorer.array_types import Flags, Indices, Ints
from vae_explorer.errors import UserError

LONGEST = 100  # characters of a name


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """An image is in one group or in none, so that groups can be used as labels."""

    names: tuple[str, ...]  # of the groups, all different
    member: Ints  # (N,), position in names for each image of the run, -1: none
    others: tuple[tuple[str, str, str], ...] = ()  # rows of the file on images that the run does not have

    def same(self, other: "Groups") -> bool:
        """Whether both are equal."""
        return (self.names, self.others) == (other.names, other.others) and np.array_equal(self.member, other.member)

    def rows(self, group: int) -> Indices:
        """The rows of the images in the group at this position."""
        return np.flatnonzero(self.member == group)

    def put(self, rows: Indices, name: str) -> "Groups":
        """With these images in the group of this name, which is made if there is none. Raises UserError for a name."""
        name = checked(name)
        names = self.names if name in self.names else (*self.names, name)
        member = self.member.copy()
        member[rows] = names.index(name)
        return Groups(names, member, self.others)

    def leave(self, rows: Indices) -> "Groups":
        """With these images in no group."""
        member = self.member.copy()
        member[rows] = -1
        return Groups(self.names, member, self.others)

    def rename(self, group: int, name: str) -> "Groups":
        """With another name for the group at this position. Raises UserError for a name that another group has."""
        name = checked(name)
        if name in self.names and self.names.index(name) != group:
            raise UserError(f"There is a group {name!r} already: choose another name, or merge the two.")
        return Groups((*self.names[:group], name, *self.names[group + 1 :]), self.member, self.others)

    def merge(self, groups: Sequence[int]) -> "Groups":
        """With the groups at these positions merged into the first one of them."""
        first = min(groups)
        member = np.where(np.isin(self.member, list(groups)), first, self.member)
        return Groups(self.names, member.astype(np.int32), self.others).without([at for at in groups if at != first])

    def without(self, groups: Sequence[int]) -> "Groups":
        """Without the groups at these positions; their images are in no group."""
        kept = [at for at in range(len(self.names)) if at not in groups]
        moved = np.full(len(self.names) + 1, -1, np.int32)  # the last one is where -1 leads
        moved[kept] = np.arange(len(kept))
        return Groups(tuple(self.names[at] for at in kept), moved[self.member], self.others)


def no_groups(count: int) -> Groups:
    """No groups of `count` images."""
    return Groups((), np.full(count, -1, np.int32))


def checked(name: str) -> str:
    """The name without blanks around it. Raises UserError if it is empty, too long, or not one line."""
    name = name.strip()
    if not name:
        raise UserError("A group needs a name.")
    if len(name) > LONGEST or not name.isprintable():
        raise UserError(f"The name of a group is one line of at most {LONGEST} characters.")
    return name


def merged(before: Groups, theirs: Groups, ours: Groups) -> Groups:
    """What is theirs, and where ours differs from before, ours."""
    changed: Flags = _named(before) != _named(ours)
    merged = theirs.leave(np.flatnonzero(changed))
    for position, name in enumerate(ours.names):
        merged = merged.put(np.flatnonzero(changed & (ours.member == position)), name)
    order = sorted(range(len(merged.names)), key=lambda at: _place_in(ours.names, merged.names[at]))
    kept = [at for at in order if (merged.member == at).any() or merged.names[at] in ours.names]
    moved = np.full(len(merged.names) + 1, -1, np.int32)
    moved[kept] = np.arange(len(kept))
    return Groups(tuple(merged.names[at] for at in kept), moved[merged.member], theirs.others)


def _named(groups: Groups) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """The name of each image's group, "" for none."""
    return np.array([*groups.names, ""], object)[groups.member]


def _place_in(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)
