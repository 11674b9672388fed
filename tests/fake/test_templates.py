"""What is special about sandbox templates (section 10.5)."""

from __future__ import annotations

from typing import Any

import pytest
from agentrun_fake import ManualClock

from .conftest import Api

PATH = "/templates"
TEMPLATE = {
    "templateName": "box",
    "templateType": "CodeInterpreter",
    "cpu": 2,
    "memory": 4096,
    "networkConfiguration": {"networkMode": "PUBLIC"},
}


def create(api: Api, **changes: Any) -> dict[str, Any]:
    return api.call("CreateTemplate", "POST", PATH, {**TEMPLATE, **changes})


def get(api: Api) -> dict[str, Any]:
    return api.call("GetTemplate", "GET", f"{PATH}/box")


def test_some_fields_come_back_in_another_form_or_not_at_all(api: Api, clock: ManualClock) -> None:
    create(
        api,
        description="d",
        sandboxIdleTimeoutInSeconds=1800,
        sandboxTTLInSeconds=21600,
        scalingConfig={"minInstances": 2},
        armsConfiguration={"enableArms": True},
        templateConfiguration={"a": {"b": [1, None]}},
        ossConfiguration=[{"bucketName": "b", "mountPoint": "/mnt", "prefix": "p"}],
    )
    shown = get(api)
    assert not {"description", "scalingConfig", "armsConfiguration"} & set(shown)
    assert shown["sandboxIdleTimeoutInSeconds"] == "1800"
    assert shown["sandboxTTLInSeconds"] == "21600"
    assert shown["templateConfiguration"] == {"a": {"b": [1, None]}}
    arn = f"acs:agentrun:cn-hangzhou:1234567890123456:templates/{shown['templateId']}"
    assert (shown["templateArn"], shown["templateVersion"]) == (arn, "LATEST")
    assert shown["scalingStatus"]["currentInstances"] == 0
    clock.advance(2)
    assert get(api)["scalingStatus"]["currentInstances"] == 2


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (
            {"templateType": "AllInOne", "diskSize": 512},
            "diskSize must be 10240 when templateType is AllInOne",
        ),
        ({"templateType": "CustomImage"}, "containerConfiguration is required when templateType"),
        ({"diskSize": 1}, "diskSize must be 512 or 10240, not 1"),
        ({"ossConfiguration": [{"bucketName": "b", "prefix": "p"}]}, "mountPoint is required"),
        ({"cpu": None}, "CPU is required"),
    ],
)
def test_a_bad_template_is_refused(api: Api, change: dict[str, Any], problem: str) -> None:
    refused = api.refusal("CreateTemplate", "POST", PATH, {**TEMPLATE, **change})
    assert refused[0] == 400
    assert problem in refused[2]


def test_its_mcp_server_is_switched_on_and_off(api: Api) -> None:
    before = create(api)
    options = {"enabledTools": ["run_code"], "transport": "streamable-http"}
    activate = ("ActivateTemplateMCP", "PATCH", f"{PATH}/box/mcp/activate")
    stop = ("StopTemplateMCP", "PATCH", f"{PATH}/box/mcp/stop")
    active = api.call(*activate, options)
    assert active["mcpOptions"] == options
    assert active["mcpState"]["accessEndpoint"].endswith("/templates/box/mcp")
    assert active["lastUpdatedAt"] > before["lastUpdatedAt"]
    assert get(api)["mcpState"]["status"] == "READY"
    stopped = api.call(*stop)
    assert not {"mcpOptions", "mcpState"} & set(stopped)
    assert api.call(*stop)["templateName"] == "box"
    assert api.call(*activate, {})["mcpOptions"] == {}
    assert api.refusal(*activate, {"enabledTools": "all"})[2] == "enabledTools must be a list"
    assert api.refusal("StopTemplateMCP", "PATCH", f"{PATH}/other/mcp/stop")[0] == 404


def test_templates_are_filtered_by_type_and_name(api: Api) -> None:
    create(api)
    create(api, templateName="web", templateType="Browser")

    def names(**query: str) -> list[str]:
        found = api.call("ListTemplates", "GET", PATH, **query)["items"]
        return [item["templateName"] for item in found]

    assert names(templateType="Browser") == ["web"]
    assert names(templateName="bo") == ["box"]
