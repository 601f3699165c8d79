"""Groups of images that a person made by hand; `groups_file.py` keeps them with the run."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vae_explorer.array_types import Flags, Indices, Ints
from vae_explorer.errors import UserError

LONGEST = 100  # characters of a name
COLOUR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """An image is in one group or in none, so that groups can be used as labels."""

    names: tuple[str, ...]  # of the groups, all different
    colours: tuple[str, ...]  # of the groups, "#rrggbb" as the person chose it; "": the usual one of its position
    member: Ints  # (N,), position in names for each image of the run, -1: none
    others: tuple[tuple[str, str, str, str], ...] = ()  # rows of the file on images that the run does not have

    def same(self, other: "Groups") -> bool:
        """Whether both are equal."""
        ours, theirs = ((each.names, each.colours, each.others) for each in (self, other))
        return ours == theirs and np.array_equal(self.member, other.member)

    def rows(self, group: int) -> Indices:
        """The rows of the images in the group at this position."""
        return np.flatnonzero(self.member == group)

    def put(self, rows: Indices, name: str) -> "Groups":
        """With these images in the group of this name, which is made if there is none. Raises UserError for a name."""
        name = checked(name)
        with_it = self
        if name not in self.names:
            with_it = replace(self, names=(*self.names, name), colours=(*self.colours, ""))
        member = self.member.copy()
        member[rows] = with_it.names.index(name)
        return replace(with_it, member=member)

    def leave(self, rows: Indices) -> "Groups":
        """With these images in no group."""
        member = self.member.copy()
        member[rows] = -1
        return replace(self, member=member)

    def rename(self, group: int, name: str) -> "Groups":
        """With another name for the group at this position. Raises UserError for a name that another group has."""
        name = checked(name)
        if name in self.names and self.names.index(name) != group:
            raise UserError(f"There is a group {name!r} already: choose another name, or merge the two.")
        return replace(self, names=(*self.names[:group], name, *self.names[group + 1 :]))

    def paint(self, group: int, colour: str) -> "Groups":
        """With another colour, "#rrggbb", for the group at this position; "": the usual one."""
        return replace(self, colours=(*self.colours[:group], colour, *self.colours[group + 1 :]))

    def merge(self, groups: Sequence[int]) -> "Groups":
        """With the groups at these positions merged into the first one of them."""
        first = min(groups)
        member = np.where(np.isin(self.member, list(groups)), first, self.member)
        return replace(self, member=member.astype(np.int32)).without([at for at in groups if at != first])

    def without(self, groups: Sequence[int]) -> "Groups":
        """Without the groups at these positions; their images are in no group."""
        return self.only([at for at in range(len(self.names)) if at not in groups])

    def only(self, kept: Sequence[int]) -> "Groups":
        """With the groups at these positions alone, in this order; the images of others are in no group."""
        moved = np.full(len(self.names) + 1, -1, np.int32)  # the last one is where -1 leads
        moved[list(kept)] = np.arange(len(kept))
        names, colours = (tuple(each[at] for at in kept) for each in (self.names, self.colours))
        return Groups(names, colours, moved[self.member], self.others)


def no_groups(count: int) -> Groups:
    """No groups of `count` images."""
    return Groups((), (), np.full(count, -1, np.int32))


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
        if ours.colours[position] != _colour_in(before, name):
            merged = merged.paint(merged.names.index(name), ours.colours[position])
    order = sorted(range(len(merged.names)), key=lambda at: _place_in(ours.names, merged.names[at]))
    kept = [at for at in order if (merged.member == at).any() or merged.names[at] in ours.names]
    return merged.only(kept)


def _named(groups: Groups) -> "np.ndarray[tuple[int], np.dtype[np.object_]]":
    """The name of each image's group, "" for none."""
    return np.array([*groups.names, ""], object)[groups.member]


def _colour_in(groups: Groups, name: str) -> str:
    return groups.colours[groups.names.index(name)] if name in groups.names else ""


def _place_in(names: Sequence[str], name: str) -> int:
    return names.index(name) if name in names else len(names)
