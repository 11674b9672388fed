"""Knowledge bases (section 10.8). They have no status: changes take effect at once."""

from __future__ import annotations

from ...schema import Anything, Field, MapOf, Object, Text
from . import shapes
from .collection import Collection

SCHEMA = Object(
    (
        Field("knowledgeBaseName", shapes.FREE_NAME, "C-G", required=True),
        Field("provider", Text(choices=("ragflow", "bailian", "adb", "ots")), "C-G", required=True),
        Field("providerSettings", MapOf(Anything()), required=True),
        Field("retrieveSettings", MapOf(Anything())),
        Field("credentialName", Text(shapes.SHORT_NAME)),
        Field("description", shapes.DESCRIPTION),
        Field("workspaceId", Text()),
    )
)
COLLECTION = Collection(
    kind="knowledge_base",
    path="/agents/knowledgebases",
    operations=(
        "CreateKnowledgeBase",
        "ListKnowledgeBases",
        "GetKnowledgeBase",
        "UpdateKnowledgeBase",
        "DeleteKnowledgeBase",
    ),
    schema=SCHEMA,
    name_field="knowledgeBaseName",
    id_field="knowledgeBaseId",
    updated_field="lastUpdatedAt",
    filters={"provider": "provider"},
    filters_names=False,
)
ROUTES = COLLECTION.routes
