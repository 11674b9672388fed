"""Which session a call belongs to, from its headers (fields of section 2.2).

| `sessionAffinityType` | The session is named by | A call without a name |
|---|---|---|
| not set | the service's own header, if it is sent | belongs to no session |
| `HEADER_FIELD` | the header `headerFieldName` | gets a new name, in the same header of the reply |
| `GENERATED_COOKIE` | a cookie | gets a new name, in a cookie of the reply |
| `NONE`, or `disableSessionAffinity` | nothing | belongs to no session |
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from ..http import Request
from ..unverified import Unverified


class Session(NamedTuple):
    """A call's session.

    Attributes:
        name: Its name; None if the call belongs to none.
        headers: Headers that tell the client its name.
    """

    name: str | None
    headers: tuple[tuple[str, str], ...] = ()


def session_of(request: Request, fields: Mapping[str, Any], assumed: Unverified) -> Session:
    """Read a call's session.

    Args:
        request: The call.
        fields: Fields of the runtime that is called.
        assumed: Names of the service's own header and cookie.
    """
    kind = fields.get("sessionAffinityType")
    if kind == "NONE" or fields.get("disableSessionAffinity"):
        return Session(None)
    if kind == "GENERATED_COOKIE":
        return _by_cookie(request, assumed.session_cookie)
    if kind == "HEADER_FIELD":
        header = fields["headerFieldName"]
        sent = request.header(header.lower())
        return Session(sent) if sent else _named(header)
    return Session(request.header(assumed.session_header.lower()) or None)


def _by_cookie(request: Request, cookie: str) -> Session:
    # By hand: the parser of the standard library gives all up for one odd cookie.
    for part in request.header("cookie").split(";"):
        key, _, value = part.strip().partition("=")
        if key == cookie and value:
            return Session(value)
    name = secrets.token_hex(16)
    return Session(name, (("set-cookie", f"{cookie}={name}; Path=/; HttpOnly"),))


def _named(header: str) -> Session:
    name = secrets.token_hex(16)
    return Session(name, ((header.lower(), name),))
