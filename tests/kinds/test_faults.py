"""Whatever call fails, whenever and however: one more `up` puts it right, and nothing is left over.

A small program is deployed, changed and destroyed without faults first, and every call it makes is
noted. Then each of these calls is made to fail in each way, before and after the service did what
was asked, with and without retries; the run that failed is followed by one without faults.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from agentrun_provider.errors import AgentRunError, Incomplete
from agentrun_provider.kind import State, check, plan, remove
from agentrun_provider.kinds import load

from .conftest import CODE, Stage

OWNER = "x-pulumi-0123456789"
Inputs = Callable[["Deployment"], dict[str, Any]]
Program = dict[str, tuple[str, Inputs]]


@dataclass
class Deployment:
    """What an engine does with a program of a few resources, and its state."""

    stage: Stage
    states: dict[str, State] = field(default_factory=dict)

    def up(self, program: Program) -> None:
        """Bring the service in line with the program; a failure leaves the state as it then is."""
        for name, (kind_name, inputs) in program.items():
            kind, old = load(kind_name), self.states.get(name)
            owner = f"{OWNER}-{name:x>10}"
            declared = {**inputs(self), "owner": owner}
            checked = check(kind, declared, self.stage.session, old.inputs if old else None)
            assert checked.problems == [], name
            wanted = kind.Inputs.model_validate(checked.inputs, by_name=True)
            changes = plan(kind, old.inputs, checked.inputs) if old else []
            if old is None or any(change.replaces for change in changes):
                self.states[name] = self._create(kind, wanted, checked.inputs)
                if old is not None:
                    remove(kind, self.stage.session, old)
            elif changes:
                self.states[name] = kind.update(self.stage.session, old, wanted)

    def _create(self, kind: Any, wanted: Any, inputs: dict[str, Any]) -> State:
        try:
            state: State = kind.create(self.stage.session, wanted)
        except Incomplete as half:
            # As the dynamic host does, which can't keep the id.
            kind.delete(self.stage.session, State(half.resource_id, inputs))
            raise
        return state

    def destroy(self) -> None:
        """Remove everything, last made first."""
        for name, kind_name in reversed([(n, KIND_OF[n]) for n in self.states]):
            remove(load(kind_name), self.stage.session, self.states[name])
            del self.states[name]

    def id(self, name: str) -> str:
        return self.states[name].id

    def version(self) -> str:
        return str(self.states["release"].outputs["version"])


def program(memory: int, weight: float | None, concurrency: int) -> Program:
    """A runtime with all that belongs to it."""
    return {
        "agent": ("Runtime", lambda _: {"name": "demo", "code": CODE, "memory": memory}),
        "release": (
            "RuntimeVersion",
            lambda d: {"runtime_id": d.id("agent"), "fingerprint": f"memory {memory}"},
        ),
        "production": (
            "RuntimeEndpoint",
            lambda d: {
                "runtime_id": d.id("agent"),
                "name": "production",
                "rollout": {"version": d.version(), "canary_weight": weight},
            },
        ),
        "reserved": (
            "RuntimeConcurrency",
            lambda d: {"runtime_id": d.id("agent"), "reserved_concurrency": concurrency},
        ),
    }


FIRST = program(2048, None, 5)
SECOND = program(4096, 0.1, 7)
KIND_OF = {name: kind for name, (kind, _) in FIRST.items()}
STEPS: dict[str, list[Callable[[Deployment], None]]] = {
    "create": [lambda d: d.up(FIRST)],
    "update": [lambda d: d.up(FIRST), lambda d: d.up(SECOND)],
    "destroy": [lambda d: d.up(FIRST), lambda d: d.destroy()],
}
WAYS: list[dict[str, Any]] = [
    {"kind": kind, "when": when, **more}
    for when in ("before", "after")
    for kind, more in (
        ("drop", {}),
        ("truncate", {}),
        ("status", {"status": 500}),
        ("status", {"status": 409, "code": "ERR_CONFLICT", "message": "the resource is busy"}),
        ("throttle", {}),
    )
]


def fresh(folder: Path, retries: int) -> Deployment:
    (folder / "code").mkdir(exist_ok=True)
    (folder / "code/app.py").write_text("print('hello')\n")
    return Deployment(Stage(folder, config={"agentrun:maxRetries": str(retries)}))


def holdings(stage: Stage) -> dict[str, Any]:
    """What the service holds, without ids and times."""
    found: dict[str, Any] = {}
    for name, runtime in stage.cloud.runtimes().items():
        kept = ("status", "memory", "systemTags")
        found[name] = {key: runtime.get(key) for key in kept}
        path = f"/agents/runtimes/{stage.cloud.find({'runtime': name}).id}/versions"
        versions = stage.session.client.paginate("ListAgentRuntimeVersions", path)
        found[f"{name} versions"] = [v["agentRuntimeVersion"] for v in versions]
        for endpoint, live in stage.cloud.endpoints(name).items():
            split = (live.get("routingConfiguration") or {}).get("versionWeights") or []
            found[f"{name}/{endpoint}"] = (live["targetVersion"], split, live["status"])
    found["concurrency"] = [dict(r.fields) for r in stage.cloud.records("concurrency")]
    return found


def calls_of_last_step(folder: Path, step: str) -> list[tuple[str, int]]:
    """Operations of a step's last run, each with its number among calls of the same operation."""
    deployment = fresh(folder, 0)
    *before, last = STEPS[step]
    for run in before:
        run(deployment)
    deployment.stage.operations()
    last(deployment)
    seen: dict[str, int] = {}
    numbered = []
    for operation in deployment.stage.operations():
        seen[operation] = seen.get(operation, 0) + 1
        numbered.append((operation, seen[operation]))
    return numbered


def succeeds(run: Callable[[Deployment], None], deployment: Deployment) -> bool:
    try:
        run(deployment)
    except AgentRunError:
        return False
    return True


@pytest.mark.parametrize("retries", [0, 2], ids=["no retries", "with retries"])
@pytest.mark.parametrize("step", STEPS)
def test_every_call_may_fail_in_every_way(
    tmp_path: Path, step: str, retries: int, capsys: pytest.CaptureFixture[str]
) -> None:
    clean = fresh(tmp_path, 0)
    *before, last = STEPS[step]
    for run in STEPS[step]:
        run(clean)
    expected = holdings(clean.stage)
    cases = failed = 0
    for operation, nth in calls_of_last_step(tmp_path, step):
        for way in WAYS:
            deployment = fresh(tmp_path, retries)
            for run in before:
                run(deployment)
            deployment.stage.cloud.faults.add(operation=operation, nth=nth, **way)
            told = f"{step}: {way['kind']} {way.get('status', '')} {way['when']} {operation} {nth}"
            failed += not succeeds(last, deployment)
            deployment.stage.cloud.faults.clear()
            deployment.stage.session = deployment.stage.fresh_session()
            last(deployment)
            assert holdings(deployment.stage) == expected, told
            deployment.stage.operations()
            last(deployment)
            assert deployment.stage.operations() == [], told
            cases += 1
    with capsys.disabled():
        print(f"\n{step}, {retries} retries: {cases} faults, {failed} failed runs, all put right")
    assert cases > 50
