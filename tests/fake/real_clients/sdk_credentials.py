"""A credential's life as the high-level SDK does it: run by `test_real_clients`.

Prints one JSON object of what it saw.
"""

import json

from agentrun.credential import (
    Credential,
    CredentialConfig,
    CredentialCreateInput,
    CredentialUpdateInput,
)
from agentrun.utils.exception import ResourceAlreadyExistError, ResourceNotExistError

seen: dict[str, object] = {}


def create_input() -> CredentialCreateInput:
    return CredentialCreateInput(
        credential_name="key",
        credential_config=CredentialConfig.inbound_api_key("a-secret"),
    )


credential = Credential.create(create_input())
seen["secret"] = Credential.get_by_name("key").credential_secret
try:
    Credential.create(create_input())
except ResourceAlreadyExistError as error:
    seen["again"] = type(error).__name__
credential.update(CredentialUpdateInput(description="changed"))
seen["description"] = Credential.get_by_name("key").description
seen["listed"] = [item.credential_name for item in Credential.list_all()]
credential.delete()
try:
    Credential.get_by_name("key")
except ResourceNotExistError as error:
    seen["gone"] = type(error).__name__
print(json.dumps(seen))
