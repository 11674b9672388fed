"""The log of all calls, for tests that count them and for people who look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as the fake saw it.

    Attributes:
        service: `control`, `fc`, `oss`, ...
        operation: API operation; empty if no route matched.
        method: HTTP method.
        path: Path without query.
        query: Query string.
        status: HTTP status of the reply; 0 if the connection was dropped.
        code: Error code of the reply; empty on success.
        at: When it came, seconds since 1970.
        resource: What it was about, e.g. `runtime/demo`.
        write: Whether it was meant to change something.
        account_id: Who sent it; empty if that is not known.
        region: Region it went to.
        request_id: Request id of the reply.
        faults: Fault rules that took part.
        user_agent: What the client calls itself.
    """

    service: str
    operation: str
    method: str
    path: str
    query: str
    status: int
    code: str
    at: float
    resource: str
    write: bool
    account_id: str
    region: str
    request_id: str
    faults: tuple[str, ...] = ()
    user_agent: str = ""


class CallLog:
    """Calls in their order. Iterating gives `Call` objects.

    Args:
        capacity: Oldest calls beyond that many are forgotten; the counts keep them.
    """

    def __init__(self, capacity: int = 100_000) -> None:
        self._capacity = capacity
        self._calls: list[Call] = []
        self._counts: Counter[str] = Counter()

    def add(self, call: Call) -> None:
        """Note a call."""
        self._calls.append(call)
        self._counts[call.operation or "unknown"] += 1
        if len(self._calls) > self._capacity:
            del self._calls[: self._capacity // 10]

    def clear(self) -> None:
        """Forget all calls and counts."""
        self._calls.clear()
        self._counts.clear()

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._calls))

    def __len__(self) -> int:
        return len(self._calls)

    @property
    def writes(self) -> list[Call]:
        """The calls that were meant to change something."""
        return [call for call in self._calls if call.write]

    @property
    def operations(self) -> list[str]:
        """The operations of all calls, in their order."""
        return [call.operation for call in self._calls]

    @property
    def counts(self) -> dict[str, int]:
        """How often each operation was called."""
        return dict(self._counts)

    def count(self, operation: str) -> int:
        """How often one operation was called."""
        return self._counts[operation]

    def report(self, *, writes_only: bool = False) -> dict[str, Any]:
        """The log as JSON-able data."""
        calls = self.writes if writes_only else self._calls
        counts = Counter(call.operation or "unknown" for call in calls)
        return {
            "calls": [asdict(call) for call in calls],
            "counts": dict(counts if writes_only else self._counts),
            "total": len(calls),
        }
