"""Credentials (section 10.1). Only GET returns the secret."""

from __future__ import annotations

from typing import Any

from ...schema import Field, Flag, ListOf, MapOf, Number, Object, Text
from ...store import Record
from . import shapes
from .collection import Collection

PUBLIC_CONFIG = Object(
    (
        Field("provider", Text()),
        Field("authConfig", MapOf(Text())),
        Field("authType", Text()),
        Field("headerKey", Text()),
        Field("prefix", Text()),
        Field("jwks", Text()),
        Field(
            "remoteConfig",
            Object(
                (
                    Field("uri", Text()),
                    Field("timeout", Number(0, whole=True)),
                    Field("ttl", Number(0, whole=True)),
                )
            ),
        ),
        Field("users", ListOf(Object((Field("username", Text()), Field("password", Text()))))),
    )
)

SCHEMA = Object(
    (
        Field("credentialName", Text(shapes.SHORT_NAME), "C-G", required=True),
        Field(
            "credentialAuthType",
            Text(choices=("jwt", "api_key", "basic", "ak_sk", "custom_header")),
            "C-G",
            required=True,
        ),
        Field(
            "credentialSourceType",
            Text(choices=("external_llm", "external_tool", "internal")),
            "C-G",
            required=True,
        ),
        Field("credentialPublicConfig", PUBLIC_CONFIG),
        Field("credentialSecret", Text(), "CU-"),
        Field("description", shapes.DESCRIPTION),
        Field("enabled", Flag()),
        Field("workspaceId", Text()),
    )
)


def _in_get(record: Record) -> dict[str, Any]:
    """The secret, and `users` even if there are none: so it was seen (11.1)."""
    public = {"users": [], **record.fields.get("credentialPublicConfig", {})}
    added: dict[str, Any] = {"credentialPublicConfig": public, "relatedResources": []}
    if "credentialSecret" in record.fields:
        added["credentialSecret"] = record.fields["credentialSecret"]
    return added


COLLECTION = Collection(
    kind="credential",
    path="/agents/credentials",
    operations=(
        "CreateCredential",
        "ListCredentials",
        "GetCredential",
        "UpdateCredential",
        "DeleteCredential",
    ),
    schema=SCHEMA,
    name_field="credentialName",
    id_field="credentialId",
    defaults={"enabled": True},
    filters={
        "credentialAuthType": "credentialAuthType",
        "credentialSourceType": "credentialSourceType",
        "enabled": "enabled",
        "provider": lambda record: {
            record.fields.get("credentialPublicConfig", {}).get("provider", "")
        },
    },
    counts_as_text=lambda assumed: assumed.credential_counts_as_text,
    in_get=_in_get,
    in_list=lambda record: {"relatedResourceCount": 0},
    left_out_of_list=("credentialPublicConfig",),
)
ROUTES = COLLECTION.routes
