"""Which cluster the environment names, and trainings of several processes that stand for hosts."""

import csv
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.run.opening import open_run
from vae_explorer.training.agreement import AgreedControl
from vae_explorer.training.cluster import Cluster, find_cluster
from vae_explorer.training.events import Control

HOSTS = ["a:1", "b:1", "c:1"]


def config_of(task: str, index: int, **cluster: list[str]) -> str:
    return json.dumps({"cluster": cluster, "task": {"type": task, "index": index}})


@pytest.mark.parametrize(
    ("text", "cluster"),
    [
        (config_of("worker", 0, worker=HOSTS), Cluster(tuple(HOSTS), 0)),
        (config_of("worker", 2, worker=HOSTS), Cluster(tuple(HOSTS), 2)),
        (config_of("worker", 1, worker=HOSTS[1:], chief=HOSTS[:1]), Cluster(tuple(HOSTS), 2)),
        (config_of("chief", 0, worker=HOSTS[1:], chief=HOSTS[:1]), Cluster(tuple(HOSTS), 0)),
        (config_of("worker", 0, worker=HOSTS[:1]), None),  # this host alone
        ("{}", None),
        ("", None),
    ],
)
def test_tf_config_names_the_hosts_and_this_one(
    text: str, cluster: Cluster | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TF_CONFIG", text)
    assert find_cluster() == cluster


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("worker", "TF_CONFIG cannot be understood"),
        ("[]", "TF_CONFIG cannot be understood"),
        (json.dumps({"cluster": {"worker": HOSTS}}), "TF_CONFIG cannot be understood"),
        (config_of("worker", 3, worker=HOSTS), "TF_CONFIG cannot be understood"),
        (config_of("worker", 0, worker=HOSTS, ps=["d:1"]), "names the job 'ps'"),
    ],
)
def test_a_tf_config_that_names_no_host_is_refused(text: str, sentence: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CONFIG", text)
    with pytest.raises(UserError, match=sentence):
        find_cluster()


def test_a_step_of_slurm_names_its_hosts_in_the_order_of_its_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_CONFIG", raising=False)
    for name, value in {
        "SLURM_PROCID": "2",
        "SLURM_JOB_ID": "120042",
        "SLURM_STEP_NUM_TASKS": "3",
        "SLURM_STEP_NODELIST": "node[08-09]",
        "SLURM_STEP_TASKS_PER_NODE": "2,1",
    }.items():
        monkeypatch.setenv(name, value)
    assert find_cluster() == Cluster(("node08:20042", "node08:20043", "node09:20042"), 2)
    monkeypatch.delenv("SLURM_STEP_NODELIST")
    with pytest.raises(UserError, match="start the training with srun"):
        find_cluster()
    monkeypatch.setenv("SLURM_STEP_NUM_TASKS", "1")
    assert find_cluster() is None


class Line:
    """Stands for the steps: it brings the chief's word to all hosts."""

    def __init__(self) -> None:
        self.said = self.heard = 0

    def say(self, word: int) -> None:
        self.said = word

    def step(self) -> None:
        self.heard = self.said


def test_a_request_to_the_chief_counts_once_a_step_has_brought_it() -> None:
    own, line = Control(), Line()
    control = AgreedControl(own, line, is_chief=True)  # type: ignore[arg-type]
    own.stop()
    assert control.request == "run"  # the others do not know of it yet
    control.say()
    line.step()
    assert control.request == "stop"
    own.discard()
    control.say()
    line.step()
    assert control.request == "discard"


def test_a_pause_of_the_chief_needs_no_word_and_requests_to_others_do_not_count() -> None:
    chief, other, line = Control(), Control(), Line()
    controls = [AgreedControl(own, line, own is chief) for own in (chief, other)]  # type: ignore[arg-type]
    chief.pause()
    other.stop()
    for control in controls:
        control.say()
    line.step()
    assert [control.request for control in controls] == ["pause", "run"]


class Hosts:
    """Processes that train together, as `vae-explorer train --devices all` on hosts with TF_CONFIG set."""

    def __init__(self, words: Sequence[Sequence[str]], absent: int = 0) -> None:
        """words: the options on each host, the chief's first. absent: how many more hosts never begin."""
        ports = free_ports(len(words) + absent)
        addresses = [f"127.0.0.1:{port}" for port in ports]
        command = [sys.executable, "-m", "vae_explorer", "train", "--devices", "all"]
        self.processes = [
            subprocess.Popen(
                [*command, *options],
                env=os.environ | {"TF_CONFIG": config_of("worker", index, worker=addresses)},
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for index, options in enumerate(words)
        ]

    def wait_for(self, line: str) -> None:
        """Wait until the chief prints a line that begins so."""
        assert self.processes[0].stdout is not None
        assert any(printed.startswith(line) for printed in self.processes[0].stdout), self.end()

    def end(self, seconds: float = 300) -> list[tuple[int, str]]:
        """The exit status and stderr of each host, once all have ended. Fails if it takes longer than `seconds`."""
        until, ended = time.monotonic() + seconds, []
        try:
            for process in self.processes:
                _, errors = process.communicate(timeout=max(until - time.monotonic(), 0.1))
                ended.append((process.returncode, errors))
        finally:
            for process in self.processes:
                if process.returncode is None:
                    process.kill()
                    process.communicate()
        return ended


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def losses(folder: Path) -> np.ndarray:
    with (folder / "history.csv").open() as file:
        return np.array([[float(value) for value in row[:7]] for row in list(csv.reader(file))[1:]])


LOST = "Another of the {} hosts ended or cannot be reached any more"
long = [pytest.mark.long, pytest.mark.timeout(1200)]


class TestHosts:
    pytestmark = long

    def test_two_hosts_give_the_losses_of_one_and_the_chief_alone_writes(self, npz: Path, tmp_path: Path) -> None:
        settings = ["--dataset", str(npz), "--epochs", "3", "--batch-size", "50", "--pixels", "binarized"]
        one = tmp_path / "one"
        command = [sys.executable, "-m", "vae_explorer", "train", "--out", str(one), *settings]
        subprocess.run(command, check=True, timeout=300, capture_output=True)
        chief, other = tmp_path / "two", tmp_path / "other"
        ended = Hosts([[*settings, "--out", str(folder)] for folder in (chief, other)]).end()
        assert ended == [(0, ""), (0, "")]
        np.testing.assert_allclose(losses(chief), losses(one), rtol=0, atol=1e-4)
        np.testing.assert_allclose(open_run(chief).codes.z_mean, open_run(one).codes.z_mean, rtol=0, atol=1e-3)
        assert not other.exists()

    @pytest.mark.parametrize("victim", [0, 2])
    def test_when_one_of_three_dies_the_others_end_and_the_same_command_resumes(
        self, victim: int, npz: Path, tmp_path: Path
    ) -> None:
        settings = ["--dataset", str(npz), "--epochs", "5", "--batch-size", "16", "--out"]
        hosts = Hosts([[*settings, str(tmp_path / "killed")]] * 3)
        hosts.wait_for("epoch 2")
        hosts.processes[victim].kill()
        ended = hosts.end(seconds=60)
        for index, (status, errors) in enumerate(ended):
            assert status == (-signal.SIGKILL if index == victim else 1)
            if index != victim:
                assert LOST.format(3) in errors
                assert errors.count("\n") == 1
        ended = Hosts([[*settings, str(tmp_path / "killed")]] * 3).end()
        assert ended == [(0, "")] * 3
        assert Hosts([[*settings, str(tmp_path / "whole")]] * 3).end() == [(0, "")] * 3
        np.testing.assert_array_equal(losses(tmp_path / "killed"), losses(tmp_path / "whole"))

    def test_a_host_that_hangs_is_given_up_within_a_minute(self, npz: Path, tmp_path: Path) -> None:
        hosts = Hosts([["--dataset", str(npz), "--epochs", "100000", "--out", str(tmp_path / "r")]] * 2)
        hosts.wait_for("epoch 2")
        hosts.processes[1].send_signal(signal.SIGSTOP)
        try:
            _, errors = hosts.processes[0].communicate(timeout=60)
        finally:
            for process in hosts.processes:
                if process.returncode is None:
                    process.kill()
                    process.communicate()
        assert hosts.processes[0].returncode == 1
        assert LOST.format(2) in errors

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_the_chiefs_signal_stops_all_after_the_same_step(self, number: int, npz: Path, tmp_path: Path) -> None:
        hosts = Hosts([["--dataset", str(npz), "--epochs", "100000", "--out", str(tmp_path / "r")]] * 2)
        hosts.wait_for("epoch 2")
        hosts.processes[1].send_signal(number)  # of a host that does not decide
        hosts.wait_for("epoch 4")
        hosts.processes[0].send_signal(number)
        (chief, said), (other, heard) = hosts.end(seconds=120)
        assert (chief, other) == (0, 0)
        assert "what is learned is being saved" in said
        assert "The training stops when it is stopped on 127.0.0.1" in heard
        assert open_run(tmp_path / "r").info.status == "stopped"

    def test_hosts_that_would_train_something_else_are_refused(self, npz: Path, tmp_path: Path) -> None:
        settings = ["--dataset", str(npz), "--out", str(tmp_path / "r")]
        for status, errors in Hosts([settings, [*settings, "--seed", "1"]]).end(seconds=180):
            assert status == 1
            assert "The settings on 127.0.0.1" in errors
        assert not (tmp_path / "r").exists()

    def test_what_the_chief_is_refused_ends_the_others(self, npz: Path, tmp_path: Path) -> None:
        (tmp_path / "r").mkdir()
        (tmp_path / "r/file").touch()
        (chief, said), (other, heard) = Hosts([["--dataset", str(npz), "--out", str(tmp_path / "r")]] * 2).end(180)
        assert (chief, other) == (1, 1)
        assert "exists already" in said
        assert LOST.format(2) in heard

    def test_a_host_does_not_wait_forever_for_the_others(self, npz: Path, tmp_path: Path) -> None:
        ((status, errors),) = Hosts([["--dataset", str(npz), "--out", str(tmp_path / "r")]], absent=1).end(seconds=180)
        assert status == 1
        assert "Not all hosts of the cluster could be reached in 60 seconds" in errors
        assert errors.count("\n") == 1
