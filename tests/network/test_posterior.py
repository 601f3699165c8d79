"""network/posterior.py: which outputs of an encoder are mean, log-variance and z."""

import itertools

import numpy as np
import pytest

from vae_explorer.errors import UserError
from vae_explorer.network.posterior import parse_order, roles_of

ORDERS = list(itertools.permutations(("z", "mean", "log_var")))


def encoder(order, names=None, log_var=lambda _, own: own, drawn_log_var=None, draws=True):
    """The names of the outputs, and a function that gives them, in this order of roles, with z drawn in each call."""
    rng = np.random.default_rng(5)
    mean = rng.normal(size=(8, 3)).astype(np.float32)
    values = {"mean": mean, "log_var": log_var(mean, rng.normal(size=(8, 3)).astype(np.float32) - 1)}
    spread = values["log_var"] if drawn_log_var is None else drawn_log_var

    def call():
        epsilon = rng.normal(size=(8, 3)) if draws else 0
        z = (mean + np.exp(spread / 2) * epsilon).astype(np.float32)
        return [z if role == "z" else values[role] for role in order]

    return list(names or [f"output_{index}" for index in range(len(order))]), call


def found(names, call, order=None, drawn=None):
    return roles_of(names, "e.onnx", order, drawn or {}, call)


@pytest.mark.parametrize("order", ORDERS)
def test_the_network_tells_the_order_where_names_do_not(order):
    names, call = encoder(order)
    mean, log_var, note = found(names, call)
    assert (mean, log_var) == (names[order.index("mean")], names[order.index("log_var")])
    assert mean in note
    assert log_var in note


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize(
    "words",
    [("z", "z_mean", "z_log_var"), ("z", "mu", "lv"), ("sample", "/fc_mu/Gemm_output_0", "logvar"), ("h", "mu", "lv")],
)  # fmt: skip
def test_names_tell_the_order(order, words):
    by_role = dict(zip(("z", "mean", "log_var"), words, strict=True))
    names = [by_role[role] for role in order]

    def call():
        raise AssertionError("names alone decide")

    assert found(names, call) == (by_role["mean"], by_role["log_var"], "")


@pytest.mark.parametrize("order", ORDERS)
def test_a_shift_of_the_mean_is_not_taken_for_the_mean(order):
    names, call = encoder(order, log_var=lambda mean, _: mean - 1)
    assert found(names, call)[:2] == (names[order.index("mean")], names[order.index("log_var")])


def test_a_spread_that_does_not_fit_is_a_question():
    names, call = encoder(("z", "mean", "log_var"), log_var=lambda mean, _: mean - 1, drawn_log_var=np.float32(0))
    with pytest.raises(UserError, match=r"'output_2' is not the log-variance.*--posterior-order"):
        found(names, call)


@pytest.mark.parametrize(("power", "word"), [(0.5, "standard deviation"), (1.0, "variance")])
def test_a_deviation_is_not_taken_for_a_log_variance(power, word):
    rng = np.random.default_rng(0)
    log_var = rng.normal(size=(8, 3)).astype(np.float32)
    names, call = encoder(
        ("mean", "z", "log_var"), log_var=lambda *_: np.exp(log_var * power), drawn_log_var=log_var
    )  # fmt: skip
    with pytest.raises(UserError, match=f"'output_2' as the {word} of z"):
        found(names, call)


def test_z_that_is_not_drawn_equals_the_mean():
    names, call = encoder(("log_var", "z", "mean"), draws=False)
    mean, log_var, _ = found(names, call)
    assert mean in names[1:]
    assert log_var == names[0]


def test_a_mean_and_a_draw_are_a_mean_alone():
    names, call = encoder(("z", "mean"))
    assert found(names, call)[:2] == ("output_1", "")


def test_two_outputs_that_nothing_tells_apart_are_said():
    names, call = encoder(("mean", "log_var"))
    mean, log_var, note = found(names, call)
    assert (mean, log_var) == ("output_0", "output_1")
    assert "--posterior-order log_var,mean" in note


def test_the_layer_that_draws_tells_the_order():
    names, call = encoder(("log_var", "z", "mean"), draws=False)
    assert found(names, call, drawn={"output_1": ("output_2", "output_0")})[:2] == ("output_2", "output_0")


def test_the_choice_comes_first():
    names, call = encoder(("z", "mean", "log_var"), ("z_mean", "z_log_var", "z"))
    assert found(names, call, ("z", "mean", "log_var")) == ("z_log_var", "z", "")
    with pytest.raises(UserError, match="names 2 outputs, not 3"):
        found(names, call, ("mean", "log_var"))


def test_orders_are_read():
    assert parse_order("z, mean,log_var") == ("z", "mean", "log_var")


@pytest.mark.parametrize("word", ["", "z", "mean,mean", "mean,log_var,x", "log_var,z"])
def test_no_order(word):
    with pytest.raises(UserError, match="no order"):
        parse_order(word)
