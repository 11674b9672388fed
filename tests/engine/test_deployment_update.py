"""What an update does to resources, and in which order."""

from __future__ import annotations

from pulumi_local.provider_api import InitFailed, ProviderError
from pulumi_local.values import Secret


def one(**inputs):
    return lambda program: program.resource("a", inputs)


def chain(size=1, **options):
    """Resource b is made from an output of a, and c from one of b."""

    def program(p):
        a = p.resource("a", {"size": size}, **options)
        b = p.resource("b", {"from": a["arn"]}, uses={"from": a})
        p.resource("c", {"from": b["arn"]}, uses={"from": b})

    return program


def test_a_new_resource_is_created_and_recorded(stack):
    result = stack.up(one(size=1))

    assert not result.failed
    assert result.changes == {"create": 2}
    assert stack.provider.world == {"a-1": {"size": 1}}
    recorded = stack.resources()["a"]
    assert (recorded.id, recorded.inputs) == ("a-1", {"size": 1})
    assert recorded.outputs == {"size": 1, "arn": "arn:a-1"}
    assert recorded.parent == stack.snapshot().stack_resource().urn
    assert recorded.created == recorded.modified != ""


def test_a_second_update_changes_nothing(stack):
    stack.up(chain())
    before = stack.snapshot()

    result = stack.up(chain())

    assert result.unchanged
    assert result.changes == {"same": 4}
    assert stack.provider.changing_calls() == []
    assert stack.snapshot().resources == before.resources


def test_a_changed_input_updates_in_place(stack):
    stack.up(one(size=1))

    result = stack.up(one(size=2))

    assert result.changes == {"update": 1, "same": 1}
    assert stack.provider.world == {"a-1": {"size": 2}}
    assert [(d.path, d.kind, d.old, d.new) for d in stack.step("update", "a").diff] == [
        ("size", "update", 1, 2)
    ]


def test_a_provider_that_cannot_tell_leaves_the_comparison_to_the_engine(stack):
    stack.provider.knows_diff = False
    stack.up(one(size=1))

    assert stack.up(one(size=1)).unchanged
    stack.up(one(size=1, tags={"team": "a"}))
    assert [d.path for d in stack.step("update", "a").diff] == ["tags"]


def test_a_resource_that_is_no_longer_registered_is_deleted_dependents_first(stack):
    stack.up(chain())

    result = stack.up(lambda program: None)

    assert result.changes == {"delete": 3, "same": 1}
    assert stack.provider.changing_calls() == [("delete", "c"), ("delete", "b"), ("delete", "a")]
    assert stack.resources() == {}


def test_independent_deletions_run_in_parallel(stack):
    import threading

    meeting = threading.Barrier(2, timeout=10)
    stack.up(lambda p: p.together(lambda: p.resource("a"), lambda: p.resource("b")))
    stack.provider.during = lambda op, name: meeting.wait() if op == "delete" else None

    assert not stack.destroy().failed


def test_independent_resources_are_made_in_parallel(stack):
    import threading

    meeting = threading.Barrier(3, timeout=10)
    stack.provider.during = lambda op, name: meeting.wait() if op == "create" else None

    result = stack.up(lambda p: p.together(*(lambda n=n: p.resource(n) for n in ("a", "b", "c"))))

    assert result.changes == {"create": 4}


def test_parallelism_is_bounded(stack):
    import threading

    stack.parallel = 1
    lock = threading.Lock()

    def alone(op, name):
        if op == "create":
            assert lock.acquire(blocking=False), "two at once"
            lock.release()

    stack.provider.during = alone
    names = [f"r{n}" for n in range(8)]
    result = stack.up(lambda p: p.together(*(lambda n=n: p.resource(n) for n in names)))
    assert result.changes == {"create": 9}


def test_components_are_recorded_with_their_children_and_outputs(stack):
    def program(p):
        outer = p.component("outer")
        p.resource("child", {"size": 1}, parent=outer)
        p.outputs_of(outer, url="http://x")

    stack.up(program)

    resources = stack.resources()
    assert resources["outer"].custom is False
    assert resources["outer"].outputs == {"url": "http://x"}
    assert resources["child"].urn.endswith("::my:index:Component$stub:index:Thing::child")
    assert stack.up(program).unchanged


def test_the_stack_keeps_its_outputs_if_an_update_fails(stack):
    def program(value):
        def run(p):
            p.resource("a", {"size": value})
            p.export(value=value)

        return run

    stack.up(program(1))
    assert stack.snapshot().stack_outputs() == {"value": 1}
    stack.provider.faults["update", "a"] = ProviderError("no")
    assert stack.up(program(2)).failed
    assert stack.snapshot().stack_outputs() == {"value": 1}
    stack.provider.faults.clear()
    assert stack.up(program(2)).outputs == {"value": 2}


def test_one_name_cannot_be_registered_twice(stack):
    def program(p):
        p.resource("a")
        assert not p.resource("a").ok

    result = stack.up(program)

    assert result.failed
    assert "duplicate resource URN" in stack.messages()[0]


def test_a_failed_create_leaves_no_resource_and_stops_what_comes_later(stack):
    stack.provider.faults["create", "b"] = ProviderError("quota exceeded")

    result = stack.up(chain())

    assert result.failed
    assert stack.messages() == ["quota exceeded"]
    assert stack.failed_steps() == [("create", "b")]
    assert set(stack.resources()) == {"a"}
    assert stack.snapshot().pending_operations == []
    stack.provider.faults.clear()
    assert stack.up(chain()).changes == {"create": 2, "same": 2}


def test_a_failed_update_keeps_the_old_state(stack):
    stack.up(one(size=1))
    stack.provider.faults["update", "a"] = ProviderError("no")

    assert stack.up(one(size=2)).failed
    assert stack.resources()["a"].inputs == {"size": 1}


def test_nothing_is_deleted_after_a_failure(stack):
    stack.up(lambda p: (p.resource("a"), p.resource("b")))
    stack.provider.faults["create", "c"] = ProviderError("no")

    stack.up(lambda p: (p.resource("a"), p.resource("c")))

    assert set(stack.resources()) == {"a", "b"}


def test_a_failed_program_deletes_nothing(stack):
    stack.up(one(size=1))

    def broken(p):
        raise SystemExit(1)

    result = stack.up(broken)

    assert result.failed
    assert stack.messages() == ["the program ended with exit code 1"]
    assert set(stack.resources()) == {"a"}


def test_a_resource_that_fails_to_initialize_is_kept_and_updated_next_time(stack):
    stack.provider.faults["create", "a"] = InitFailed(
        ["never became ready"], id="a-half", outputs={"size": 1}
    )

    result = stack.up(one(size=1))

    assert result.failed
    assert stack.resources()["a"].id == "a-half"
    assert stack.resources()["a"].init_errors == ["never became ready"]
    stack.provider.faults.clear()
    assert stack.up(one(size=1)).changes == {"update": 1, "same": 1}
    assert stack.resources()["a"].init_errors == []


def test_time_outs_reach_the_provider_in_seconds(stack):
    stack.up(lambda p: p.resource("a", {"size": 1}, timeouts={"create": "5m", "update": "1h30m"}))
    assert stack.provider.seen["create", "a"]["timeout"] == 300
    assert stack.resources()["a"].custom_timeouts == {"create": 300, "update": 5400}

    stack.up(lambda p: p.resource("a", {"size": 2}, timeouts={"update": "90s"}))
    assert stack.provider.seen["update", "a"]["timeout"] == 90


def test_ignored_changes_stay_as_they_were(stack):
    def program(size, color):
        inputs = {"size": size, "look": {"color": color}}
        return lambda p: p.resource("a", inputs, ignore_changes=["look.color"])

    stack.up(program(1, "red"))
    assert stack.up(program(1, "blue")).unchanged
    stack.up(program(2, "blue"))
    assert stack.provider.world["a-1"] == {"size": 2, "look": {"color": "red"}}


def test_ignoring_an_element_that_was_not_there_is_told(stack):
    stack.up(lambda p: p.resource("a", {"list": [1]}))

    stack.up(lambda p: p.resource("a", {"list": [1, 2]}, ignore_changes=["list[1]"]))

    assert any("list[1]" in text for text in stack.messages("info"))
    assert stack.provider.world["a-1"] == {"list": [1, 2]}


def test_outputs_named_as_secret_are_secret_in_the_state(stack):
    stack.up(lambda p: p.resource("a", {"size": 1}, additional_secret_outputs=["arn"]))

    assert stack.resources()["a"].outputs == {"size": 1, "arn": Secret("arn:a-1")}
    text = (stack.folder / "state/.pulumi/stacks/proj/dev.json").read_text()
    assert "arn:a-1" not in text


def test_outputs_of_secret_inputs_are_secret(stack):
    answers = []
    stack.up(lambda p: answers.append(p.resource("a", {"key": Secret("hunter2")})))

    assert stack.resources()["a"].inputs == {"key": Secret("hunter2")}
    assert answers[0]["key"] == Secret("hunter2")


def test_a_function_of_a_provider_can_be_called(stack):
    answers = []
    stack.up(lambda p: answers.append(p.invoke("stub:index:find", {"name": "x"})))
    assert answers == [{"echo": {"name": "x"}}]


def test_the_state_is_saved_after_every_step(stack):
    """What is on disk when a step starts has all steps before it, and names the step."""
    seen = []

    def look(op, name):
        if op == "create":
            snapshot = stack.snapshot()
            pending = [(p.type, p.resource.name) for p in snapshot.pending_operations]
            seen.append((name, sorted(stack.resources()), pending))

    stack.provider.during = look
    stack.up(chain())

    assert seen == [
        ("a", [], [("creating", "a")]),
        ("b", ["a"], [("creating", "b")]),
        ("c", ["a", "b"], [("creating", "c")]),
    ]
    assert stack.snapshot().pending_operations == []
