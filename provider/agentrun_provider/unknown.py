"""The placeholder for a value that is not known before the deployment runs."""

from __future__ import annotations

from typing import Any, Final


class Unknown:
    """A value that only exists after another resource was made; the only one is `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


def is_known(value: object) -> bool:
    """Tell whether `value` holds no placeholder, at any depth."""
    if value is UNKNOWN:
        return False
    if isinstance(value, dict):
        return all(is_known(item) for item in value.values())
    if isinstance(value, (list, tuple)):
        return all(is_known(item) for item in value)
    return True
