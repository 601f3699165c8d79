"""What the steps of the tour do on the window. All places are those of the built-in run."""

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPoint, QRectF, QSize, Qt, SignalInstance
from PySide6.QtGui import QAction

from vae_explorer.exploring.gauge import Judgement
from vae_explorer.gui.explorer.layers.layer import LayerState
from vae_explorer.gui.explorer.layers.posterior import PosteriorLayer
from vae_explorer.gui.tour.stage import Stage

if TYPE_CHECKING:
    from vae_explorer.gui.explorer.draw_pad import DrawPad

EXAMPLE = 3  # of the images in the run's sample
WIDE = 0.796, -0.610  # code of a held-out image whose posterior is wide
PART = QRectF(WIDE[0] - 0.28, WIDE[1] - 0.2, 0.56, 1.1)  # of the plane, so that it lies below the card with its samples
BORDER = 0.62, 0.33  # between 5 and 6
ENDS = (0.7, 0.9), (-1.2, -0.2)  # of the path
EDGE, GAP = (1.6, -0.85), (1.65, -1.35)  # at the edge of 4 and 9, and in a gap beside it: no code is within 0.11
FAINT, PALE = 0.25, 0.4  # opacity of the points over images, and over the density
NO_DATA = 2  # the level of a judgement
MARGIN = 12  # pixels from the window's edges to a dialog


# 1. Encode


def open_pad(stage: Stage) -> None:
    pad = stage.window.own.pad
    was_open, was_empty = pad is not None and pad.isVisible(), pad is None or pad.canvas.empty
    stage.arrange(at=(0, 0))
    stage.window.own.draw()

    def close() -> None:
        pad = _pad(stage)
        if was_empty and pad.canvas.pixels().tobytes() == _example(stage).tobytes():
            pad.canvas.clear()
        if not was_open:
            pad.close()

    stage.at_the_end(close)


def put_example(stage: Stage) -> None:
    pad = stage.window.own.draw()
    if pad is not None and pad.canvas.empty:
        pad.canvas.put(_example(stage), "Image")
    elif pad is not None:
        pad.handle_wanted.emit()


def pad_signals(stage: Stage) -> tuple[SignalInstance, ...]:
    return (_pad(stage).canvas.changed,)


def _pad(stage: Stage) -> "DrawPad":
    pad = stage.window.own.pad
    assert pad is not None  # the built-in run has an encoder
    return pad


def _example(stage: Stage) -> Any:
    run = stage.window.shown.run
    assert run is not None
    return run.sample.images[EXAMPLE]


# 2. A code is a distribution


def show_posterior(stage: Stage) -> None:
    stage.arrange(at=WIDE, layers=("posterior",), part=PART)
    stage.at_the_end(_posterior(stage).samples.stop)


def animate(stage: Stage) -> None:
    _posterior(stage).samples.button.setChecked(True)


def posterior_signals(stage: Stage) -> tuple[SignalInstance, ...]:
    return (_posterior(stage).samples.button.toggled,)


def _posterior(stage: Stage) -> PosteriorLayer:
    return stage.explorer.view.layers.find(PosteriorLayer)


# 3. Sample


def show_prior(stage: Stage) -> None:
    stage.arrange(at=(0, 0), layers=("prior",))


def draw(stage: Stage) -> None:
    stage.explorer.panel.random_wanted.emit()


def random_signals(stage: Stage) -> tuple[SignalInstance, ...]:
    by_key = stage.window.findChild(QAction, "randomAction")
    assert by_key is not None
    return stage.explorer.panel.random_wanted, by_key.triggered


# 4. Decode


def begin_at_border(stage: Stage) -> None:
    stage.arrange(at=BORDER)


def show_images(stage: Stage) -> None:
    stage.set("images", LayerState(on=True))
    stage.set("points", LayerState(opacity=FAINT))
    stage.done.emit()


def move_signals(stage: Stage) -> tuple[SignalInstance, ...]:
    view = stage.explorer.view
    return view.moved, view.jumped, view.picked, stage.done


# 5. Interpolate


def lay_path(stage: Stage) -> None:
    side = stage.explorer.path
    was_open = side.paths is not None and not side.paths.panel.isHidden()
    stage.arrange(at=ENDS[0])
    paths = side.open()
    assert paths is not None
    before = paths.anchors.codes, paths.kind
    paths.load(np.array(ENDS, np.float32), "straight")

    def close() -> None:
        paths.panel.pause()
        paths.load(*before)
        if not was_open:
            side.close()

    stage.at_the_end(close)


def travel(stage: Stage) -> None:
    paths = stage.explorer.path.paths
    if paths is not None and not paths.panel.playing:
        paths.panel.toggle()


def path_signals(stage: Stage) -> tuple[SignalInstance, ...]:
    paths = stage.explorer.path.paths
    assert paths is not None
    return (paths.code_wanted,)


# 6. What beta does


def offer_small_runs(stage: Stage) -> None:
    stage.arrange(at=(0, 0))
    stage.two_runs.offer()


def train_or_compare(stage: Stage) -> None:
    stage.two_runs.train_or_compare()


def small_run_signals(stage: Stage) -> tuple[SignalInstance, ...]:
    return (stage.two_runs.trained,)


# 7. Why gaps lie


def show_density(stage: Stage) -> None:
    stage.arrange(at=EDGE, layers=("density",))
    stage.set("points", LayerState(opacity=PALE))


def go_into_gap(stage: Stage) -> None:
    stage.go(*GAP)


def gauge_signals(stage: Stage) -> tuple[SignalInstance, ...]:
    return (stage.explorer.panel.gauge.judged,)


def is_gap(judgement: Judgement | None) -> bool:
    return judgement is not None and judgement.level == NO_DATA


# 8. What the ELBO counts


def begin_plain(stage: Stage) -> None:
    stage.arrange(at=(0, 0))


def show_figures(stage: Stage) -> None:
    """Beside the step, and without blocking it."""
    from vae_explorer.gui.dialogs.quality_dialog import QualityDialog

    window, run = stage.window, stage.window.shown.run
    if run is None:
        return
    dialog = window.findChild(QualityDialog) or QualityDialog(run, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.show()
    place, corner = window.geometry(), stage.explorer.mapTo(window, QPoint(0, 0))
    room = QSize(place.width() - corner.x(), place.height() - corner.y()) - QSize(MARGIN, MARGIN)
    dialog.resize(dialog.size().boundedTo(room))
    dialog.move(place.right() - dialog.width() - MARGIN, place.top() + corner.y())
    stage.done.emit()
    stage.at_the_end(lambda: [left.close() for left in window.findChildren(QualityDialog)])


def figure_signals(stage: Stage) -> tuple[SignalInstance, ...]:
    return stage.explorer.colours.wanted, stage.done
