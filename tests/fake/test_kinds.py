"""What the kinds of section 10 have in common, asked of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from agentrun_fake import FakeCloud, ManualClock

from .conftest import Api


@dataclass(frozen=True)
class Kind:
    """One kind: its words, a body that creates it and one that changes it."""

    kind: str
    noun: str
    plural: str
    path: str
    name_field: str
    id_field: str
    body: dict[str, Any]
    change: dict[str, Any]
    fixed: dict[str, Any]
    missing: str
    lasting: bool = True
    updated: str = "lastUpdatedAt"
    name: str = "demo"
    query: str = ""
    status_of_exists: int = 409

    def __str__(self) -> str:
        return self.kind


KINDS = [
    Kind(
        "model_service",
        "ModelService",
        "ModelServices",
        "/agents/model-services",
        "modelServiceName",
        "modelServiceId",
        {"modelType": "llm", "provider": "tongyi", "providerSettings": {"baseUrl": "https://m"}},
        {"providerSettings": {"modelNames": ["qwen-max"]}},
        {"provider": "other"},
        "ProviderSettings",
        query="modelType=llm",
    ),
    Kind(
        "model_proxy",
        "ModelProxy",
        "ModelProxies",
        "/agents/model-proxies",
        "modelProxyName",
        "modelProxyId",
        {
            "cpu": 1,
            "memory": 2048,
            "proxyMode": "single",
            "proxyConfig": {"endpoints": [{"modelServiceName": "m", "weight": 100}]},
        },
        {"proxyConfig": {"endpoints": [{"modelServiceName": "n", "weight": 1}]}},
        {"cpu": 2},
        "ProxyConfig",
        status_of_exists=500,
    ),
    Kind(
        "template",
        "Template",
        "Templates",
        "/templates",
        "templateName",
        "templateId",
        {
            "templateType": "Browser",
            "cpu": 2,
            "memory": 4096,
            "networkConfiguration": {"networkMode": "PUBLIC"},
        },
        {"memory": 8192},
        {"diskSize": 10240},
        "NetworkConfiguration",
    ),
    Kind(
        "tool",
        "Tool",
        "Tools",
        "/agents/tools",
        "toolName",
        "toolId",
        {"toolType": "MCP", "createMethod": "MCP_REMOTE"},
        {"mcpConfig": {"sessionAffinity": "MCP_SSE"}},
        {"toolType": "SKILL"},
        "CreateMethod",
        updated="updatedAt",
    ),
    Kind(
        "memory_collection",
        "MemoryCollection",
        "MemoryCollections",
        "/agents/memory-collections",
        "memoryCollectionName",
        "memoryCollectionId",
        {"llmConfig": {"modelServiceName": "m", "config": {"model": "qwen-max"}}},
        {"enableConversationHistory": True},
        {"type": "other"},
        "MemoryCollectionName",
        lasting=False,
    ),
    Kind(
        "knowledge_base",
        "KnowledgeBase",
        "KnowledgeBases",
        "/agents/knowledgebases",
        "knowledgeBaseName",
        "knowledgeBaseId",
        {"provider": "bailian", "providerSettings": {"workspaceId": "w", "indexIds": ["i"]}},
        {"retrieveSettings": {"topK": 3}},
        {"provider": "ots"},
        "ProviderSettings",
        lasting=False,
    ),
    Kind(
        "custom_domain",
        "CustomDomain",
        "CustomDomains",
        "/agents/custom-domains",
        "domainName",
        "",
        {"protocol": "HTTP", "domainType": "STANDARD"},
        {"routeConfig": {"routes": [{"path": "/*", "resourceName": "demo"}]}},
        {"domainType": "SANDBOX"},
        "Protocol",
        lasting=False,
        updated="updatedAt",
        name="agents.example.com",
    ),
]
LASTING = [kind for kind in KINDS if kind.lasting]
IN_WORKSPACES = [kind for kind in KINDS if kind.kind != "custom_domain"]


@pytest.fixture(params=KINDS, ids=str)
def kind(request: pytest.FixtureRequest) -> Kind:
    found: Kind = request.param
    return found


class Calls:
    """The five operations of a kind."""

    def __init__(self, api: Api, kind: Kind) -> None:
        self.api, self.kind = api, kind

    def creation(self, name: str = "", **changes: Any) -> tuple[str, str, str, Any]:
        kind = self.kind
        body = {kind.name_field: name or kind.name, **kind.body, **changes}
        kept = {key: value for key, value in body.items() if value is not None}
        return f"Create{kind.noun}", "POST", kind.path, kept

    def create(self, name: str = "", **changes: Any) -> dict[str, Any]:
        return self.api.call(*self.creation(name, **changes))

    def one(self, verb: str, method: str, body: Any = None) -> tuple[str, str, str, Any]:
        path = f"{self.kind.path}/{quote(self.kind.name, safe='')}"
        return f"{verb}{self.kind.noun}", method, path, body

    def get(self) -> dict[str, Any]:
        return self.api.call(*self.one("Get", "GET"))

    def update(self, **body: Any) -> dict[str, Any]:
        return self.api.call(*self.one("Update", "PUT", body))

    def delete(self) -> dict[str, Any]:
        return self.api.call(*self.one("Delete", "DELETE"))

    def list(self, **query: Any) -> dict[str, Any]:
        known = dict(part.split("=") for part in self.kind.query.split("&") if part)
        listing = (f"List{self.kind.plural}", "GET", self.kind.path)
        return self.api.call(*listing, **{**known, **query})


@pytest.fixture
def calls(api: Api, kind: Kind) -> Calls:
    return Calls(api, kind)


def test_it_lives(calls: Calls, kind: Kind, clock: ManualClock, cloud: FakeCloud) -> None:
    made = calls.create(description="d")
    assert made["createdAt"] == made[kind.updated]
    assert made.get("status") == ("CREATING" if kind.lasting else None)
    assert (kind.id_field in made) == bool(kind.id_field)
    clock.advance(2)
    shown = calls.get()
    assert shown.get("status") == ("READY" if kind.lasting else None)
    assert {**kind.body, kind.name_field: kind.name}.items() <= shown.items()
    changed = calls.update(**kind.change)
    assert changed.get("status") == ("UPDATING" if kind.lasting else None)
    clock.advance(2)
    shown = calls.get()
    assert {**kind.body, **kind.change}.items() <= shown.items()
    assert shown[kind.updated] > shown["createdAt"]
    assert calls.list()["items"] == [shown]
    gone = calls.delete()
    assert gone[kind.name_field] == kind.name
    assert gone.get("status") == ("DELETING" if kind.lasting else None)
    clock.advance(2)
    status, _, message = calls.api.refusal(*calls.one("Get", "GET"))
    word = kind.kind.replace("_", " ")
    assert (status, message) == (404, f"{word} {kind.name} does not exist")
    assert cloud.records(kind.kind) == []


def test_a_name_is_taken_once(calls: Calls, kind: Kind) -> None:
    calls.create()
    status, _, message = calls.api.refusal(*calls.creation())
    assert status == kind.status_of_exists
    assert message.endswith(f"{kind.name} already exists")


def test_what_is_unknown_missing_or_fixed_is_refused(calls: Calls, kind: Kind) -> None:
    assert calls.api.refusal(*calls.creation(colour="red"))[2] == "colour is unknown"
    field = kind.missing[:1].lower() + kind.missing[1:]
    body = {kind.name_field: kind.name, **kind.body}
    body.pop(field)
    call = (f"Create{kind.noun}", "POST", kind.path, body)
    assert calls.api.refusal(*call)[::2] == (400, f"{kind.missing} is required")
    calls.create()
    name = next(iter(kind.fixed))
    refused = calls.api.refusal(*calls.one("Update", "PUT", kind.fixed))
    assert refused[2] == f"{name} is not accepted on update"
    refused = calls.api.refusal(*calls.one("Update", "PUT", {kind.name_field: "x"}))
    assert refused[2] == f"{kind.name_field} is not accepted on update"


def test_lists_are_paged_with_the_newest_first(calls: Calls, kind: Kind) -> None:
    names = [f"n{number}.{kind.name}" for number in range(3)]
    for name in names:
        calls.create(name)
    pages = [calls.list(pageNumber=number, pageSize=2) for number in (1, 2)]
    assert [len(page["items"]) for page in pages] == [2, 1]
    assert [page["total"] for page in pages] == [3, 3]
    seen = [item[kind.name_field] for page in pages for item in page["items"]]
    assert seen == names[::-1]


def test_what_was_not_made_can_be_neither_changed_nor_deleted(calls: Calls, kind: Kind) -> None:
    assert calls.api.refusal(*calls.one("Update", "PUT", kind.change))[0] == 404
    assert calls.api.refusal(*calls.one("Delete", "DELETE"))[0] == 404


@pytest.mark.parametrize("kind", IN_WORKSPACES, ids=str, indirect=True)
def test_it_belongs_to_a_workspace(calls: Calls, kind: Kind) -> None:
    default = calls.api.call("ListWorkspaces", "GET", "/workspaces")["workspaces"][0]
    assert calls.create()["workspaceId"] == default["workspaceId"]
    team = calls.api.call("CreateWorkspace", "POST", "/workspaces", {"name": "team"})
    calls.create("other", workspaceId=team["workspaceId"])
    found = calls.list(workspaceIds=team["workspaceId"])["items"]
    assert [item[kind.name_field] for item in found] == ["other"]
    refused = calls.api.refusal(*calls.creation("third", workspaceId="nowhere"))
    assert "workspace nowhere does not exist" in refused[2]


@pytest.mark.parametrize("kind", IN_WORKSPACES, ids=str, indirect=True)
def test_it_stays_changeable_after_its_workspace_is_gone(
    calls: Calls, kind: Kind, clock: ManualClock
) -> None:
    team = calls.api.call("CreateWorkspace", "POST", "/workspaces", {"name": "team"})
    calls.create(workspaceId=team["workspaceId"])
    path = f"/workspaces/{team['workspaceId']}"
    calls.api.call("DeleteWorkspace", "DELETE", path)
    clock.advance(2)
    assert calls.update(**kind.change)["workspaceId"] == team["workspaceId"]


@pytest.mark.parametrize("kind", LASTING, ids=str, indirect=True)
def test_a_change_that_lasts_keeps_others_out(calls: Calls, kind: Kind, clock: ManualClock) -> None:
    calls.create()
    if kind.kind == "template":
        assert calls.update(**kind.change)["status"] == "UPDATING"
    else:
        refused = calls.api.refusal(*calls.one("Update", "PUT", kind.change))
        assert refused[0] == 409
        assert refused[2].endswith(f"{kind.name} is CREATING and can't be updated")
    assert calls.delete()["status"] == "DELETING"
    assert calls.delete()["status"] == "DELETING"
    assert calls.api.refusal(*calls.one("Update", "PUT", kind.change))[0] == 409
    clock.advance(2)
    assert calls.api.refusal(*calls.one("Delete", "DELETE"))[0] == 404


@pytest.mark.parametrize("kind", LASTING, ids=str, indirect=True)
def test_a_change_may_fail_with_a_reason(
    calls: Calls, kind: Kind, cloud: FakeCloud, clock: ManualClock
) -> None:
    cloud.faults.add(kind="create_failed", operation=f"Create{kind.noun}", reason="no quota")
    calls.create()
    clock.advance(2)
    shown = calls.get()
    assert (shown["status"], shown["statusReason"]) == ("CREATE_FAILED", "no quota")
    cloud.faults.add(kind="stuck", operation=f"Update{kind.noun}")
    calls.update(**kind.change)
    clock.advance(1000)
    assert calls.get()["status"] == "UPDATING"
    cloud.finish()
    shown = calls.get()
    assert shown["status"] == "READY"
    assert "statusReason" not in shown


@pytest.mark.parametrize("kind", LASTING, ids=str, indirect=True)
def test_lists_are_filtered_by_status(calls: Calls, kind: Kind, clock: ManualClock) -> None:
    calls.create()
    clock.advance(2)
    calls.create("second")
    assert [item[kind.name_field] for item in calls.list(status="READY")["items"]] == [kind.name]
    assert calls.list(status="READY,CREATING")["total"] == 2


@pytest.mark.parametrize("kind", LASTING, ids=str, indirect=True)
def test_the_read_that_sees_a_deletion_end_sees_nothing(
    calls: Calls, kind: Kind, cloud: FakeCloud
) -> None:
    cloud.pace(reads=1)
    calls.create()
    cloud.finish()
    calls.delete()
    assert calls.get()["status"] == "DELETING"
    assert calls.api.refusal(*calls.one("Get", "GET"))[0] == 404


def test_kinds_can_be_changed_behind_a_clients_back(
    calls: Calls, kind: Kind, cloud: FakeCloud, clock: ManualClock
) -> None:
    calls.create()
    clock.advance(2)
    cloud.mutate({kind.kind: kind.name}, set=kind.change)
    assert kind.change.items() <= calls.get().items()
    cloud.mutate({kind.kind: kind.name}, delete=True)
    assert calls.api.refusal(*calls.one("Get", "GET"))[0] == 404
