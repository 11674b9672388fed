"""Model proxies (section 10.4): one address in front of several model services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from ...routing import Exchange
from ...schema import Field, Flag, ListOf, Number, Object, Text
from ...store import Record
from ..addresses import data_plane_url
from . import shapes
from .collection import Collection

_COUNT = Number(0, whole=True)
_GUARDS = (
    "blockOnContentModeration", "blockOnMaliciousUrl", "blockOnModelHallucination",
    "blockOnPromptAttack", "blockOnSensitiveData", "checkRequest", "checkResponse",
)  # fmt: skip
_ENDPOINT = Object(
    (
        Field("baseUrl", Text()),
        Field("modelNames", ListOf(Text())),
        Field("modelServiceName", Text()),
        Field("weight", _COUNT),
    )
)
_POLICIES = Object(
    (
        Field("cache", Flag()),
        Field("concurrencyLimit", _COUNT),
        Field(
            "fallbacks",
            ListOf(Object((Field("modelName", Text()), Field("modelServiceName", Text())))),
        ),
        Field("numRetries", _COUNT),
        Field("requestTimeout", _COUNT),
        Field(
            "tokenRateLimiter",
            Object(tuple(Field(name, _COUNT) for name in ("tps", "tpm", "tph", "tpd"))),
        ),
        Field(
            "aiGuardrailConfig",
            Object(
                (
                    *(Field(name, Flag()) for name in _GUARDS),
                    Field("level", Text()),
                    Field("maxTextLength", _COUNT),
                )
            ),
        ),
    )
)
SCHEMA = Object(
    (
        Field("modelProxyName", shapes.FREE_NAME, "C-G", required=True),
        Field("cpu", shapes.CPU, "C-G", required=True, label="CPU"),
        Field("memory", shapes.MEMORY, "C-G", required=True),
        Field("proxyMode", Text(choices=("single", "multi")), "C-G", required=True),
        Field(
            "proxyConfig",
            Object((Field("endpoints", ListOf(_ENDPOINT)), Field("policies", _POLICIES))),
            required=True,
        ),
        Field("modelType", Text(choices=shapes.MODEL_TYPES), "C-G"),
        Field("litellmVersion", Text(), "C-G"),
        Field("serviceRegionId", Text(), "C-G"),
        Field("executionRoleArn", shapes.ROLE),
        Field("logConfiguration", shapes.LOG),
        Field("armsConfiguration", shapes.ARMS, "CU-"),
        Field("networkConfiguration", shapes.NETWORK),
        Field("credentialName", Text(shapes.SHORT_NAME)),
        Field("description", shapes.DESCRIPTION),
        Field("workspaceId", Text()),
    )
)


def _problems(fields: Mapping[str, Any]) -> Iterator[str]:
    if not fields["proxyConfig"].get("endpoints"):
        yield "proxyConfig.endpoints is required"


def _complete(exchange: Exchange, record: Record, shown: dict[str, Any]) -> None:
    assumed, base = exchange.cloud.unverified, data_plane_url(exchange.cloud, exchange.scope)
    name = quote(record.name, safe="")
    shown["endpoint"] = base + assumed.model_proxy_path.format(name=name)
    shown["functionName"] = assumed.model_proxy_function.format(id=record.id)


COLLECTION = Collection(
    kind="model_proxy",
    path="/agents/model-proxies",
    operations=(
        "CreateModelProxy",
        "ListModelProxies",
        "GetModelProxy",
        "UpdateModelProxy",
        "DeleteModelProxy",
    ),
    schema=SCHEMA,
    name_field="modelProxyName",
    id_field="modelProxyId",
    updated_field="lastUpdatedAt",
    filters={"proxyMode": "proxyMode"},
    filters_names=False,
    lasting=True,
    # Seen with the real service (11.1): who retries each 500 never ends.
    status_of_exists=500,
    problems=_problems,
    complete=_complete,
)
ROUTES = COLLECTION.routes
