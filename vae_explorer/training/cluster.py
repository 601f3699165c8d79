"""Several hosts that train together: who they are, on what they have to agree, and what is said if one is lost."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from vae_explorer.errors import UserError

JOBS = ("chief", "worker")  # the jobs of TF_CONFIG that train, the chief first
JOIN_SECONDS = 60  # how long a host waits for the others when it begins
SILENT_SECONDS = 20  # after so long without a sign of life a host counts as lost
FIRST_PORT, PORTS = 20_000, 10_000  # of the trainings under SLURM: a job uses ports that follow from its number


@dataclass(frozen=True, slots=True)
class Cluster:
    """The processes that train together, one a host as a rule."""

    addresses: tuple[str, ...]  # host:port, the chief first
    index: int  # of this process

    @property
    def is_chief(self) -> bool:
        return self.index == 0

    @property
    def chief(self) -> str:
        return self.addresses[0]


def find_cluster() -> Cluster | None:
    """The cluster that the environment names: TF_CONFIG, or else the variables of a SLURM step with several tasks.

    None if it names none, or this process alone. Raises UserError for a TF_CONFIG that cannot be understood.
    """
    text = os.environ.get("TF_CONFIG", "")
    if text.strip():
        cluster = _of_tf_config(text)
    elif int(os.environ.get("SLURM_STEP_NUM_TASKS", 1)) > 1:
        cluster = _of_slurm(os.environ)
    else:
        return None
    return cluster if len(cluster.addresses) > 1 else None


def join(cluster: Cluster, gpus: int) -> Any:
    """TensorFlow's strategy for the cluster, once all its processes are there. gpus: how many this host has.

    Raises UserError if one of them cannot be reached in JOIN_SECONDS, or TensorFlow is in use already.
    """
    import tensorflow as tf
    from tensorflow.compiler.xla.tsl.protobuf.coordination_config_pb2 import CoordinatedJob
    from tensorflow.python.eager import context  # the strategy has no parameters for these times

    context.context().configure_coordination_service(
        service_type="standalone",
        service_leader="/job:worker/replica:0/task:0",
        cluster_register_timeout_in_ms=1000 * JOIN_SECONDS,
        heartbeat_timeout_in_ms=1000 * SILENT_SECONDS,
        coordinated_jobs=[CoordinatedJob(name="worker", num_tasks=len(cluster.addresses))],
    )
    # Otherwise the chief waits without a limit for a host that never comes.
    context.context().coordination_service.cluster_register_with_barrier = True
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        tf.train.ClusterSpec({"worker": cluster.addresses}),
        task_type="worker",
        task_id=cluster.index,
        num_accelerators={"GPU": gpus},
        rpc_layer="grpc",
    )
    try:
        return tf.distribute.MultiWorkerMirroredStrategy(resolver)
    except tf.errors.OpError as error:
        others = ", ".join(address for address in cluster.addresses if address != cluster.addresses[cluster.index])
        raise UserError(
            f"Not all hosts of the cluster could be reached in {JOIN_SECONDS} seconds: start the same command on all "
            f"of them at about the same time, and see that this one reaches {others}."
        ) from error
    except RuntimeError as error:
        raise UserError(
            "TensorFlow was in use before the hosts met: start the training as the first thing of a new process."
        ) from error


def agree(strategy: Any, cluster: Cluster, facts: Mapping[str, str]) -> None:
    """Wait until all hosts come here. Raises UserError on all of them if a fact differs on one of them.

    facts: what has to be the same on all hosts, by its name in words; the names are the same everywhere.
    """
    import tensorflow as tf

    digests = [hashlib.sha256(fact.encode()).digest()[:8] for fact in facts.values()]
    mine = tf.constant(np.frombuffer(b"".join(digests), np.int64)[None])
    with telling_losses(cluster):
        all_hosts = strategy.gather(tf.identity(mine), axis=0).numpy()  # (hosts, facts)
    for name, column in zip(facts, all_hosts.T, strict=True):
        if different := np.flatnonzero(column != column[0]).tolist():
            raise UserError(
                f"The {name} on {cluster.addresses[different[0]]} differ from those on {cluster.chief}: start the same "
                "command with the same images and the same version of the program on all hosts."
            )


@contextmanager
def telling_losses(cluster: Cluster | None) -> Iterator[None]:
    """Raises UserError where TensorFlow reports that another host ended or cannot be reached any more."""
    if cluster is None:
        yield
        return
    import tensorflow as tf

    errors = tf.errors
    lost = (
        errors.UnavailableError, errors.AbortedError, errors.DeadlineExceededError, errors.CancelledError,
        errors.FailedPreconditionError, errors.InternalError,
    )  # fmt: skip
    try:
        yield
    except lost as error:
        raise UserError(
            f"Another of the {len(cluster.addresses)} hosts ended or cannot be reached any more, so the training ended "
            "here, too. Start the same command on all hosts again: it resumes from the last whole epoch."
        ) from error


def _of_tf_config(text: str) -> Cluster:
    try:
        content = json.loads(text)
        jobs: dict[str, list[str]] = content.get("cluster") or {}
        if not jobs:
            return Cluster(("localhost",), 0)
        others = sorted(set(jobs) - set(JOBS))
        if others:
            raise UserError(
                f"TF_CONFIG names the job {others[0]!r}: a VAE is trained by workers, with or without a chief."
            )
        kind, number = str(content["task"]["type"]), int(content["task"]["index"])
        addresses = [(job, index, str(address)) for job in JOBS for index, address in enumerate(jobs.get(job, ()))]
        own = [place for place, (job, index, _) in enumerate(addresses) if (job, index) == (kind, number)]
        return Cluster(tuple(address for _, _, address in addresses), own[0])
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise UserError(
            "TF_CONFIG cannot be understood: it has to be JSON such as "
            '{"cluster": {"worker": ["host1:12345", "host2:12345"]}, "task": {"type": "worker", "index": 0}}, with the '
            "index of this host."
        ) from error


def _of_slurm(environment: Mapping[str, str]) -> Cluster:
    from vae_explorer.tensorflow_import import import_keras

    import_keras()
    import tensorflow as tf

    tasks = int(environment["SLURM_STEP_NUM_TASKS"])
    try:
        # Without its numbers of GPUs it needs NVIDIA's tools. A task has the GPUs that SLURM lets it see.
        resolver = tf.distribute.cluster_resolver.SlurmClusterResolver(
            port_base=FIRST_PORT + int(environment.get("SLURM_JOB_ID", 0)) % PORTS,
            gpus_per_node=tasks,
            gpus_per_task=1,
            auto_set_gpu=False,
        )
        addresses = resolver.cluster_spec().as_dict()["worker"]
        return Cluster(tuple(addresses), resolver.get_task_info()[1])
    except (RuntimeError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"The variables of SLURM cannot be understood ({error}): start the training with srun, or set TF_CONFIG."
        ) from error
