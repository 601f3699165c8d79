"""Earlier runs under the losses: which are offered, and their labels."""

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from vae_explorer.gui.parts.settings import open_settings, remember_run
from vae_explorer.gui.training.run_comparison import Present, RunComparison, label, reference
from vae_explorer.run.opening import open_run
from vae_explorer.run.places import BUILTIN, find_run
from vae_explorer.run.run import Run


@pytest.fixture
def comparison(qtbot: QtBot, tiny_run: Run) -> RunComparison:
    settings = open_settings()
    remember_run(settings, tiny_run.folder)
    settings.sync()
    comparison = RunComparison()
    qtbot.addWidget(comparison)
    comparison.show()
    comparison.menu().popup(comparison.mapToGlobal(comparison.rect().bottomLeft()))
    return comparison


def choose(qtbot: QtBot, comparison: RunComparison, index: int) -> None:
    menu = comparison.menu()
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(menu.actions()[index]).center())


def test_recent_runs_and_the_built_in_one_are_offered(comparison: RunComparison, tiny_run: Run) -> None:
    names = [action.text().partition(" (")[0] for action in comparison.menu().actions()]
    assert names == [tiny_run.info.name, open_run(find_run(BUILTIN)).info.name]


def test_a_run_is_not_offered_to_be_compared_with_itself(
    qtbot: QtBot, comparison: RunComparison, tiny_run: Run
) -> None:
    seen: list[list] = []
    comparison.changed.connect(seen.append)
    choose(qtbot, comparison, 0)
    qtbot.waitUntil(lambda: bool(seen) and len(seen[-1]) == 1, timeout=20_000)
    comparison.menu().close()
    info = tiny_run.info
    comparison.set_present(Present(info.dataset, info.beta, folder=tiny_run.folder))
    assert seen[-1] == []
    comparison.menu().popup(comparison.mapToGlobal(comparison.rect().bottomLeft()))
    assert not [action for action in comparison.menu().actions() if action.text().startswith(info.name)]
    comparison.menu().close()


def test_any_number_of_runs_is_chosen_with_the_menu_staying_open(qtbot: QtBot, comparison: RunComparison) -> None:
    seen: list[list] = []
    comparison.changed.connect(seen.append)
    choose(qtbot, comparison, 0)
    choose(qtbot, comparison, 1)
    assert comparison.menu().isVisible()
    qtbot.waitUntil(lambda: bool(seen) and len(seen[-1]) == 2, timeout=20_000)
    choose(qtbot, comparison, 0)
    assert len(seen[-1]) == 1
    comparison.menu().close()


def test_a_damaged_run_is_reported_and_left_out(
    qtbot: QtBot, comparison: RunComparison, tiny_run: Run, tmp_path
) -> None:
    import shutil

    shutil.copytree(tiny_run.folder, tmp_path / "damaged")
    (tmp_path / "damaged" / "history.csv").write_text("nothing")
    remember_run(open_settings(), tmp_path / "damaged")
    comparison.menu().close()
    comparison.menu().popup(comparison.mapToGlobal(comparison.rect().bottomLeft()))
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    with qtbot.waitSignal(comparison.errored, timeout=20_000) as errored:
        choose(qtbot, comparison, 0)
    assert "history.csv" in errored.args[0]
    assert not comparison._chosen
    comparison.menu().close()


def test_its_label_names_what_keeps_a_run_from_being_compared(tiny_run: Run) -> None:
    info, same = tiny_run.info, Present(tiny_run.info.dataset, tiny_run.info.origin.beta)
    other = replace(same.dataset, fingerprint="0" * 64)
    assert label(info, None) == label(info, same) == info.name
    assert label(info, Present(other, same.beta)) == f"{info.name} (other data)"
    assert label(info, Present(same.dataset, 4.0)) == f"{info.name} (beta 1)"
    binarized = replace(info, origin=replace(info.origin, pixels="binarized"))
    assert label(binarized, same) == f"{info.name} (binarized pixels)"
    assert label(binarized, replace(same, pixels="binarized")) == info.name
    assert label(info, replace(same, pixels="binarized")) == f"{info.name} (grey pixels)"
    colour = replace(info, dataset=replace(info.dataset, image_shape=(28, 28, 3)))
    assert label(colour, replace(same, pixels="binarized")) == f"{info.name} (colour pixels)"
    gaussian = replace(info, likelihood="gaussian", sigma=0.1)
    assert label(gaussian, None) == info.name
    assert label(gaussian, same) == f"{info.name} (likelihood gaussian)"
    assert label(gaussian, replace(same, likelihood="gaussian")) == info.name
    assert label(info, replace(same, likelihood="gaussian")) == f"{info.name} (likelihood bernoulli)"


def test_of_another_likelihood_the_kl_alone_is_compared(tiny_run: Run) -> None:
    present = Present(tiny_run.info.dataset, tiny_run.info.origin.beta, likelihood="gaussian")
    losses = reference(tiny_run, present).losses
    assert np.isnan(losses[:, :2]).all()
    np.testing.assert_allclose(losses[:, 2], [record.val_kl_loss for record in tiny_run.history])


def test_a_run_of_other_pixels_is_not_laid_underneath(qtbot: QtBot, comparison: RunComparison, tiny_run: Run) -> None:
    seen: list[list] = []
    comparison.changed.connect(seen.append)
    choose(qtbot, comparison, 0)
    qtbot.waitUntil(lambda: bool(seen) and len(seen[-1]) == 1, timeout=20_000)
    comparison.menu().close()
    comparison.set_present(Present(tiny_run.info.dataset, tiny_run.info.origin.beta, "binarized"))
    assert seen[-1] == []
    comparison.menu().popup(comparison.mapToGlobal(comparison.rect().bottomLeft()))
    assert not comparison.menu().actions()[0].isEnabled()
    comparison.menu().close()
    comparison.set_present(Present(tiny_run.info.dataset, tiny_run.info.origin.beta))
    assert len(seen[-1]) == 1


def test_the_loss_of_another_beta_is_not_compared(tiny_run: Run) -> None:
    same = reference(tiny_run, Present(tiny_run.info.dataset, tiny_run.info.origin.beta))
    other = reference(tiny_run, Present(tiny_run.info.dataset, 4.0))
    np.testing.assert_allclose(same.losses[:, 0], [record.val_loss for record in tiny_run.history])
    assert np.isnan(other.losses[:, 0]).all()
    np.testing.assert_array_equal(other.losses[:, 1:], same.losses[:, 1:])


def test_its_epochs_are_as_long_as_its_own_steps(tiny_run: Run) -> None:
    found = reference(tiny_run, None)
    assert found.steps_per_epoch * len(found.epochs) == tiny_run.info.steps
