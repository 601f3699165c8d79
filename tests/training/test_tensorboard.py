"""The log for TensorBoard, read back by TensorBoard's own reader."""

import os
from pathlib import Path

import pytest

from tests.training.test_resume import CONFIG, cut_off
from vae_explorer.data.dataset import Dataset
from vae_explorer.errors import UserError
from vae_explorer.run.places import TENSORBOARD
from vae_explorer.training import tensorboard as tensorboard_log
from vae_explorer.training.events import BatchProgress, Control, EpochEnded, Event, Warned
from vae_explorer.training.start import resume, train
from vae_explorer.training.tensorboard import check_tensorboard, log_place

pytest.importorskip("tensorboard")


def read(folder: Path, name: str) -> list[tuple[int, float]]:
    """Steps and values of a scalar. If a step was written twice, the later value."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    log = EventAccumulator(str(folder))
    log.Reload()
    return sorted({event.step: float(make_ndarray(event.tensor_proto)) for event in log.Tensors(name)}.items())


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_it_has_every_whole_epoch_in_nats_also_after_a_resume(digits: Dataset, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    cut_off(CONFIG, digits, folder, 2, tensorboard=True)
    run = resume(folder, digits)
    assert run is not None
    for part, prefix in (("train", ""), ("validation", "val_")):
        for name in ("loss", "reconstruction_loss", "kl_loss"):
            found = read(folder / TENSORBOARD / part, f"epoch_{name}")
            assert [step for step, _ in found] == [0, 1, 2, 3]
            wanted = [getattr(record, prefix + name) for record in run.history]
            assert [value for _, value in found] == pytest.approx(wanted, rel=1e-6)
    rates = [value for _, value in read(folder / TENSORBOARD / "train", "epoch_learning_rate")]
    assert rates == pytest.approx([record.learning_rate for record in run.history], abs=1e-9)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_epoch_that_is_stopped_is_not_in_it(digits: Dataset, tmp_path: Path) -> None:
    control = Control()

    def stop(event: Event) -> None:
        if isinstance(event, BatchProgress) and event.epoch == 2:
            control.stop()

    run = train(CONFIG, digits, tmp_path / "run", stop, control, tensorboard=tmp_path / "logs")
    assert run is not None
    assert not (run.folder / TENSORBOARD).exists()
    steps = [step for step, _ in read(tmp_path / "logs/run/train", "epoch_loss")]
    assert steps == [record.epoch - 1 for record in run.history]


@pytest.mark.long
def test_a_log_that_cannot_be_written_costs_no_training(digits: Dataset, tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("no folder")
    events: list[Event] = []
    run = train(CONFIG, digits, tmp_path / "run", events.append, tensorboard=tmp_path / "logs")
    assert run is not None
    assert len([event for event in events if isinstance(event, EpochEnded)]) == CONFIG.epochs
    [warned] = [event for event in events if isinstance(event, Warned)]
    assert "The log for TensorBoard" in warned.text


def test_where_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert log_place(False, tmp_path / "run") == ""
    assert log_place(True, tmp_path / "run") == TENSORBOARD
    assert log_place(Path("logs"), tmp_path / "run") == os.fspath(tmp_path / "logs" / "run")


def test_without_tensorboard_it_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tensorboard_log, "find_spec", lambda _name: None)
    with pytest.raises(UserError, match="pip install tensorboard"):
        check_tensorboard()
