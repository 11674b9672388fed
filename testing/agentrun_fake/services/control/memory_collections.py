"""Memory collections (section 10.7). They have no status: changes take effect at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...schema import Field, Flag, Number, Object, Text
from . import shapes
from .collection import Collection

_MODEL = Object(
    (
        Field("modelServiceName", Text()),
        Field("config", Object((Field("model", Text()),))),
    )
)
_DIMENSION = Field("vectorDimension", Number(1, whole=True))
_VECTOR_STORE = Object(
    (
        Field("provider", Text(choices=("aliyun_tablestore", "alibabacloud_mysql"))),
        Field(
            "config",
            Object(
                (
                    Field("endpoint", Text()),
                    Field("instanceName", Text()),
                    Field("collectionName", Text()),
                    _DIMENSION,
                )
            ),
        ),
        Field(
            "mysqlConfig",
            Object(
                (
                    Field("host", Text()),
                    Field("port", shapes.PORT),
                    Field("user", Text()),
                    Field("dbName", Text()),
                    Field("collectionName", Text()),
                    Field("credentialName", Text()),
                    _DIMENSION,
                )
            ),
        ),
    )
)
SCHEMA = Object(
    (
        Field("memoryCollectionName", shapes.FREE_NAME, "C-G", required=True),
        # Needed by no client, and never returned.
        Field("type", Text(), "C--"),
        Field("embedderConfig", _MODEL),
        Field("llmConfig", _MODEL),
        Field("vectorStoreConfig", _VECTOR_STORE),
        Field("enableConversationHistory", Flag()),
        Field("enableConversationState", Flag()),
        Field("executionRoleArn", shapes.ROLE),
        Field("networkConfiguration", shapes.NETWORK),
        Field("description", shapes.DESCRIPTION),
        Field("workspaceId", Text()),
    )
)


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    store = fields.get("vectorStoreConfig", {})
    wrong = {"aliyun_tablestore": "mysqlConfig", "alibabacloud_mysql": "config"}
    unfit = wrong.get(store.get("provider", ""))
    if unfit and unfit in store:
        yield f"vectorStoreConfig.{unfit} does not fit the provider {store['provider']}"


COLLECTION = Collection(
    kind="memory_collection",
    path="/agents/memory-collections",
    operations=(
        "CreateMemoryCollection",
        "ListMemoryCollections",
        "GetMemoryCollection",
        "UpdateMemoryCollection",
        "DeleteMemoryCollection",
    ),
    schema=SCHEMA,
    name_field="memoryCollectionName",
    id_field="memoryCollectionId",
    updated_field="lastUpdatedAt",
    filters={"type": "type"},
    problems=_problems,
)
ROUTES = COLLECTION.routes
