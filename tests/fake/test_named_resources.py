"""Workspaces and credentials (sections 10.1 and 10.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from agentrun_fake import FakeCloud

from .conftest import Api

CREDENTIAL = {
    "credentialName": "key",
    "credentialAuthType": "api_key",
    "credentialSourceType": "internal",
    "credentialSecret": "s3cret",
    "credentialPublicConfig": {"headerKey": "x-api-key", "users": []},
}


def create_credential(api: Api, **changes: Any) -> dict[str, Any]:
    body = {**CREDENTIAL, **changes}
    return api.call("CreateCredential", "POST", "/agents/credentials", body)


def credentials(api: Api, **query: Any) -> list[dict[str, Any]]:
    page = api.call("ListCredentials", "GET", "/agents/credentials", **query)
    items: list[dict[str, Any]] = page["items"]
    return items


def test_there_is_always_a_default_workspace(api: Api) -> None:
    page = api.call("ListWorkspaces", "GET", "/workspaces")
    assert [(item["name"], item["isDefault"]) for item in page["workspaces"]] == [("default", True)]
    default = page["workspaces"][0]["workspaceId"]
    assert api.get(api.create())["workspaceId"] == default
    status, _, message = api.refusal("DeleteWorkspace", "DELETE", f"/workspaces/{default}")
    assert (status, message) == (400, "the default workspace can't be deleted")


def test_a_workspace_lives(api: Api) -> None:
    body = {"name": "team-a", "description": "x", "enablePresetModel": True}
    made = api.call("CreateWorkspace", "POST", "/workspaces", body)
    path = f"/workspaces/{made['workspaceId']}"
    assert "enablePresetModel" not in made
    assert api.call("GetWorkspace", "GET", path) == made
    assert api.refusal("CreateWorkspace", "POST", "/workspaces", body)[0] == 409
    api.call("UpdateWorkspace", "PUT", path, {"description": "y"})
    assert api.call("GetWorkspace", "GET", path)["description"] == "y"
    refused = api.refusal("UpdateWorkspace", "PUT", path, {"name": "b"})
    assert refused[2] == "name is not accepted on update"
    found = api.call("ListWorkspaces", "GET", "/workspaces", name="team")["workspaces"]
    assert [item["name"] for item in found] == ["team-a"]
    runtime_id = api.create(workspaceId=made["workspaceId"])
    refused = api.refusal("DeleteWorkspace", "DELETE", path)
    assert refused[2] == "workspace team-a still holds runtime demo"
    api.delete(runtime_id)
    assert api.refusal("GetWorkspace", "GET", "/workspaces/none")[0] == 404


def test_only_get_returns_a_credentials_secret(api: Api) -> None:
    made = create_credential(api)
    assert made["enabled"] is True
    assert made["createdAt"] == made["updatedAt"]
    assert "credentialSecret" not in made
    shown = api.call("GetCredential", "GET", "/agents/credentials/key")
    assert shown["credentialSecret"] == "s3cret"
    assert shown["credentialPublicConfig"] == {"headerKey": "x-api-key", "users": []}
    listed = credentials(api)[0]
    assert not {"credentialSecret", "credentialPublicConfig"} & set(listed)
    assert listed["relatedResourceCount"] == 0


def test_a_credential_is_updated_and_deleted_at_once(api: Api, cloud: FakeCloud) -> None:
    made = create_credential(api)
    path = "/agents/credentials/key"
    api.call("UpdateCredential", "PUT", path, {"credentialSecret": "new", "enabled": False})
    shown = api.call("GetCredential", "GET", path)
    assert (shown["credentialSecret"], shown["enabled"]) == ("new", False)
    assert shown["updatedAt"] > made["updatedAt"]
    refused = api.refusal("UpdateCredential", "PUT", path, {"credentialAuthType": "jwt"})
    assert refused[2] == "credentialAuthType is not accepted on update"
    assert api.call("DeleteCredential", "DELETE", path)["credentialName"] == "key"
    assert api.refusal("DeleteCredential", "DELETE", path)[::2] == (
        404,
        "credential key does not exist",
    )
    assert cloud.records("credential") == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"credentialAuthType": "magic"}, "credentialAuthType must be one of"),
        ({"credentialSourceType": None}, "CredentialSourceType is required"),
        ({"credentialPublicConfig": {"users": [{"name": "x"}]}}, "users[0].name is unknown"),
        ({"workspaceId": "nowhere"}, "workspace nowhere does not exist"),
    ],
)
def test_a_bad_credential_is_refused(api: Api, change: dict[str, Any], problem: str) -> None:
    call = ("CreateCredential", "POST", "/agents/credentials", {**CREDENTIAL, **change})
    assert problem in api.refusal(*call)[2]
    assert credentials(api) == []


def test_credentials_are_filtered_and_their_names_unique(api: Api) -> None:
    create_credential(api)
    create_credential(api, credentialName="token", credentialAuthType="jwt", enabled=False)
    public = {"provider": "openai"}
    create_credential(api, credentialName="model", credentialPublicConfig=public)
    again = api.refusal("CreateCredential", "POST", "/agents/credentials", CREDENTIAL)
    assert again[::2] == (409, "credential key already exists")

    def names(**query: str) -> list[str]:
        return [item["credentialName"] for item in credentials(api, **query)]

    assert names() == ["model", "token", "key"]
    assert names(credentialAuthType="jwt") == ["token"]
    assert names(enabled="true") == names(enabled="True") == ["model", "key"]
    assert names(enabled="False") == ["token"]
    assert names(provider="openai") == ["model"]
    assert names(provider="None") == []
    assert names(workspaceId="nowhere") == []
    assert names(credentialName="to") == ["token"]


@pytest.mark.parametrize("as_text", [True, False])
def test_a_list_of_credentials_counts_in_text_as_its_model_does(
    api: Api, assume: Callable[..., None], as_text: bool
) -> None:
    assume(credential_counts_as_text=as_text)
    create_credential(api)
    listed = api.call("ListCredentials", "GET", "/agents/credentials", pageSize=5)
    counts = {name: listed[name] for name in ("pageNumber", "pageSize", "total")}
    expected = {"pageNumber": 1, "pageSize": 5, "total": 1}
    assert counts == ({name: str(n) for name, n in expected.items()} if as_text else expected)
