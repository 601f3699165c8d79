"""The data set that was read last: it fills hundreds of megabytes, and is not read twice for nothing."""

from vae_explorer.data.dataset import BUILTIN, Dataset
from vae_explorer.data.options import ImageOptions


class LoadedData:
    """Remembers one data set, whoever read it, for all who need one."""

    def __init__(self) -> None:
        self._dataset: Dataset | None = None

    def keep(self, dataset: Dataset) -> None:
        """Remember this data set in place of the one before."""
        self._dataset = dataset

    def of_fingerprint(self, fingerprint: str) -> Dataset | None:
        """The data set with these images, if it is the one that was read last."""
        known = self._dataset
        return known if known is not None and known.info.fingerprint == fingerprint else None

    def of_source(self, source: str, options: ImageOptions) -> Dataset | None:
        """The data set of this source, read with these options, if it was read last and cannot have changed since.

        A file may have changed since it was read; the built-in set has not.
        """
        known = self._dataset
        same = known is not None and source == known.info.source == BUILTIN and known.info.options == options
        return known if same else None
