"""A thousand runtimes are made, listed and paged as few are."""

from __future__ import annotations

from agentrun_fake import FakeCloud, FakeSettings

from .conftest import Api


def test_a_thousand_runtimes_are_listed_in_pages() -> None:
    cloud = FakeCloud(FakeSettings(verify=False))
    with cloud.client() as client:
        api = Api(client)
        made = [api.create(f"r{number:04}") for number in range(1000)]
        pages = [api.list(pageNumber=number, pageSize=100) for number in range(1, 12)]
        found = api.list(agentRuntimeName="r0999", searchMode="exact")
    assert [len(page["items"]) for page in pages] == [100] * 10 + [0]
    assert {page["total"] for page in pages} == {1000}
    listed = [item["agentRuntimeId"] for page in pages for item in page["items"]]
    assert listed == made[::-1]
    assert [item["agentRuntimeId"] for item in found["items"]] == made[-1:]
