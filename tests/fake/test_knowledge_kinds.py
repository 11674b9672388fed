"""What is special about memory collections and knowledge bases (sections 10.7 and 10.8)."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import Api

MEMORIES, BASES = "/agents/memory-collections", "/agents/knowledgebases"
TABLESTORE = {"provider": "aliyun_tablestore", "config": {"instanceName": "i"}}


def create_memory(api: Api, **changes: Any) -> dict[str, Any]:
    body = {"memoryCollectionName": "m", **changes}
    return api.call("CreateMemoryCollection", "POST", MEMORIES, body)


def test_the_type_of_a_memory_collection_is_not_returned(api: Api) -> None:
    assert "type" not in create_memory(api, type="mem0")
    found = api.call("ListMemoryCollections", "GET", MEMORIES, type="mem0")["items"]
    assert [item["memoryCollectionName"] for item in found] == ["m"]
    assert api.call("ListMemoryCollections", "GET", MEMORIES, type="other")["total"] == 0


@pytest.mark.parametrize(
    ("store", "problem"),
    [
        ({"provider": "redis"}, "vectorStoreConfig.provider must be one of"),
        (
            {**TABLESTORE, "mysqlConfig": {"host": "h"}},
            "vectorStoreConfig.mysqlConfig does not fit the provider aliyun_tablestore",
        ),
        (
            {"provider": "alibabacloud_mysql", "config": {"endpoint": "e"}},
            "vectorStoreConfig.config does not fit the provider alibabacloud_mysql",
        ),
        ({"config": {"vectorDimension": 0}}, "vectorDimension must be at least 1"),
    ],
)
def test_a_bad_vector_store_is_refused(api: Api, store: dict[str, Any], problem: str) -> None:
    body = {"memoryCollectionName": "m", "vectorStoreConfig": store}
    assert problem in api.refusal("CreateMemoryCollection", "POST", MEMORIES, body)[2]


def test_a_vector_store_is_kept(api: Api) -> None:
    assert create_memory(api, vectorStoreConfig=TABLESTORE)["vectorStoreConfig"] == TABLESTORE


def test_settings_of_a_knowledge_base_are_free(api: Api) -> None:
    settings = {"baseUrl": "https://r", "datasetIds": ["d"], "deep": {"n": 0}}
    body = {"knowledgeBaseName": "k", "provider": "ragflow", "providerSettings": settings}
    made = api.call("CreateKnowledgeBase", "POST", BASES, body)
    assert made["providerSettings"] == settings
    assert "status" not in made
    assert api.call("ListKnowledgeBases", "GET", BASES, provider="ots")["total"] == 0
    assert api.call("ListKnowledgeBases", "GET", BASES, provider="ragflow")["total"] == 1
