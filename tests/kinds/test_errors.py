"""What a person is told when the service fails: each sort of fault twice, to the letter."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from agentrun_fake.faults import KINDS
from agentrun_provider.errors import AgentRunError
from agentrun_provider.kind import State

from .conftest import RUNTIME, STACK, Stage

Act = Callable[[Stage, State], object]

_HOST = "agentrun.cn-hangzhou.aliyuncs.com"
_MINUTE = {"create": "60s", "update": "60s", "delete": "60s"}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

NETWORK = (
    "Check the network, the region and, if you set it, agentrun:controlEndpoint "
    "(AGENTRUN_CONTROL_ENDPOINT)"
)
NETWORK_FC = NETWORK.replace("controlEndpoint", "fcEndpoint").replace("CONTROL", "FC")
NO_REPLY = "the answer broke off: the connection is closed without a reply"
CUT = (
    "the connection broke while reading the answer: the connection is closed in the middle of the "
    "reply's body"
)
SLOW = "timed out while waiting for the answer: the read operation timed out"
THROTTLED = (
    "Throttling.User: Request was denied due to user flow control (HTTP 429, request id ID), "
    "tried 6 times. The service limits the rate of requests: run again later or with less "
    "parallelism"
)
NOT_YOU = (
    "The service failed, not your program: run again; if it lasts, give the vendor's support the "
    "request id"
)
PATIENCE = (
    "Run again to go on waiting, or allow more time with the resource's `timeouts` or "
    "agentrun:createTimeout, agentrun:updateTimeout, agentrun:deleteTimeout"
)


def create(stage: Stage, _: State) -> object:
    return stage.create("Runtime", **{**RUNTIME, "name": "other", "timeouts": _MINUTE})


def read(stage: Stage, runtime: State) -> object:
    return stage.read("Runtime", runtime)


def resize(stage: Stage, runtime: State) -> object:
    return stage.update("Runtime", runtime, **RUNTIME, memory=4096, timeouts=_MINUTE)


def delete(stage: Stage, runtime: State) -> object:
    return stage.delete("Runtime", runtime)  # type: ignore[func-returns-value]


def publish(stage: Stage, runtime: State) -> object:
    return stage.create("RuntimeVersion", runtime_id=runtime.id, fingerprint="1")


def expose(stage: Stage, runtime: State) -> object:
    owner = f"{STACK}-bbbbbbbbbb"
    made = {"runtime_id": runtime.id, "name": "prod", "owner": owner, "timeouts": _MINUTE}
    return stage.create("RuntimeEndpoint", **made)


def reserve(stage: Stage, runtime: State) -> object:
    return stage.create("RuntimeConcurrency", runtime_id=runtime.id, reserved_concurrency=5)


def log(stage: Stage, runtime: State) -> object:
    return stage.create("RuntimeLogConfig", runtime_id=runtime.id, auto=True)


@dataclass(frozen=True)
class Case:
    """A fault, what is done under it, and the line that is told; ID stands for any id.

    The fault lasts, so that retries do not hide it, unless it says something else.
    """

    fault: dict[str, Any]
    act: Act
    line: str

    @property
    def sort(self) -> str:
        kind = self.fault.get("kind", "status")
        return f"{kind} {self.fault.get('when', 'before')}" if kind == "drop" else str(kind)

    def __str__(self) -> str:
        return f"{self.sort}, {self.act.__name__}"


CASES = [
    Case(
        {
            "operation": "CreateAgentRuntime",
            "status": 400,
            "code": "ERR_VALIDATION_FAILED",
            "message": "cpu and memory\ndo not fit together.",
        },
        create,
        "CreateAgentRuntime failed: ERR_VALIDATION_FAILED: cpu and memory do not fit together "
        "(HTTP 400, request id ID)",
    ),
    Case(
        {
            "operation": "PublishRuntimeVersion",
            "status": 403,
            "code": "AccessDenied",
            "message": "no permission",
        },
        publish,
        "PublishRuntimeVersion failed: AccessDenied: no permission (HTTP 403, request id ID). "
        "Grant the RAM action agentrun:PublishRuntimeVersion to the user or role of the access key",
    ),
    Case(
        {"operation": "GetAgentRuntime", "status": 503, "code": "Busy", "message": "try later"},
        read,
        "GetAgentRuntime failed: Busy: try later (HTTP 503, request id ID), tried 6 times. "
        + NOT_YOU,
    ),
    Case(
        {"operation": "CreateLogStore", "status": 500, "code": "InternalServerError"},
        log,
        "CreateLogStore failed: InternalServerError: the service failed (a scripted fault) "
        f"(HTTP 500, request id ID), tried 6 times. {NOT_YOU}",
    ),
    Case(
        {"kind": "drop", "operation": "UpdateAgentRuntime"},
        resize,
        f"UpdateAgentRuntime got no usable answer from {_HOST}: {NO_REPLY}, tried 6 times. "
        + NETWORK,
    ),
    Case(
        {"kind": "drop", "operation": "CreateAgentRuntimeEndpoint"},
        expose,
        f"CreateAgentRuntimeEndpoint got no usable answer from {_HOST}: {NO_REPLY}, "
        f"tried 6 times. {NETWORK}",
    ),
    # What was carried out answers the repetition that it is busy, until it is at rest and the
    # next repetition is carried out, too.
    Case(
        {"kind": "drop", "when": "after", "operation": "UpdateAgentRuntime"},
        resize,
        f"Runtime demo is still UPDATING after 60 s. {PATIENCE}",
    ),
    Case(
        {"kind": "drop", "when": "after", "operation": "PutConcurrencyConfig"},
        reserve,
        "PutConcurrencyConfig got no usable answer from fcv3.cn-hangzhou.aliyuncs.com: "
        f"{NO_REPLY}, tried 6 times. {NETWORK_FC}",
    ),
    Case(
        {"kind": "delay", "delay_ms": 61_000, "operation": "GetAgentRuntime"},
        read,
        f"GetAgentRuntime got no usable answer from {_HOST}: {SLOW}, tried 6 times. {NETWORK}",
    ),
    Case(
        {"kind": "delay", "delay_ms": 61_000, "operation": "PutConcurrencyConfig"},
        reserve,
        "PutConcurrencyConfig got no usable answer from fcv3.cn-hangzhou.aliyuncs.com: "
        f"{SLOW}, tried 6 times. {NETWORK_FC}",
    ),
    Case(
        {"kind": "truncate", "operation": "GetAgentRuntime"},
        read,
        f"GetAgentRuntime got no usable answer from {_HOST}: {CUT}, tried 6 times. {NETWORK}",
    ),
    Case(
        {"kind": "truncate", "operation": "PutConcurrencyConfig"},
        reserve,
        "PutConcurrencyConfig got no usable answer from fcv3.cn-hangzhou.aliyuncs.com: "
        f"{CUT}, tried 6 times. {NETWORK_FC}",
    ),
    Case(
        {"kind": "throttle", "operation": "CreateAgentRuntime"},
        create,
        f"CreateAgentRuntime failed: {THROTTLED}",
    ),
    Case(
        {"kind": "throttle", "retry_after_ms": 5000, "operation": "DeleteAgentRuntime"},
        delete,
        f"DeleteAgentRuntime failed: {THROTTLED}",
    ),
    Case(
        {
            "kind": "create_failed",
            "operation": "CreateAgentRuntime",
            "reason": "the image can't be pulled:\n no such tag.",
        },
        create,
        "Runtime other is CREATE_FAILED: the image can't be pulled: no such tag "
        "(it was made, with id ID)",
    ),
    Case(
        {"kind": "create_failed", "operation": "CreateAgentRuntimeEndpoint", "reason": ""},
        expose,
        "RuntimeEndpoint prod is CREATE_FAILED: the service gave no reason "
        "(it was made, with id ID/ID)",
    ),
    Case(
        {"kind": "create_failed", "operation": "UpdateAgentRuntime", "reason": "unhealthy"},
        resize,
        "Runtime demo is UPDATE_FAILED: unhealthy",
    ),
    Case(
        {"kind": "create_failed", "operation": "DeleteAgentRuntime", "reason": "in use"},
        delete,
        "Runtime demo is DELETE_FAILED: in use",
    ),
    Case(
        {"kind": "stuck", "operation": "UpdateAgentRuntime"},
        resize,
        f"Runtime demo is still UPDATING after 60 s. {PATIENCE}",
    ),
    Case(
        {"kind": "stuck", "operation": "CreateAgentRuntimeEndpoint"},
        expose,
        f"RuntimeEndpoint prod is still CREATING after 60 s. {PATIENCE}",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_is_told_in_one_line(stage: Stage, runtime: State, case: Case) -> None:
    stage.cloud.faults.add(**{"times": None, **case.fault})
    with pytest.raises(AgentRunError) as failed:
        case.act(stage, runtime)
    told = _UUID.sub("ID", failed.value.one_line())
    for call in stage.cloud.calls:
        told = told.replace(call.request_id, "ID")
    assert told == case.line


def test_two_cases_of_each_sort_of_fault_are_among_them() -> None:
    sorts = Counter(case.sort for case in CASES)
    assert {sort.partition(" ")[0] for sort in sorts} == set(KINDS)
    assert {"drop before", "drop after"} <= set(sorts)
    assert min(sorts.values()) >= 2, sorts


def test_the_pauses_that_the_service_asks_for_are_kept(stage: Stage, runtime: State) -> None:
    stage.cloud.faults.add(
        kind="throttle", retry_after_ms=5000, operation="DeleteAgentRuntime", times=None
    )
    start = stage.clock.now()
    with pytest.raises(AgentRunError):
        delete(stage, runtime)
    assert stage.clock.now() - start == pytest.approx(25)


@pytest.mark.parametrize("act", [create, publish, expose], ids=lambda act: act.__name__)
def test_one_slow_reply_is_no_error_and_makes_nothing_twice(
    stage: Stage, runtime: State, act: Act
) -> None:
    for operation in ("CreateAgentRuntime*", "PublishRuntimeVersion"):
        stage.cloud.faults.add(kind="delay", when="after", delay_ms=61_000, operation=operation)
    act(stage, runtime)
    assert sum(fault["fired"] for fault in stage.cloud.faults.report()) == 1
    assert len(stage.cloud.calls.writes) == 1
