"""The credential that guards calls of a runtime's endpoints (`credentialName`, section 2.2).

| `credentialAuthType` | A call must carry |
|---|---|
| `api_key`, `custom_header` | the secret in the header `headerKey`, after `prefix`; by default `Authorization: Bearer <secret>` |
| `basic` | name and password of one of `users`, as HTTP's Basic scheme has it |
| `jwt` | a token in that header that a key of `jwks` has signed; with `remoteConfig` alone any, since no keys are fetched |
| `ak_sk` | anything: the high-level SDK knows such credentials for calls of tools only |

A call that is signed with an access key of the account passes without (an assumption).
"""  # noqa: E501 - a table

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import ServiceError
from ..routing import Exchange
from ..store import Record, Scope
from .tokens import problem_of

KIND = "credential"


def check_caller(exchange: Exchange, scope: Scope, runtime: Record) -> None:
    """Let a call pass if the runtime's credential, should it have one, does.

    Raises:
        ServiceError: 403, it does not.
    """
    cloud, name = exchange.cloud, runtime.fields.get("credentialName")
    if not name or not (cloud.settings.verify and cloud.unverified.guard_calls):
        return
    if cloud.unverified.signature_passes_guard and is_signed(exchange):
        return
    found = [item for item in cloud.store.all(scope, KIND) if item.name == name]
    if not found:
        raise _forbidden(f"credential {name} of agent runtime {runtime.name} does not exist")
    fields = found[0].fields
    if not fields.get("enabled", True):
        raise _forbidden(f"credential {name} is disabled")
    if fields["credentialAuthType"] == "ak_sk":
        return
    if fields["credentialAuthType"] == "jwt":
        _check_token(exchange, name, fields.get("credentialPublicConfig", {}))
        return
    header, accepted = _accepted(fields)
    sent = exchange.request.header(header.lower()).encode()
    # All are compared, and in constant time: a fake should not teach bad manners.
    matches = [hmac.compare_digest(sent, value.encode()) for value in accepted]
    if not any(matches):
        raise _forbidden(f"the header {header} does not hold what credential {name} asks for")


def is_signed(exchange: Exchange) -> bool:
    """Whether a call is signed with an access key; a caller without one has an empty id."""
    key = exchange.principal.key
    return key is not None and bool(key.key_id)


def _check_token(exchange: Exchange, name: str, public: Mapping[str, Any]) -> None:
    if not public.get("jwks"):
        if public.get("remoteConfig"):
            return
        raise _forbidden(f"credential {name} has no jwks")
    header, prefix = _place(public)
    sent = exchange.request.header(header.lower())
    if not sent.startswith(prefix):
        raise _forbidden(f"the header {header} does not hold what credential {name} asks for")
    problem = problem_of(sent[len(prefix) :].strip(), public["jwks"])
    if problem is not None:
        raise _forbidden(f"the token in the header {header} is refused: {problem}")


def _place(public: Mapping[str, Any]) -> tuple[str, str]:
    """The header that is looked at, and what stands in it before the secret."""
    header = public.get("headerKey") or "Authorization"
    return header, public.get("prefix") or ("Bearer" if header.lower() == "authorization" else "")


def _accepted(fields: Mapping[str, Any]) -> tuple[str, list[str]]:
    """The header that is looked at and the values that pass."""
    public = fields.get("credentialPublicConfig", {})
    if fields["credentialAuthType"] == "basic":
        return "Authorization", list(_basic(public.get("users", [])))
    header, prefix = _place(public)
    secret = fields.get("credentialSecret")
    if not secret:
        return header, []
    return header, [f"{prefix.rstrip()} {secret}".lstrip(), f"{prefix}{secret}"]


def _basic(users: list[Mapping[str, str]]) -> Iterator[str]:
    for user in users:
        pair = f"{user.get('username', '')}:{user.get('password', '')}"
        yield f"Basic {base64.b64encode(pair.encode()).decode()}"


def _forbidden(text: str) -> ServiceError:
    return ServiceError(403, "ERR_FORBIDDEN", text)
