"""Stores the data set read last, so that hundreds of megabytes are not read twice."""

from vae_explorer.data.dataset import BUILTIN, Dataset
from vae_explorer.data.options import ImageOptions


class LoadedData:
    """Stores one data set for all parts of the program."""

    def __init__(self) -> None:
        self._dataset: Dataset | None = None

    def keep(self, dataset: Dataset) -> None:
        """Store this data set instead of the previous one."""
        self._dataset = dataset

    def of_fingerprint(self, fingerprint: str) -> Dataset | None:
        """The stored data set if it has this fingerprint, else None."""
        known = self._dataset
        return known if known is not None and known.info.fingerprint == fingerprint else None

    def of_source(self, source: str, options: ImageOptions) -> Dataset | None:
        """The stored data set if it has this source and these options and cannot have changed since, else None.

        A file may have changed since it was read; the built-in set has not.
        """
        known = self._dataset
        same = known is not None and source == known.info.source == BUILTIN and known.info.options == options
        return known if same else None
