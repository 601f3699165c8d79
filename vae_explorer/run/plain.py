"""Plain data, as JSON and TOML can hold them."""

import math
from typing import Any


def finite(value: Any) -> Any:
    """Plain data as JSON can hold it, which knows no NaN and no infinity: null."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def without_none(value: Any) -> Any:
    """What TOML can hold of plain data: it knows no None."""
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    return [without_none(item) for item in value] if isinstance(value, list | tuple) else value
