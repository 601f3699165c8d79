"""What the points of a map written from the command line are coloured by."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from vae_explorer.errors import UserError
from vae_explorer.progress import Progress
from vae_explorer.run.run import Run

if TYPE_CHECKING:
    from vae_explorer.exploring.colouring import Colouring
    from vae_explorer.exploring.subject import Subject
    from vae_explorer.run.groups import Groups


def groups_of(run: Run) -> "Groups":
    """The groups that are kept with the run. Raises UserError if there are none, or they cannot be read."""
    from vae_explorer.run.groups_file import read_groups

    groups = read_groups(run)
    if not groups.names:
        raise UserError("The run has no groups: make some in the window.")
    return groups


def colouring_of(
    run: Run, wanted: str, clusters: int | None, subject: "Callable[[], Subject]", progress: Progress
) -> "Colouring":
    """The colours that --color-by names. A column of the data set comes before a figure of the same name.

    subject: opens the run, for a figure that has to be measured. Raises UserError if the run does not have them.
    """
    from vae_explorer.exploring.clusters import find_clusters
    from vae_explorer.exploring.colouring import by_class, by_cluster, by_figure, by_group, by_value, plainly
    from vae_explorer.exploring.image_figures import FIGURES

    codes, columns = run.codes, run.info.dataset.value_names
    if clusters is not None and wanted != "cluster":
        raise UserError("--clusters is the number of clusters: give --color-by cluster, too.")
    if wanted == "class":
        return by_class(codes.label, run.info.dataset.class_names)
    if wanted == "cluster":
        return by_cluster(find_clusters(codes.z_mean, clusters))
    if wanted == "none":
        return plainly(codes.label)
    if wanted == "group":
        return by_group(groups_of(run))
    if wanted in columns:
        return by_value(wanted, codes.columns.value(wanted))
    if wanted not in FIGURES:
        choices = ", ".join(("class", "group", "cluster", "none", *columns, *FIGURES))
        raise UserError(f"The run has no column {wanted!r}: choose {choices}.")
    missing = FIGURES[wanted].missing(subject())
    if missing:
        raise UserError(f"The map cannot be coloured by {wanted}: {missing[0].lower()}{missing[1:]}")
    return by_figure(FIGURES[wanted], subject(), progress)
