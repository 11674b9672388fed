"""Model services (section 10.3): models behind a provider and a credential."""

from __future__ import annotations

import copy
from typing import Any

from ...routing import Exchange
from ...schema import Anything, Field, Flag, ListOf, Number, Object, Text
from ...store import Record
from . import shapes
from .collection import Collection

_PROVIDER_SETTINGS = Object(
    (
        # Whether it is returned is an assumption: `returns_passwords`.
        Field("apiKey", Text(), "CU-"),
        Field("baseUrl", Text()),
        Field("modelNames", ListOf(Text())),
    )
)
_PARAMETER_RULE = Object(
    (
        Field("name", Text()),
        Field("type", Text()),
        Field("required", Flag()),
        Field("default", Anything()),
        Field("min", Number(whole=True)),
        Field("max", Number(whole=True)),
    )
)
_FEATURES = ("agentThought", "multiToolCall", "streamToolCall", "toolCall", "vision")
_MODEL_INFO = Object(
    (
        Field("modelName", Text()),
        Field("modelFeatures", Object(tuple(Field(name, Flag()) for name in _FEATURES))),
        Field("modelParameterRules", ListOf(_PARAMETER_RULE)),
        Field("modelProperties", Object((Field("contextSize", Number(0, whole=True)),))),
    )
)
SCHEMA = Object(
    (
        Field("modelServiceName", shapes.FREE_NAME, "C-G", required=True),
        Field("modelType", Text(choices=shapes.MODEL_TYPES), "C-G", required=True),
        Field("provider", Text(), "C-G", required=True),
        Field("providerSettings", _PROVIDER_SETTINGS, required=True),
        Field("credentialName", Text(shapes.SHORT_NAME)),
        Field("description", shapes.DESCRIPTION),
        Field("modelInfoConfigs", ListOf(_MODEL_INFO)),
        Field("networkConfiguration", shapes.NETWORK),
        Field("workspaceId", Text()),
        # The update model has these two; what they do is not shown, and here they do nothing.
        Field("status", Text(), "-U-"),
        Field("statusReason", Text(), "-U-"),
    )
)


def _complete(exchange: Exchange, record: Record, shown: dict[str, Any]) -> None:
    if exchange.cloud.unverified.returns_passwords:
        shown["providerSettings"] = copy.deepcopy(record.fields["providerSettings"])


COLLECTION = Collection(
    kind="model_service",
    path="/agents/model-services",
    operations=(
        "CreateModelService",
        "ListModelServices",
        "GetModelService",
        "UpdateModelService",
        "DeleteModelService",
    ),
    schema=SCHEMA,
    name_field="modelServiceName",
    id_field="modelServiceId",
    updated_field="lastUpdatedAt",
    filters={"modelType": "modelType", "provider": "provider"},
    filters_names=False,
    needs=lambda assumed: ("modelType",) if assumed.model_services_need_type else (),
    lasting=True,
    complete=_complete,
)
ROUTES = COLLECTION.routes
