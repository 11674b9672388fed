"""Runs that are cancelled, killed, or were interrupted before."""

from __future__ import annotations

import threading

from pulumi_local.provider_api import ProviderGone
from pulumi_local.state import PendingOperation, Resource, Snapshot

TIMEOUT = 20


def many(p):
    a = p.resource("a", {"size": 1})
    p.resource("b", {"from": a["arn"]}, uses={"from": a})


def test_a_cancelled_run_finishes_what_it_began_and_starts_nothing_else(stack):
    def cancel_during(op, name):
        if (op, name) == ("create", "a"):
            stack.deployment.cancel()

    stack.provider.during = cancel_during

    result = stack.up(many)

    assert result.cancelled
    assert result.failed
    assert set(stack.resources()) == {"a"}
    assert stack.snapshot().pending_operations == []
    assert stack.messages() == []
    stack.provider.during = lambda op, name: None
    assert stack.up(many).changes == {"create": 1, "same": 2}


def test_a_cancelled_run_deletes_nothing(stack):
    stack.up(many)
    stack.provider.during = lambda op, name: stack.deployment.cancel()

    result = stack.destroy()

    assert result.cancelled
    assert len(stack.provider.changing_calls()) == 1
    assert set(stack.resources()) == {"a"}


def test_a_cancelled_refresh_keeps_the_state(stack):
    stack.up(many)
    stack.provider.world.clear()
    stack.parallel = 1
    stack.provider.during = lambda op, name: stack.deployment.cancel()

    assert stack.refresh().cancelled
    assert set(stack.resources()) == {"a", "b"}


def test_what_was_under_way_when_the_provider_vanished_stays_recorded(stack):
    stack.provider.faults["create", "a"] = ProviderGone("gone")

    assert stack.up(many).failed

    (pending,) = stack.snapshot().pending_operations
    assert (pending.type, pending.resource.name) == ("creating", "a")
    assert set(stack.resources()) == set()


def test_an_interrupted_operation_is_told_once_by_the_next_run(stack):
    urn = "urn:pulumi:dev::proj::stub:index:Thing::lost"
    lost = PendingOperation(Resource(urn, "stub:index:Thing"), "creating")
    stack.backend.save("proj", "dev", Snapshot(pending_operations=[lost]))

    assert not stack.preview(many).failed
    assert f"{urn}, interrupted while creating" in stack.messages("warning")[0]
    assert not stack.up(many).failed
    assert f"{urn}, interrupted while creating" in stack.messages("warning")[0]
    assert stack.snapshot().pending_operations == []
    stack.up(many)
    assert stack.messages("warning") == []


def test_registrations_under_way_are_finished_when_the_program_fails(stack):
    creating = threading.Event()
    failed = threading.Event()

    def slow_create(op, name):
        if op == "create":
            creating.set()
            assert failed.wait(TIMEOUT)

    stack.provider.during = slow_create

    def program(p):
        p._pool.submit(p.resource, "a", {"size": 1})
        assert creating.wait(TIMEOUT)
        failed.set()
        raise SystemExit(1)

    assert stack.up(program).failed
    assert stack.resources()["a"].id == "a-1"
