"""What a service answers when it refuses.

Handlers raise `ServiceError`; the service that owns the route writes it in its own envelope.
Codes whose exact text no source shows are kept in `unverified`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class ServiceError(Exception):
    """A refusal.

    Args:
        status: HTTP status.
        code: The service's error code.
        message: Text for people.
        headers: Extra headers of the reply.
        gateway: True if it comes from the vendor's gateway in front of the service, which has an
            envelope of its own (capital letters, `HostId`, `Recommend`).
        denied: Which permission is missing, for services that tell (`accessDeniedDetail`).
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        headers: tuple[tuple[str, str], ...] = (),
        *,
        gateway: bool = False,
        denied: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers
        self.gateway = gateway
        self.denied = denied


class BadControlRequest(ValueError):
    """A request to the fake's own control interface makes no sense."""


_TYPES: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "object": (dict,),
    "list": (list,),
    "None": (type(None),),
}


def check_types(values: Mapping[str, tuple[Any, Any]]) -> None:
    """Check values that came from outside.

    Args:
        values: By name the value, and its type as an annotation has it, such as `int | None`.

    Raises:
        BadControlRequest: One is of another type.
    """
    for name, (value, wanted) in values.items():
        fitting = tuple(kind for word in wanted.split(" | ") for kind in _TYPES[word])
        # True is an int to Python, and to nobody else.
        if not isinstance(value, fitting) or (isinstance(value, bool) and bool not in fitting):
            raise BadControlRequest(f"{name} must be {wanted}, not {value!r}")
