"""Notes which real client did what, and holds `tests/fake/evidence.json` to it.

See `agentrun_fake.evidence` for how the evidence is written anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from agentrun_fake import evidence
from agentrun_fake.calls import Call, CallLog

TESTS = Path(__file__).parent
EVIDENCE = TESTS / "fake/evidence.json"
# The test that is named is one of the quickest that bear witness.
_PREFERRED = ("fake", "kinds", "cli")

Claims = dict[str, dict[str, str]]
_recorded: Claims = {}


@cache
def claims() -> Claims:
    """For each client the operations it was seen with, and in which test, from `tests` on."""
    found: Claims = json.loads(EVIDENCE.read_text(encoding="utf-8"))
    return found


@pytest.fixture(autouse=True)
def witness(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Notes what real clients do in a test; one that is named as a witness must still be one."""
    marker = request.node.get_closest_marker("client")
    seen: set[tuple[str, str]] = set()
    add = CallLog.add

    def noting(log: CallLog, call: Call) -> None:
        client = marker.args[0] if marker else evidence.client_of(call.service, call.user_agent)
        if client and (call.status == 101 or 200 <= call.status < 300):
            seen.add((client, f"{call.service}.{call.operation}"))
        add(log, call)

    monkeypatch.setattr(CallLog, "add", noting)
    yield
    test = request.node.nodeid.partition("tests/")[2]
    if os.environ.get("AGENTRUN_RECORD_EVIDENCE"):
        _record(test, seen)
        return
    claimed = {
        (client, operation)
        for client, operations in claims().items()
        for operation, by in operations.items()
        if by == test
    }
    assert claimed <= seen, f"no longer so: {sorted(claimed - seen)}; {evidence.HOW_TO_RECORD}"


def _record(test: str, seen: set[tuple[str, str]]) -> None:
    for client, operation in seen:
        known = _recorded.setdefault(client, {})
        if operation not in known or _rank(test) < _rank(known[operation]):
            known[operation] = test


def _rank(test: str) -> int:
    folder = test.partition("/")[0]
    return _PREFERRED.index(folder) if folder in _PREFERRED else len(_PREFERRED)


def write_evidence() -> None:
    """Write what was recorded, if anything was; folders whose tests did not run keep theirs."""
    if not _recorded:
        return
    ran = {test.partition("/")[0] for seen in _recorded.values() for test in seen.values()}
    for client, operations in claims().items():
        for operation, test in operations.items():
            if test.partition("/")[0] not in ran:
                _record(test, {(client, operation)})
    EVIDENCE.write_text(json.dumps(_recorded, indent=1, sort_keys=True) + "\n", "utf-8")
