"""The eight steps of the tour: what to try, what to see, the equation, and what each does to the window."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import SignalInstance

from vae_explorer.gui.tour import acts
from vae_explorer.gui.tour.stage import Stage


@dataclass(frozen=True, slots=True)
class Step:
    """A step. The texts are HTML."""

    title: str
    aim: str  # a thing to try
    see: str
    equation: str
    source: str  # of the equation
    prepare: Callable[[Stage], None]  # brings the window into the state in which it can be tried
    show: Callable[[Stage], None]  # does it, for those who would rather watch
    signals: Callable[[Stage], tuple[SignalInstance, ...]]  # of the window, which tell that it was tried
    trains: bool = False  # whether the two small runs are shown below the texts
    counts: Callable[..., bool] = lambda *_: True  # whether what such a signal brings is what the step is about


STEPS = (
    Step(
        "Encode",
        "Draw a digit on the pad. <i>Show me</i> puts a real one there; once more brings the handle to it.",
        "A red diamond on the map. The encoder turns your image into a place of the map, its latent code, among the "
        "images that look like it. The pad shows what the decoder makes of this code alone.",
        "q(<i>z</i>|<i>x</i>) = N(<i>z</i>; μ(<i>x</i>), diag σ²(<i>x</i>))",
        "Kingma &amp; Welling 2014, eq. 9",
        acts.open_pad, acts.put_example, acts.pad_signals,
    ),
    Step(
        "A code is a distribution",
        "Click on a point, then press <i>Animate</i> in the card on the map.",
        "The encoder does not give a point but a normal distribution: ellipses at 1 and 2 standard deviations around "
        "its mean. The card shows images decoded from samples of it. What changes among them is what the code leaves "
        "open.",
        "<i>z</i> = μ + σ ⊙ ε,&nbsp; ε ~ N(0, I)",
        "Kingma &amp; Welling 2014, section 2.4 and eq. 10",
        acts.show_posterior, acts.animate, acts.posterior_signals,
    ),
    Step(
        "Sample",
        "Press <i>Random</i> below the image several times, or the key R.",
        "The handle jumps to a <i>z</i> drawn from the prior, whose circles lie around the origin, and the decoder "
        "makes a new image of it. Most are digits. Between two classes some are not.",
        "<i>z</i> ~ p(<i>z</i>) = N(0, I),&nbsp; <i>x</i> ~ p(<i>x</i>|<i>z</i>)",
        "Kingma &amp; Welling 2014, sections 2.1 and 3",
        acts.show_prior, acts.draw, acts.random_signals,
    ),
    Step(
        "Decode",
        "Drag the handle slowly from one colour into the next. <i>Show me</i> fills the map with what is decoded "
        "everywhere.",
        "The image changes without jumps, because the decoder is a smooth function of <i>z</i>. It is the mean of "
        "p(<i>x</i>|<i>z</i>), for each pixel the probability of white; so it is blurred where several digits are "
        "possible.",
        "log p(<i>x</i>|<i>z</i>) =<br>Σ<sub>i</sub> <i>x</i><sub>i</sub> log <i>y</i><sub>i</sub> + "
        "(1 − <i>x</i><sub>i</sub>) log (1 − <i>y</i><sub>i</sub>),<br><i>y</i> = decoder(<i>z</i>)",
        "Kingma &amp; Welling 2014, eq. 11",
        acts.begin_at_border, acts.show_images, acts.move_signals,
    ),
    Step(
        "Interpolate",
        "Travel the path below the map with its slider. Then choose <i>Geodesic</i> instead of <i>Straight</i>, and "
        "compare the lengths.",
        "Equal steps in <i>z</i> are not equal steps in what you see: the image stands still, then changes at once. "
        "The geodesic takes a longer way in <i>z</i> on which the image changes less.",
        "straight: <i>z</i>(t) = (1 − t) <i>a</i> + t <i>b</i><br>"
        "geodesic: least<br>Σ<sub>i</sub> ‖decoder(<i>z</i><sub>i+1</sub>) − decoder(<i>z</i><sub>i</sub>)‖²",
        "Shao, Kumar &amp; Fletcher 2018, eq. 5",
        acts.lay_path, acts.travel, acts.path_signals,
    ),
    Step(
        "What β does",
        "Train two small VAEs of six dimensions, which differ in β alone, and look at the KL of each dimension below. "
        "Then compare them.",
        "A dimension costs β times its KL. With β&nbsp;=&nbsp;1 most are worth it. With β&nbsp;=&nbsp;10 most would "
        "save less in the reconstruction than they cost, and collapse: their posterior is the prior, their KL is 0, "
        "and they say nothing of the image. So it is blurred.",
        "ℒ = E<sub>q(z|x)</sub>[log p(<i>x</i>|<i>z</i>)]<br>"
        "&nbsp;&nbsp;&nbsp;&nbsp;− β KL(q(<i>z</i>|<i>x</i>) ‖ p(<i>z</i>))",
        "Higgins et al. 2017, eq. 4",
        acts.offer_small_runs, acts.train_or_compare, acts.small_run_signals, trains=True,
    ),
    Step(
        "Why gaps lie",
        "Drag the handle into a gap between two classes, and read the line below the image.",
        "The decoder draws something everywhere, also where no image has its code: there it is guessing. The layer "
        "shows where the codes are. The prior covers the gaps, too, so some of its samples fall into them.",
        "q(<i>z</i>) = 1/N Σ<sub>n</sub> q(<i>z</i>|<i>x</i><sub>n</sub>) ≠ p(<i>z</i>)",
        "the aggregated posterior; Hoffman &amp; Johnson 2016",
        acts.show_density, acts.go_into_gap, acts.gauge_signals, counts=acts.is_gap,
    ),
    Step(
        "What the ELBO counts",
        "Below the map, colour by <i>KL of the image</i>, then by <i>reconstruction error</i>. <i>Show me</i> opens "
        "the figures of this run.",
        "Each image is charged for what its code says (the KL) and for what the code leaves unsaid (the reconstruction "
        "loss). The negative ELBO is the sum of both in nats. It is never less than −log p(<i>x</i>); the figures show "
        "by how much.",
        "log p(<i>x</i>) ≥ E<sub>q(z|x)</sub>[log p(<i>x</i>|<i>z</i>)]<br>"
        "&nbsp;&nbsp;&nbsp;&nbsp;− KL(q(<i>z</i>|<i>x</i>) ‖ p(<i>z</i>))<br>"
        "KL = −½ Σ<sub>j</sub> (1 + log σ<sub>j</sub>² − μ<sub>j</sub>² − σ<sub>j</sub>²)",
        "Kingma &amp; Welling 2014, eq. 3 and 10",
        acts.begin_plain, acts.show_figures, acts.figure_signals,
    ),
)  # fmt: skip
