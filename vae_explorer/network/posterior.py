"""Which outputs of an encoder are the mean, the log-variance and z, in any order.

The names of the outputs decide, else a layer that draws z, else the network itself: z differs from call to call while
the mean does not, and z is the mean + exp(log-variance / 2) * epsilon. If none of these decides, the user does.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

import numpy as np

from vae_explorer.array_types import Floats
from vae_explorer.errors import UserError

Role = Literal["z", "mean", "log_var"]
ROLES: tuple[Role, ...] = get_args(Role)
# The orders that a person may choose: of one, two and three outputs.
ORDERS: tuple[tuple[Role, ...], ...] = (
    ("mean", "log_var"), ("log_var", "mean"), ("mean", "z"), ("z", "mean"),
    ("mean", "log_var", "z"), ("z", "mean", "log_var"), ("mean", "z", "log_var"),
    ("log_var", "mean", "z"), ("z", "log_var", "mean"), ("log_var", "z", "mean"),
)  # fmt: skip
LOG_VAR = re.compile(r"var(?!iational)|sigma|std|scale|(?<![a-z])(lv|log_?v|log_?s)(?![a-z])", re.IGNORECASE)
MEAN = re.compile(r"mean|(?<![a-z])(mu|loc|avg)(?![a-z])", re.IGNORECASE)
DRAWN = re.compile(r"sampl|reparam|(?<![a-z])(z|latent|code)s?(?![a-z])", re.IGNORECASE)
DEVIATION = re.compile(r"sigma|std|scale|dev", re.IGNORECASE)
CALLS = 64  # draws of z for each image
NEAR = 2.0  # most root mean square distance of the mean of the draws from the true mean, in its standard errors
ALIKE = 0.3  # most root mean square difference of the logarithms of two standard deviations; chance alone gives 0.09


def parse_order(word: str) -> tuple[Role, ...]:
    """The roles of the outputs from words such as "z,mean,log_var". Raises UserError for others."""
    roles = tuple(role for name in word.split(",") for role in ROLES if role == name.strip().lower())
    if roles not in ORDERS or len(roles) != word.count(",") + 1:
        raise UserError(
            f"{word!r} is no order of an encoder's outputs: give one such as z,mean,log_var or log_var,mean."
        )
    return roles


def roles_of(
    names: Sequence[str],
    file: str,
    order: Sequence[Role] | None,
    drawn: Mapping[str, Sequence[str]],
    call: Callable[[], list[Floats]],
) -> tuple[str, str, str]:
    """The names of the mean and of the log-variance among two or three outputs, and a sentence on how they were found.

    The name of the log-variance is "" if there is none; the sentence is "" where the names decide. order: what the user
    chose, None: nothing. drawn: for outputs that a layer draws, the outputs that it draws them from, the mean first.
    call: runs the encoder on the same few images each time and returns its outputs (N, latent_dim). Raises UserError
    if the order is not certain.
    """
    if order is not None:
        if len(order) != len(names):
            raise UserError(
                f"The encoder {file} gives {_listed(names)}: {','.join(order)} names {len(order)} outputs, not "
                f"{len(names)}."
            )
        found: dict[str, Role] = dict(zip(names, order, strict=True))
        return _name_of(found, "mean"), _name_of(found, "log_var"), ""
    found = _by_name(names)
    if len(found) == len(names) and "mean" in found.values():
        return _name_of(found, "mean"), _name_of(found, "log_var"), ""
    by_layer = {role: name for of in drawn.values() for role, name in zip(("mean", "log_var"), of, strict=False)}
    if len(drawn) == 1 and len(by_layer) == 2:
        mean, log_var = by_layer["mean"], by_layer["log_var"]
        return mean, log_var, _said(file, mean, log_var, "the layer that draws z takes them in this order")
    calls = [call(), call()]
    if any((one != other).any() for one, other in zip(*calls, strict=True)):
        calls += [call() for _ in range(CALLS - len(calls))]
    draws = {name: np.stack([outputs[index] for outputs in calls]) for index, name in enumerate(names)}
    return _by_draws(draws, found, file)


def check_log_var(name: str, outputs: str, file: str) -> None:
    """Raise UserError if the log-variance is called like a standard deviation."""
    if DEVIATION.search(name) and "log" not in name.lower():
        raise UserError(
            f"The encoder {file} gives {outputs}: {name!r} is called like a standard deviation, but has to be the "
            "logarithm of the variance."
        )


def _by_name(names: Sequence[str]) -> dict[str, Role]:
    """The roles that names tell, without a role that two names claim; a last output has the last role."""
    found: dict[str, Role] = {}
    for name in names:
        if LOG_VAR.search(name):
            found[name] = "log_var"
        elif MEAN.search(name):
            found[name] = "mean"
        elif DRAWN.search(name):
            found[name] = "z"
    roles = list(found.values())
    found = {name: role for name, role in found.items() if roles.count(role) == 1}
    if len(names) == 2 and "log_var" in found.values():
        return {name: "log_var" if found.get(name) == "log_var" else "mean" for name in names}
    others = [name for name in names if name not in found]
    if len(names) == 3 and len(others) == 1:
        found[others[0]] = next(role for role in ROLES if role not in found.values())
    return found


def _by_draws(draws: Mapping[str, Floats], known: Mapping[str, Role], file: str) -> tuple[str, str, str]:
    """The roles from the outputs (calls, N, latent_dim) of several calls on the same images."""
    spread = {name: float(values.std(axis=0).max()) for name, values in draws.items()}
    random = [name for name, values in draws.items() if spread[name] > 1e-5 * (1 + float(np.abs(values).max()))]
    fixed = [name for name in draws if name not in random]
    if len(random) > 1:
        raise _unsettled(draws, file, f"{_listed(random)} differ from call to call")
    if not random:
        return _without_draws(draws, known, file)
    z = draws[random[0]]
    deviation = np.maximum(z.std(axis=0, ddof=1), 1e-6)
    means = [
        name for name in fixed
        if known.get(name, "mean") == "mean" and _far(z, draws[name][0], deviation) <= NEAR
    ]  # fmt: skip
    if len(means) != 1:
        what = "are both" if means else "is not" if len(fixed) == 1 else "are not"
        raise _unsettled(draws, file, f"{random[0]!r} differs from call to call, and {_listed(fixed)} {what} its mean")
    others = [name for name in fixed if name != means[0]]
    if not others:
        return means[0], "", f"The encoder {file} gives {means[0]!r} as the mean, and {random[0]!r} drawn around it."
    if not _alike(draws[others[0]][0] / 2, np.log(deviation)):
        _refuse_deviation(others[0], draws[others[0]][0], deviation, file)
        raise _unsettled(draws, file, f"{others[0]!r} is not the log-variance with which {random[0]!r} is drawn")
    return means[0], others[0], _said(file, means[0], others[0], f"{random[0]!r} is drawn with these")


def _without_draws(draws: Mapping[str, Floats], known: Mapping[str, Role], file: str) -> tuple[str, str, str]:
    """The roles where nothing is drawn: z may be the mean itself."""
    names = list(draws)
    if len(names) == 2:
        mean = next((name for name in names if known.get(name) == "mean"), names[0])
        log_var = next(name for name in names if name != mean)
        chosen = ",".join("log_var" if name == mean else "mean" for name in names)
        return mean, log_var, _said(file, mean, log_var, f"where that is wrong, choose --posterior-order {chosen}")
    pairs = [(a, b) for a in names for b in names if a < b and np.allclose(draws[a][0], draws[b][0], atol=1e-6)]
    if len(pairs) == 1:
        mean = next((name for name in names if known.get(name) == "mean"), pairs[0][0])
        log_var = next(name for name in names if name not in pairs[0])
        if known.get(log_var, "log_var") == "log_var" and mean != log_var:
            return mean, log_var, _said(file, mean, log_var, f"{pairs[0][0]!r} and {pairs[0][1]!r} are equal")
    raise _unsettled(draws, file, "none of them differs from call to call")


def _far(z: Floats, mean: Floats, deviation: Floats) -> float:
    error = np.maximum(deviation / np.sqrt(len(z)), 1e-6 * (1 + np.abs(mean)))
    return float(np.sqrt(np.mean(np.square((z.mean(axis=0) - mean) / error))))


def _alike(one: Any, other: Any) -> bool:
    return bool(np.sqrt(np.mean(np.square(one - other))) <= ALIKE)


def _refuse_deviation(name: str, values: Floats, deviation: Floats, file: str) -> None:
    if values.min() <= 0:
        return
    for what, logarithm in (("standard deviation", np.log(values)), ("variance", np.log(values) / 2)):
        if _alike(logarithm, np.log(deviation)):
            raise UserError(
                f"The encoder {file} gives {name!r} as the {what} of z: export it with the logarithm of the variance "
                "instead."
            )


def _unsettled(names: Sequence[str] | Mapping[str, Floats], file: str, why: str) -> UserError:
    first, *_, last = [",".join(order) for order in ORDERS if len(order) == len(names)]
    return UserError(
        f"The encoder {file} gives {_listed(list(names))}, and {why}: say which output is which with "
        f"--posterior-order, such as {first} or {last}."
    )


def _said(file: str, mean: str, log_var: str, why: str) -> str:
    return f"The encoder {file} gives {mean!r} as the mean and {log_var!r} as the log-variance: {why}."


def _listed(names: Sequence[str]) -> str:
    quoted = [repr(name) for name in names]
    return " and ".join([", ".join(quoted[:-1]), quoted[-1]]) if len(quoted) > 1 else quoted[0]


def _name_of(found: Mapping[str, Role], role: Role) -> str:
    return next((name for name, given in found.items() if given == role), "")
