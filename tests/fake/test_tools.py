"""What is special about tools (section 10.6)."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from agentrun_fake import FakeCloud, ManualClock

from .conftest import Api, zip_bytes

PATH = "/agents/tools"
TOOL = {"toolName": "search", "toolType": "MCP", "createMethod": "MCP_REMOTE"}
PACKAGE = zip_bytes(app="pass")
PACKAGED = {
    "createMethod": "CODE_PACKAGE",
    "artifactType": "Code",
    "codeConfiguration": {
        "language": "python3.12",
        "command": ["python3", "app.py"],
        "zipFile": base64.b64encode(PACKAGE).decode(),
    },
}


def create(api: Api, **changes: Any) -> dict[str, Any]:
    return api.call("CreateTool", "POST", PATH, {**TOOL, **changes})


def test_the_settings_of_an_mcp_server_are_kept(api: Api) -> None:
    settings = {
        "sessionAffinity": "MCP_STREAMABLE",
        "proxyEnabled": True,
        "boundConfiguration": {"boundTools": [{"toolName": "t", "apis": [{"method": "GET"}]}]},
        "mcpProxyConfiguration": {"hooks": [{"event": "call", "url": "https://h", "timeout": 3}]},
    }
    assert create(api, mcpConfig=settings)["mcpConfig"] == settings


def test_a_package_is_kept_apart_from_the_fields(api: Api, cloud: FakeCloud) -> None:
    made = create(api, **PACKAGED)
    assert "zipFile" not in made["codeConfiguration"]
    record = cloud.records("tool")[0]
    assert "zipFile" not in record.fields["codeConfiguration"]
    assert cloud.store.blobs[record.internal["package"]] == PACKAGE


def test_a_package_is_returned_if_that_is_assumed(api: Api, assume: Callable[..., None]) -> None:
    assume(returns_zip=True)
    code = create(api, **PACKAGED)["codeConfiguration"]
    assert code == PACKAGED["codeConfiguration"]


def test_a_bad_package_fails_later_if_that_is_assumed(
    api: Api, assume: Callable[..., None], clock: ManualClock
) -> None:
    assume(bad_code="fail")
    code = {"language": "python3.12", "ossBucketName": "none", "ossObjectName": "a"}
    create(api, artifactType="Code", codeConfiguration=code)
    clock.advance(2)
    shown = api.call("GetTool", "GET", f"{PATH}/search")
    assert shown["status"] == "CREATE_FAILED"
    assert "bucket none does not exist" in shown["statusReason"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"artifactType": "Code"}, "codeConfiguration is required when artifactType is Code"),
        ({"artifactType": "Container"}, "containerConfiguration is required"),
        ({"protocolSpec": "{"}, "protocolSpec must be JSON text"),
        ({"codeConfiguration": {"language": "python3.12"}}, "exactly one of zipFile"),
        (
            {"codeConfiguration": {"language": "python3.12", "zipFile": "AA=="}},
            "not a valid zip archive",
        ),
        ({"createMethod": "GUESS"}, "createMethod must be one of"),
        (
            {"mcpConfig": {"mcpProxyConfiguration": {"hooks": [{"event": "call"}]}}},
            "hooks[0].url is required",
        ),
    ],
)
def test_a_bad_tool_is_refused(api: Api, change: dict[str, Any], problem: str) -> None:
    refused = api.refusal("CreateTool", "POST", PATH, {**TOOL, **change})
    assert refused[0] == 400
    assert problem in refused[2]


def test_tools_are_listed_by_type(api: Api) -> None:
    create(api, protocolSpec='{"openapi": "3.0.0"}')
    create(api, toolName="skill", toolType="SKILL")
    found = api.call("ListTools", "GET", PATH, toolType="SKILL")["items"]
    assert [item["toolName"] for item in found] == ["skill"]
