"""Aliases: resources keep their identity when they are renamed or moved."""

from __future__ import annotations

from pulumi.runtime.proto import alias_pb2


def alias(**spec):
    return alias_pb2.Alias(spec=alias_pb2.Alias.Spec(**spec))


def test_a_renamed_resource_stays_the_same(stack):
    stack.up(lambda p: p.resource("old", {"size": 1}))

    result = stack.up(lambda p: p.resource("new", {"size": 1}, aliases=[alias(name="old")]))

    assert result.changes == {"same": 2}
    assert stack.resources()["new"].id == "old-1"
    assert stack.resources()["new"].aliases == []


def test_a_resource_is_found_under_a_whole_former_urn(stack):
    stack.up(lambda p: p.resource("old", {"size": 1}))
    urn = stack.resources()["old"].urn

    stack.up(lambda p: p.resource("new", {"size": 1}, alias_urns=[urn]))

    assert set(stack.resources()) == {"new"}
    assert stack.provider.changing_calls() == []


def test_the_children_of_a_renamed_component_follow_it(stack):
    def program(name, **options):
        def run(p):
            outer = p.component(name, **options)
            p.resource(f"{name}-child", {"size": 1}, parent=outer)

        return run

    stack.up(program("old"))

    result = stack.up(program("new", aliases=[alias(name="old")]))

    assert result.changes == {"same": 3}
    assert set(stack.resources()) == {"new", "new-child"}


def test_a_resource_moved_into_a_component_stays_the_same(stack):
    stack.up(lambda p: p.resource("a", {"size": 1}))

    def program(p):
        outer = p.component("outer")
        p.resource("a", {"size": 1}, parent=outer, aliases=[alias(noParent=True)])

    result = stack.up(program)

    assert result.changes == {"create": 1, "same": 2}
    assert stack.provider.changing_calls() == []


def test_references_to_a_renamed_resource_are_renamed_with_it(stack):
    def program(name, **options):
        def run(p):
            a = p.resource(name, {"size": 1}, **options)
            p.resource("b", {"from": a["arn"]}, uses={"from": a})

        return run

    stack.up(program("old"))
    stack.up(program("new", aliases=[alias(name="old")]))

    b = stack.resources()["b"]
    assert b.dependencies == [stack.resources()["new"].urn]


def test_an_update_that_stops_halfway_leaves_no_reference_to_a_former_name(stack, fault):
    def program(name, **options):
        def run(p):
            a = p.resource(name, {"size": 1}, **options)
            p.resource("x", {"size": 1})
            p.resource("b", {"from": a["arn"]}, uses={"from": a})

        return run

    stack.up(program("old"))
    stack.provider.faults["check", "x"] = fault("no")
    stack.up(program("new", aliases=[alias(name="old")]))

    assert stack.resources()["b"].dependencies == [stack.resources()["new"].urn]
    stack.backend.load_checked("proj", "dev")


def test_one_former_name_cannot_belong_to_two_resources(stack):
    stack.up(lambda p: p.resource("old", {"size": 1}))

    def program(p):
        p.resource("new", {"size": 1}, aliases=[alias(name="old")])
        p.resource("other", {"size": 1}, aliases=[alias(name="old")])

    assert stack.up(program).failed
