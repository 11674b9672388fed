"""Lists of runtimes: pages, filters, regions and accounts (sections 1.2 and 2.1)."""

from __future__ import annotations

import pytest
from agentrun_fake import FakeCloud, ManualClock

from .conftest import Api
from .runtime_bodies import PATH


def test_a_list_is_really_paged(api: Api) -> None:
    names = [f"r{number:02}" for number in range(45)]
    for name in names:
        api.create(name)
    first = api.list()
    assert (first["total"], first["pageNumber"], first["pageSize"]) == (45, 1, 20)
    seen = [
        item["agentRuntimeName"]
        for number in (1, 2, 3, 4)
        for item in api.list(pageNumber=number)["items"]
    ]
    assert seen == names[::-1]
    assert len(api.list(pageSize=100)["items"]) == 45
    assert "status" in first["items"][0]


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"pageNumber": "0"}, "pageNumber must be a positive integer, not '0'"),
        ({"pageSize": "x"}, "pageSize must be a positive integer, not 'x'"),
        ({"pageSize": "101"}, "pageSize must be from 1 to 100, not 101"),
    ],
)
def test_a_page_that_cannot_be_is_refused(api: Api, query: dict[str, str], problem: str) -> None:
    assert api.refusal("ListAgentRuntimes", "GET", PATH, **query)[::2] == (400, problem)


def test_lists_are_filtered(api: Api, clock: ManualClock) -> None:
    other = api.call("CreateWorkspace", "POST", "/workspaces", {"name": "other"})["workspaceId"]
    api.create("demo", systemTags=["x-agentrun-cli"])
    clock.advance(2)
    api.create("demo-2", workspaceId=other, resourceGroupId="rg-1")

    def names(**query: str) -> list[str]:
        return [item["agentRuntimeName"] for item in api.list(**query)["items"]]

    assert names(agentRuntimeName="demo") == ["demo-2", "demo"]
    assert names(agentRuntimeName="demo", searchMode="exact") == ["demo"]
    assert names(status="READY,FAILED") == ["demo"]
    assert names(systemTags="x-agentrun-cli,other") == ["demo"]
    assert names(systemTags="x-agentrun") == []
    assert names(workspaceId=other) == names(workspaceIds=f"nowhere,{other}") == ["demo-2"]
    assert names(resourceGroupId="rg-1") == ["demo-2"]


def test_regions_and_accounts_are_separate(cloud: FakeCloud, api: Api) -> None:
    api.create("demo")
    with cloud.client() as client:
        shanghai = Api(client, "https://agentrun.cn-shanghai.aliyuncs.com")
        assert shanghai.list()["total"] == 0
        arn = shanghai.get(shanghai.create("demo"))["agentRuntimeArn"]
        assert arn.startswith("acs:agentrun:cn-shanghai:1234567890123456:runtimes/")
    assert api.list()["total"] == 1


def test_a_thousand_runtimes_are_listed_in_pages(api: Api) -> None:
    for number in range(1000):
        api.create(f"r{number}")
    pages = [api.list(pageNumber=number, pageSize=100) for number in range(1, 11)]
    names = [item["agentRuntimeName"] for page in pages for item in page["items"]]
    assert len(set(names)) == 1000
    assert {page["total"] for page in pages} == {1000}
