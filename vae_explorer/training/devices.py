"""What a training computes on: one device, all GPUs of this machine, or those of several hosts."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from vae_explorer.data.dataset import Rows
from vae_explorer.run.config import TrainingConfig
from vae_explorer.training.cluster import Cluster, find_cluster, join

if TYPE_CHECKING:
    from vae_explorer.model.vae import VAE


@dataclass(frozen=True, slots=True, eq=False)
class Devices:
    """The devices that a training uses. By default the first GPU of this machine, without a GPU its processor.

    Where there are several, the batches are shared out to them: the result is that of one device, up to rounding.
    """

    strategy: Any = None  # TensorFlow's tf.distribute.Strategy; None: one device
    cluster: Cluster | None = None  # None: this machine alone

    @property
    def is_chief(self) -> bool:
        """Whether this process writes the run. The others of a cluster only compute."""
        return self.cluster is None or self.cluster.is_chief

    def prepare(self) -> str:
        """Have GPUs take memory only as needed, and compute the same each time. Returns the devices in words."""
        import tensorflow as tf

        gpus = _growing_gpus()
        if gpus:  # which else add in any order, so that a resumed training would differ by rounding
            tf.config.experimental.enable_op_determinism()
        count = 1 if self.strategy is None else len(self.strategy.extended.worker_devices)
        kind = _gpu_name(gpus[0]) if gpus else "CPU"
        here = kind if count == 1 else f"{count} x {kind}"
        if self.cluster is None:
            return here
        return f"{len(self.cluster.addresses)} hosts with {here} each"

    def scope(self) -> AbstractContextManager[Any]:
        """The context in which the optimizer is built."""
        return nullcontext() if self.strategy is None else self.strategy.scope()

    def new_vae(self, *arguments: Any) -> "VAE":
        """A new VAE for these devices. arguments: those of `VAE`."""
        from vae_explorer.model.shares import SharedVAE
        from vae_explorer.model.vae import VAE

        return VAE(*arguments) if self.strategy is None else SharedVAE(self.strategy, *arguments)

    def training_batches(self, images: np.ndarray | Rows, config: TrainingConfig, first_epoch: int, steps: int) -> Any:
        """The batches of `model.batches.training_batches`, as fit takes them. steps: of each call; 1 for a strategy."""
        from vae_explorer.model.batches import training_batches
        from vae_explorer.model.shares import shared_training_batches

        if self.strategy is None:
            return training_batches(images, config, first_epoch, steps)
        return shared_training_batches(self.strategy, images, config, first_epoch)

    def evaluation_batches(self, images: np.ndarray | Rows, batch_size: int) -> Any:
        """The batches of `model.batches.evaluation_batches`, as fit takes them."""
        from vae_explorer.model.batches import evaluation_batches
        from vae_explorer.model.shares import shared_evaluation_batches

        if self.strategy is None:
            return evaluation_batches(images, batch_size)
        return shared_evaluation_batches(self.strategy, images, batch_size)


ONE = Devices()


def devices_here() -> Devices:
    """All GPUs of this machine; without a GPU the processor."""
    from vae_explorer.tensorflow_import import import_keras

    import_keras()
    import tensorflow as tf

    _growing_gpus()
    names = [device.name for device in tf.config.list_logical_devices("GPU") or tf.config.list_logical_devices("CPU")]
    return Devices(tf.distribute.MirroredStrategy(names)) if len(names) > 1 else ONE


def all_devices() -> Devices:
    """All GPUs of this machine and, if the environment names a cluster that it belongs to, those of its other hosts.

    To be called before anything else uses TensorFlow. Waits until all hosts are there. Raises UserError if the
    environment cannot be understood, or a host cannot be reached within a minute.
    """
    from vae_explorer.tensorflow_import import import_keras

    cluster = find_cluster()
    if cluster is None:
        return devices_here()
    import_keras()
    return Devices(join(cluster, len(_growing_gpus())), cluster)


def _growing_gpus() -> list[Any]:
    """The GPUs that TensorFlow sees, whose memory it allocates only as needed from now on."""
    import tensorflow as tf

    gpus: list[Any] = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        try:
            tf.config.experimental.set_memory_growth(gpu, True)
        except (RuntimeError, ValueError):  # set already, by an earlier training in this process; or the GPU is divided
            break
    return gpus


def _gpu_name(gpu: Any) -> str:
    import tensorflow as tf

    return f"GPU {tf.config.experimental.get_device_details(gpu).get('device_name', '')}".strip()
