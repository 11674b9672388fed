"""Addresses that carry OSS's first signature themselves, good for one object until a moment.

The query has `OSSAccessKeyId`, `Expires` (seconds since 1970), `Signature` and, for temporary keys,
`security-token`. What is signed is what a header signs, with the moment in the place of the date.
The official `oss2`, which the tests run, makes the same ones. Those of the fourth signature are not
modelled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlencode

from .. import keyring
from ..http import Request, whole_number
from ..keyring import KeyRing, Refused
from ..settings import Key
from . import classic

EXPIRED = "expired address"
_PARAMETERS = ("OSSAccessKeyId", "Expires", "Signature")


class Address(NamedTuple):
    """What is signed: one method on one object, until a moment in seconds since 1970."""

    method: str
    bucket: str
    key: str
    expires: int


def is_presigned(request: Request) -> bool:
    """Whether a request is signed by its address."""
    return all(name in request.params for name in _PARAMETERS)


def query(address: Address, signer: Key) -> str:
    """The query that makes an address good."""
    token = {"security-token": signer.token} if signer.token else {}
    signature = _sign(signer.secret, address, {}, token.items())
    values = (signer.key_id, str(address.expires), signature)
    return urlencode({**dict(zip(_PARAMETERS, values, strict=True)), **token})


def path_of(key: str) -> str:
    """An object's key as it stands in an address."""
    return quote(key, safe="/~")


def verify(request: Request, bucket: str, key: str, keys: KeyRing, now: float) -> Key:
    """Who signed the address that a request goes to.

    Raises:
        Refused: It is not good, or no longer.
    """
    params = request.params
    expires = whole_number(params["Expires"])
    if expires is None:
        raise Refused(keyring.BAD_TIME, params["Expires"][:40])
    if now > expires:
        raise Refused(EXPIRED, str(expires))
    signer = keys.find(params["OSSAccessKeyId"], params.get("security-token"), now)
    address = Address(request.method, bucket, key, expires)
    expected = _sign(signer.secret, address, request.headers, request.pairs)
    keyring.same(expected, params["Signature"])
    return signer


def _sign(
    secret: str,
    address: Address,
    headers: Mapping[str, str],
    pairs: Iterable[tuple[str, str]],
) -> str:
    signed = {name: value for name, value in headers.items() if name != "x-oss-date"}
    signed["date"] = str(address.expires)
    method, bucket, key, _ = address
    return classic.sign_oss(secret, method, bucket, key, signed, pairs)
