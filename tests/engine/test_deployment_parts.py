"""The small parts: property paths, time-outs, error texts, deletion order, the journal."""

from __future__ import annotations

import threading

import grpc
import pytest
from pulumi_local.dependencies import delete_in_order, dependents_in_order
from pulumi_local.diffing import difference
from pulumi_local.errors import EngineError
from pulumi_local.goals import parse_duration
from pulumi_local.journal import Journal
from pulumi_local.paths import covers, look_up, parse_path, reset
from pulumi_local.provider_api import DetailedChange, DiffResult, ProviderGone
from pulumi_local.rpc_errors import provider_error
from pulumi_local.state import Resource, Snapshot
from pulumi_local.values import Secret


def resource(name, **fields):
    return Resource(f"urn:pulumi:s::p::t:m:T::{name}", "t:m:T", **fields)


def urn(name):
    return resource(name).urn


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a", ("a",)),
        ("a.b[0].c", ("a", "b", 0, "c")),
        ('a["x.y"]["q\\"q"]', ("a", "x.y", 'q"q')),
        ("*", ("*",)),
        ("a[*].b", ("a", "*", "b")),
        ("__provider", ("__provider",)),
        ("with-dash.x", ("with-dash", "x")),
        ("[0]", (0,)),
        ("", ()),
    ],
)
def test_paths_are_taken_apart(text, path):
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["a[", "a[x]", "a]", '["a'])
def test_what_is_not_a_path_is_refused(text):
    with pytest.raises(ValueError, match="not a property path"):
        parse_path(text)


@pytest.mark.parametrize(
    ("pattern", "path", "covered"),
    [
        ("a", "a.b", True),
        ("a.b", "a", False),
        ("a[*].c", "a[3].c.d", True),
        ("*", "anything", True),
        ("a", "ab", False),
    ],
)
def test_a_pattern_covers_what_is_at_or_below_it(pattern, path, covered):
    assert covers(parse_path(pattern), parse_path(path)) is covered


def test_looking_up_keeps_what_is_secret_secret():
    values = {"a": Secret({"b": [1, 2]}), "c": 3}
    assert look_up(values, ("a", "b", 1)) == Secret(2)
    assert look_up(values, ("c",)) == 3
    assert look_up(values, ("a", "none")) is None
    assert look_up(values, ("c", "deeper")) is None


@pytest.mark.parametrize(
    ("old", "new", "path", "expected"),
    [
        ({"a": 1}, {"a": 2, "b": 3}, "a", {"a": 1, "b": 3}),
        ({"a": 1}, {}, "a", {"a": 1}),
        ({}, {"a": 1}, "a", {}),
        ({}, {"b": 1}, "a.b", {"b": 1}),
        ({"a": {"x": 1}}, {"a": {"x": 2, "y": 3}}, "a.x", {"a": {"x": 1, "y": 3}}),
        ({"a": [1, 2]}, {"a": [3, 4]}, "a[1]", {"a": [3, 2]}),
        (
            {"a": [{"x": 1}, {"x": 2}]},
            {"a": [{"x": 8}, {"x": 9}]},
            "a[*].x",
            {"a": [{"x": 1}, {"x": 2}]},
        ),
        ({"a": 1, "b": 2}, {"a": 3, "c": 4}, "*", {"a": 1, "b": 2}),
        ({"a": Secret({"x": 1})}, {"a": Secret({"x": 2})}, "a.x", {"a": Secret({"x": 1})}),
    ],
)
def test_a_path_is_set_back_to_what_it_was(old, new, path, expected):
    assert reset(old, new, parse_path(path)) == (expected, True)


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ({"a": [1]}, {"a": [1, 2]}, "a[1]"),
        ({}, {"a": {"b": 1}}, "a.b"),
        ({"a": {"b": 1}}, {}, "a.b"),
    ],
)
def test_what_cannot_be_set_back_is_left_and_said(old, new, path):
    assert reset(old, new, parse_path(path)) == (new, False)


def test_setting_back_does_not_touch_what_it_was_given():
    old, new = {"a": {"x": 1}}, {"a": {"x": 2}}
    reset(old, new, ("a", "x"))
    assert new == {"a": {"x": 2}}


def test_a_detailed_difference_takes_old_values_from_where_it_says():
    result = DiffResult(
        changes=True,
        detailed={
            "size": DetailedChange("update", in_inputs=True),
            "arn": DetailedChange("update-replace"),
        },
    )
    found = difference(result, {"size": 1}, {"size": 9, "arn": "x"}, {"size": 2})
    assert [(d.path, d.kind, d.old, d.new) for d in found.properties] == [
        ("arn", "update-replace", "x", None),
        ("size", "update", 1, 2),
    ]
    assert found.reasons == ["arn"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("1h30m", 5400), ("1.5s", 1.5), ("100ms", 0.1), ("0", 0)],
)
def test_durations_are_read(text, seconds):
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["5", "m", "5 m", "5x", "5m!", "-5m"])
def test_what_is_not_a_duration_is_refused(text):
    with pytest.raises(EngineError, match="not a time-out"):
        parse_duration(text)


class Failed(grpc.RpcError):
    """A failed call."""

    def __init__(self, details, code=grpc.StatusCode.UNKNOWN):
        self._details, self._code = details, code

    def details(self):
        return self._details

    def code(self):
        return self._code

    def trailing_metadata(self):
        return ()


TRACE = """Traceback (most recent call last):
  File "/x/first.py", line 1, in f
KeyError: 'x'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/x/second.py", line 2, in g
    raise ApiError("no")
              ^^^^
some.module.ApiError: quota exceeded
ask for more
"""


@pytest.mark.parametrize(
    ("details", "message"),
    [
        (TRACE, "quota exceeded\nask for more"),
        ("Traceback (most recent call last):\n  File\nKeyboardInterrupt\n", "KeyboardInterrupt"),
        ("Exception calling application: no", "no"),
        ("plain", "plain"),
        ("", "UNKNOWN"),
        (None, "UNKNOWN"),
    ],
)
def test_the_user_gets_the_message_of_an_exception_and_no_trace(details, message):
    error = provider_error(Failed(details))
    assert str(error) == message
    assert error.detail == (details or "")


def test_a_provider_that_vanished_is_told_apart():
    error = provider_error(Failed("socket closed", grpc.StatusCode.UNAVAILABLE))
    assert isinstance(error, ProviderGone)


def test_everything_is_deleted_after_what_needs_it():
    a = resource("a")
    b = resource("b", dependencies=[urn("a")])
    c = resource("c", property_dependencies={"x": [urn("b")]})
    d = resource("d", parent=urn("c"), deleted_with=urn("a"))
    order = []
    delete_in_order([a, b, c, d], lambda r: order.append(r.name), workers=4)
    assert order == ["d", "c", "b", "a"]


def test_old_and_new_under_one_name_do_not_block_each_other():
    """The program has turned a dependency round, and the old ones are still to be deleted."""
    new_a, new_c = resource("a"), resource("c", dependencies=[urn("a")])
    old_c = resource("c", delete=True)
    old_a = resource("a", delete=True, dependencies=[urn("c")])
    done = []
    delete_in_order([new_a, new_c, old_c, old_a], lambda r: done.append(r.id), workers=2)
    assert len(done) == 4


def test_an_unexpected_error_in_a_deletion_comes_out():
    def fail(_resource):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        delete_in_order([resource("a")], fail, workers=1)


def test_nothing_to_delete_is_done_at_once():
    delete_in_order([], lambda r: None, workers=1)


def test_dependents_include_those_through_parents_and_providers():
    provider = Resource("urn:pulumi:s::p::pulumi:providers:x::mine", "pulumi:providers:x", id="1")
    a = resource("a", provider=f"{provider.urn}::1")
    child = resource("child", parent=a.urn)
    other = resource("other")
    found = dependents_in_order(provider, [provider, a, other, child])
    assert [r.name for r in found] == ["a", "child"]


def test_threads_that_save_at_once_share_writes_and_lose_nothing():
    saved = []
    first_write, go_on = threading.Event(), threading.Event()

    def save(snapshot):
        first_write.set()
        assert go_on.wait(10)
        saved.append([r.name for r in snapshot.resources])

    journal = Journal(Snapshot(), save)

    def record(name):
        journal.add(resource(name))
        journal.save()

    threads = [threading.Thread(target=record, args=("r0",))]
    threads[0].start()
    assert first_write.wait(10)
    for number in range(1, 6):
        journal.add(resource(f"r{number}"))
        threads.append(threading.Thread(target=journal.save))
        threads[-1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert saved[0] == ["r0"]
    assert saved[-1] == [f"r{n}" for n in range(6)]
    assert len(saved) < 6


def test_a_state_in_memory_does_not_change_the_one_it_began_from():
    base = Snapshot([resource("a")])
    journal = Journal(base, None)
    journal.change(journal.old_resources[0], delete=True)
    assert not base.resources[0].delete
