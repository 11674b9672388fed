"""The faults that every operation of a kind is tried with."""

from __future__ import annotations

from typing import Any

FAULTS: list[dict[str, Any]] = [
    {"kind": "drop"},
    {"kind": "truncate"},
    {"kind": "throttle"},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 503},
    {"kind": "status", "status": 409, "code": "ERR_CONFLICT", "message": "another one runs"},
]
