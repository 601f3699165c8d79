"""Converting plain data for JSON and TOML."""

import math
from typing import Any


def finite(value: Any) -> Any:
    """Plain data for JSON: NaN and infinity, which JSON does not have, become None."""
    if isinstance(value, dict):
        return {key: finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def without_none(value: Any) -> Any:
    """Plain data for TOML: entries of None, which TOML does not have, are left out."""
    if isinstance(value, dict):
        return {key: without_none(item) for key, item in value.items() if item is not None}
    return [without_none(item) for item in value] if isinstance(value, list | tuple) else value
