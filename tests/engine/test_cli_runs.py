"""How a command drives a deployment: plan first, ask, perform, exit code. With a stub engine."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi_local.deployment
import pytest
from click.testing import CliRunner, Result
from pulumi_local import runs
from pulumi_local.cli import local_group
from pulumi_local.events import OnEvent, Operation, Prelude, Summary
from pulumi_local.interrupts import cancelling
from pulumi_local.state import Resource, Snapshot
from pulumi_local.values import Secret


@dataclass
class Script:
    """What the stub engine answers, and what it was asked."""

    plan_failed: bool = False
    unchanged: bool = False
    failed: bool = False
    cancelled: bool = False
    snapshot: Snapshot = field(default_factory=Snapshot)
    changes: Mapping[str, int] = field(default_factory=lambda: {"create": 1})
    asked: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


class StubDeployment:
    """Takes the place of `Deployment`: tells of an empty run and answers as scripted."""

    script: Script

    def __init__(self, *_place: object, on_event: OnEvent, **options: Any) -> None:
        self._on_event = on_event
        self.script.options = options

    def __enter__(self) -> StubDeployment:
        return self

    def __exit__(self, *_error: object) -> None:
        self.script.asked.append("close")

    def preview(self, *, refresh: bool) -> pulumi_local.deployment.Result:
        return self._answer("update", True, refresh)

    def up(self, *, refresh: bool) -> pulumi_local.deployment.Result:
        return self._answer("update", False, refresh)

    def refresh(self, *, preview: bool) -> pulumi_local.deployment.Result:
        return self._answer("refresh", preview, False)

    def destroy(self, *, preview: bool, refresh: bool) -> pulumi_local.deployment.Result:
        return self._answer("destroy", preview, refresh)

    def _answer(
        self, operation: Operation, preview: bool, refresh: bool
    ) -> pulumi_local.deployment.Result:
        words = ["preview" if preview else "perform", operation, *(["refresh"] if refresh else [])]
        self.script.asked.append(" ".join(words))
        failed = self.script.plan_failed if preview else self.script.failed
        self._on_event(Prelude("demo", "dev", operation, preview))
        self._on_event(Summary(operation, preview, self.script.changes, 1.0, failed))
        return pulumi_local.deployment.Result(
            changes=self.script.changes,
            outputs={"url": "http://x"},
            failed=failed,
            snapshot=self.script.snapshot,
            unchanged=self.script.unchanged,
            cancelled=self.script.cancelled,
        )


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    script = Script()
    monkeypatch.setattr(StubDeployment, "script", script, raising=False)
    monkeypatch.setattr(pulumi_local.deployment, "Deployment", StubDeployment)
    return script


@pytest.fixture
def invoke(tmp_path: Path) -> Callable[..., Result]:
    (tmp_path / "Pulumi.yaml").write_text("name: demo\nruntime: python\nconfig: {a: x}\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("")
    states = tmp_path / ".pulumi-state" / ".pulumi" / "stacks" / "demo"
    states.mkdir(parents=True)
    (states / "dev.json").write_text('{"version": 3, "checkpoint": {"stack": "dev"}}')

    def run(*arguments: str, stdin: str | None = None) -> Result:
        cleared = ("BACKEND_URL", "STACK", "CONFIG_PASSPHRASE", "CONFIG_PASSPHRASE_FILE")
        environ = {f"PULUMI_{name}": None for name in cleared}
        arguments = (*arguments, "--cwd", str(tmp_path))
        return CliRunner().invoke(local_group, arguments, env=environ, input=stdin)

    return run


Invoke = Callable[..., Result]


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["preview"], ["preview update"]),
        (["preview", "--refresh"], ["preview update refresh"]),
        (["up"], ["preview update", "perform update"]),
        (["up", "--refresh"], ["preview update refresh", "perform update refresh"]),
        (["up", "--skip-preview"], ["perform update"]),
        (["up", "--preview-only"], ["preview update"]),
        (["refresh"], ["preview refresh", "perform refresh"]),
        (["destroy"], ["preview destroy", "perform destroy"]),
        (["destroy", "-f", "-r"], ["perform destroy refresh"]),
    ],
)
def test_a_command_plans_and_performs_what_it_says(
    script: Script, invoke: Invoke, arguments: list[str], asked: list[str]
) -> None:
    assert invoke(*arguments).exit_code == 0
    assert script.asked == [*asked, "close"]


def test_options_reach_the_engine(script: Script, invoke: Invoke) -> None:
    invoke("up", "--parallel", "3", "--simulate", "aws", "--simulate", "gcp")
    assert script.options == {
        "parallel": 3,
        "simulate": ("aws", "gcp"),
        "recorded_config": {"demo:a": "x"},
    }


def test_an_empty_plan_is_not_performed(script: Script, invoke: Invoke) -> None:
    script.unchanged = True
    result = invoke("up")
    assert result.exit_code == 0
    assert script.asked == ["preview update", "close"]
    assert 'url: "http://x"' in result.stdout


def test_a_plan_with_errors_is_not_performed(script: Script, invoke: Invoke) -> None:
    script.plan_failed = True
    result = invoke("up")
    assert result.exit_code == 1
    assert script.asked == ["preview update", "close"]
    assert "nothing was changed" in result.stdout


def test_secrets_that_could_not_be_saved_stop_a_run_before_it_starts(
    script: Script, invoke: Invoke
) -> None:
    script.snapshot.resources = [Resource("urn", "a:b:C", outputs={"pw": Secret("x")})]
    result = invoke("up")
    assert result.exit_code == 1
    assert "passphrase must be set" in result.stderr
    assert script.asked == ["preview update", "close"]


def test_a_failed_update_fails_the_command(script: Script, invoke: Invoke) -> None:
    script.failed = True
    assert invoke("up").exit_code == 1


def test_a_cancelled_update_has_an_exit_code_of_its_own(script: Script, invoke: Invoke) -> None:
    script.failed = script.cancelled = True
    assert invoke("up", "-f").exit_code == 8


@pytest.mark.parametrize(("changes", "code"), [({"same": 3}, 0), ({"same": 1, "update": 1}, 7)])
def test_changes_can_be_declared_unexpected(
    script: Script, invoke: Invoke, changes: dict[str, int], code: int
) -> None:
    script.changes = changes
    assert invoke("preview", "--expect-no-changes").exit_code == code


@pytest.mark.parametrize(
    ("scripted", "result"), [({}, "succeeded"), ({"plan_failed": True}, "failed")]
)
def test_json_is_one_document_whatever_happens(
    script: Script, invoke: Invoke, scripted: dict[str, bool], result: str
) -> None:
    for name, value in scripted.items():
        setattr(script, name, value)
    document = json.loads(invoke("up", "--json").stdout)
    assert document["config"] == {"demo:a": "x"}
    assert document["result"] == result
    assert document["operation"] == "update"


@pytest.mark.parametrize(("answer", "performed"), [(True, True), (False, False)])
def test_a_person_is_asked_before_anything_changes(
    script: Script,
    invoke: Invoke,
    monkeypatch: pytest.MonkeyPatch,
    answer: bool,
    performed: bool,
) -> None:
    questions: list[str] = []

    def confirm(question: str) -> bool:
        questions.append(question)
        return answer

    monkeypatch.setattr(runs.click, "confirm", confirm)
    monkeypatch.setattr(runs, "_is_interactive", lambda: True)
    result = invoke("destroy")
    assert questions == ["Do you want to perform this destroy?"]
    assert ("perform destroy" in script.asked) is performed
    assert result.exit_code == (0 if performed else 8)
    questions.clear()
    invoke("destroy", "--yes")
    assert questions == []


# --- interrupts


class Target:
    """Records how it was ended."""

    def __init__(self) -> None:
        self.ended: list[str] = []
        self.told = threading.Semaphore(0)

    def cancel(self) -> None:
        self.ended.append("cancel")
        self.told.release()

    def kill(self) -> None:
        self.ended.append("kill")
        self.told.release()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_signal_cancels_and_the_second_kills(number: signal.Signals) -> None:
    target, said = Target(), list[str]()
    before = signal.getsignal(number)
    with cancelling(target, said.append):
        signal.raise_signal(number)
        assert target.told.acquire(timeout=10)
        signal.raise_signal(number)
        assert target.told.acquire(timeout=10)
    assert target.ended == ["cancel", "kill"]
    assert [text.split(":")[0] for text in said] == ["cancelling", "ending at once"]
    assert signal.getsignal(number) is before
