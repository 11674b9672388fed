"""The page about the fake is current, and what it claims has witnesses."""

from __future__ import annotations

import ast
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from agentrun_fake import FakeCloud, Fault, evidence
from agentrun_fake.schema import Anything, Choice, Field, Flag, ListOf, MapOf, Number, Object, Text
from agentrun_fake.services import ALL

from ..witness import EVIDENCE, TESTS, claims

PAGE = Path(__file__).resolve().parents[2] / "docs/fake.md"


def test_the_page_is_current(tmp_path: Path) -> None:
    target = tmp_path / "new/page.md"
    subprocess.run([sys.executable, "-m", "agentrun_fake.evidence", EVIDENCE, target], check=True)
    same = target.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8")
    assert same, f"docs/fake.md is out of date; {evidence.HOW_TO_RECORD}"


def test_each_witness_is_a_test_that_exists() -> None:
    for path, name in {
        tuple(test.partition("[")[0].split("::")[:2])
        for operations in claims().values()
        for test in operations.values()
    }:
        tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_each_operation_that_was_seen_exists() -> None:
    known = {f"{service.name}.{route.operation}" for service in ALL for route in service.routes}
    assert {operation for seen in claims().values() for operation in seen} <= known


def test_the_official_sdk_is_seen_with_every_kind_of_resource() -> None:
    seen = claims()["alibabacloud-agentrun20250910"]
    control = next(service for service in ALL if service.name == "control")
    creates = {route.operation for route in control.routes if route.operation.startswith("Create")}
    assert len(creates) > 5
    assert creates <= {operation.removeprefix("control.") for operation in seen}


def test_the_provider_is_seen_with_all_that_its_kinds_need() -> None:
    seen = claims()["pulumi-agentrun"]
    assert {test.partition("/")[0] for test in seen.values()} >= {"fake", "kinds"}
    assert {
        "control.PublishRuntimeVersion",
        "control.UpdateAgentRuntimeEndpoint",
        "fc2016.GetTempBucketToken",
        "fc3.PutConcurrencyConfig",
        "oss.PutObject",
        "sls.CreateIndex",
        "sts.GetCallerIdentity",
    } <= set(seen)


def test_all_operations_and_fields_are_on_the_page() -> None:
    text = evidence.page({"some-client": {"control.CreateAgentRuntime": "somewhere"}})
    for service in ALL:
        for route in service.routes:
            assert f"| {route.operation} |" in text
    assert "| CreateAgentRuntime | `POST /agents/runtimes` | some-client |" in text
    assert "### Fields of CreateAgentRuntime, UpdateAgentRuntime\n" in text
    assert "| `cpu` | number from 0.05 to 16 | required | yes | yes |" in text
    assert "| `credentialId` | text | yes |  |  |" in text
    assert "| `environmentVariables` | map of text | yes | yes | yes |" in text


@pytest.mark.parametrize(
    ("field", "row"),
    [
        (Field("a", Text(choices=("x", "y"))), "| `a` | `x` or `y` | yes | yes | yes |"),
        (Field("a", Text("x|y")), "| `a` | text like `x\\|y` | yes | yes | yes |"),
        (
            Field("a", Text(longest=3), "C-G"),
            "| `a` | text of at most 3 characters | yes |  | yes |",
        ),
        (Field("a", Number(1, whole=True), "-U-"), "| `a` | integer from 1 |  | yes |  |"),
        (Field("a", Number(high=2)), "| `a` | number up to 2 | yes | yes | yes |"),
        (Field("a", Number()), "| `a` | number | yes | yes | yes |"),
        (Field("a", Choice((1, 2)), required=True), "| `a` | 1 or 2 | required | yes | yes |"),
        (Field("a", Flag(), "--G", required=True), "| `a` | boolean |  |  | yes |"),
        (Field("a", ListOf(ListOf(Anything()))), "| `a[][]` | any JSON | yes | yes | yes |"),
        (Field("a", MapOf(Flag())), "| `a` | map of boolean | yes | yes | yes |"),
    ],
)
def test_each_sort_of_field_has_words(field: Field, row: str) -> None:
    assert list(evidence._rows(field, "", field.flags)) == [row]


def test_nested_fields_can_do_no_more_than_what_holds_them() -> None:
    inner = Object((Field("b", Text()), Field("c", Text(), "CU-")))
    rows = evidence._rows(Field("a", ListOf(inner), "C-G"), "", "C-G")
    assert list(rows) == [
        "| `a[]` | object | yes |  | yes |",
        "| `a[].b` | text | yes |  | yes |",
        "| `a[].c` | text | yes |  |  |",
    ]


@pytest.mark.parametrize(
    ("service", "user_agent", "client"),
    [
        (
            "control",
            "AlibabaCloud (Linux; x86_64) Python/3 TeaDSL/2",
            "alibabacloud-agentrun20250910",
        ),
        ("oss", "aliyun-sdk-python/2.19.1(Linux)", "oss2"),
        ("control", "pulumi-agentrun/1.0 python/3.11", "pulumi-agentrun"),
        ("data", "AlibabaCloud (Linux)", None),
        ("control", "python-httpx/0.28", None),
    ],
)
def test_clients_are_told_by_what_they_call_themselves(
    service: str, user_agent: str, client: str | None
) -> None:
    assert evidence.client_of(service, user_agent) == client


def test_the_page_tells_the_whole_control_interface() -> None:
    page = evidence.page({})
    told = page.partition("## Control interface")[2].partition("## Not modelled")[0]
    rows = [row.partition("| ")[2].partition(" |")[0] for row in told.splitlines()]
    known = FakeCloud().admin("GET", "nothing")["known"]
    assert len(known) > 10
    for request in known:
        method, _, path = request.partition(" /_fake/")
        wanted = f"`{path}`" if path else "(nothing)"
        assert any(method in row and wanted in row for row in rows), request
    for item in fields(Fault):
        assert f"| `{item.name}` | " in told
