"""Decide who sent a request, by the signature its service uses.

Each function returns the key that signed, or raises `Refused`; the services turn that into their
own codes (`refusals`). Nothing here knows about routes.
"""

from __future__ import annotations

import hashlib
from urllib.parse import unquote

from . import keyring
from .http import Request
from .keyring import KeyRing, Refused
from .settings import Key
from .signatures import acs3, agentrun4, classic, scoped


def verify_acs3(request: Request, keys: KeyRing, now: float) -> Key:
    """ACS3-HMAC-SHA256 as section 1.5 describes the verifying side."""
    claim = acs3.parse(request.header("authorization"))
    if claim is None:
        raise Refused(keyring.UNSIGNED)
    token = request.header("x-acs-security-token") or None
    key = keys.find(claim.key_id, token, now)
    required = [*acs3.MUST_BE_SIGNED, *(["x-acs-security-token"] if token else [])]
    missing = [name for name in required if name not in claim.signed_headers]
    if missing:
        raise Refused(keyring.UNSIGNED_HEADER, ", ".join(missing))
    digest = hashlib.sha256(request.body).hexdigest()
    canonical = acs3.canonical_request(
        request.method, request.path, request.pairs, request.headers, claim.signed_headers, digest
    )
    if request.header("x-acs-content-sha256") != digest:
        raise Refused(keyring.WRONG_DIGEST)
    try:
        keyring.same(acs3.sign(key.secret, canonical), claim.signature)
    except Refused as refused:
        refused.detail = acs3.string_to_sign(canonical)
        raise
    keys.check_time(request.header("x-acs-date"), now)
    keys.use_nonce(key.key_id, request.header("x-acs-signature-nonce"), now)
    return key


def verify_agentrun4(request: Request, region: str, keys: KeyRing, now: float) -> Key:
    """AGENTRUN4-HMAC-SHA256 (section 4.3), in the region that the request goes to."""
    claim = agentrun4.parse(request.header(agentrun4.HEADER))
    if claim is None:
        raise Refused(keyring.UNSIGNED)
    token = request.header("x-acs-security-token") or None
    key = keys.find(claim.key_id, token, now)
    required = [*agentrun4.MUST_BE_SIGNED, *(["x-acs-security-token"] if token else [])]
    missing = [name for name in required if name not in claim.signed_headers]
    if missing:
        raise Refused(keyring.UNSIGNED_HEADER, ", ".join(missing))
    digest = hashlib.sha256(request.body).hexdigest()
    if request.header("x-acs-content-sha256") not in (agentrun4.UNSIGNED_PAYLOAD, digest):
        raise Refused(keyring.WRONG_DIGEST)
    date = request.header("x-acs-date")
    if claim.region != region or not date.replace("-", "").startswith(claim.date):
        raise Refused(keyring.WRONG_SIGNATURE, "region or date of the credential is wrong")
    canonical = agentrun4.canonical_request(
        request.method, request.path, request.query, request.headers, claim.signed_headers
    )
    keyring.same(agentrun4.sign(key.secret, claim, canonical), claim.signature)
    keys.check_time(date, now)
    # The scheme asks for none; a client that sends one means it.
    if nonce := request.header("x-acs-signature-nonce"):
        keys.use_nonce(key.key_id, nonce, now)
    return key


def verify_fc(request: Request, keys: KeyRing, now: float) -> Key:
    """The signature of the FC API of 2016 (section 6.1)."""
    key_id, signature = _classic("FC", request)
    key = keys.find(key_id, request.header("x-fc-security-token") or None, now)
    expected = classic.sign_fc(key.secret, request.method, unquote(request.path), request.headers)
    keyring.same(expected, signature)
    keys.check_time(request.header("date"), now)
    return key


def verify_oss(request: Request, bucket: str, name: str, keys: KeyRing, now: float) -> Key:
    """OSS V1 (section 6.2) over the bucket and object that the request is about."""
    key_id, signature = _classic("OSS", request)
    key = keys.find(key_id, request.header("x-oss-security-token") or None, now)
    expected = classic.sign_oss(
        key.secret, request.method, bucket, name, request.headers, request.pairs
    )
    keyring.same(expected, signature)
    keys.check_time(request.header("x-oss-date") or request.header("date"), now)
    return key


def verify_oss4(
    request: Request, bucket: str, name: str, region: str, keys: KeyRing, now: float
) -> Key:
    """OSS V4 over the bucket and object that the request is about, in the region it goes to."""
    claim = scoped.parse(request.header("authorization"), scoped.OSS)
    if claim is None:
        raise Refused(keyring.UNSIGNED)
    token, date = request.header("x-oss-security-token"), request.header("x-oss-date")
    canonical = scoped.canonical_oss(
        request.method, bucket, name, request.pairs, request.headers, claim.additional
    )
    return _scoped(claim, token, date, region, canonical, keys, now)


def verify_sls(request: Request, keys: KeyRing, now: float) -> Key:
    """SLS v1 (section 7.4)."""
    key_id, signature = _classic("LOG", request)
    key = keys.find(key_id, request.header("x-acs-security-token") or None, now)
    path = unquote(request.path)
    expected = classic.sign_sls(key.secret, request.method, path, request.headers, request.pairs)
    keyring.same(expected, signature)
    digest = request.header("content-md5")
    if request.body and digest.upper() != _md5(request.body):
        raise Refused(keyring.WRONG_DIGEST)
    keys.check_time(request.header("x-log-date") or request.header("date"), now)
    return key


def verify_sls4(request: Request, region: str, keys: KeyRing, now: float) -> Key:
    """SLS v4, in the region that the request goes to."""
    claim = scoped.parse(request.header("authorization"), scoped.SLS)
    if claim is None:
        raise Refused(keyring.UNSIGNED)
    digest = hashlib.sha256(request.body).hexdigest()
    if request.header("x-log-content-sha256") != digest:
        raise Refused(keyring.WRONG_DIGEST)
    token, date = request.header("x-acs-security-token"), request.header("x-log-date")
    canonical = scoped.canonical_sls(
        request.method, unquote(request.path), request.pairs, request.headers, digest
    )
    return _scoped(claim, token, date, region, canonical, keys, now)


def _scoped(
    claim: scoped.Claim,
    token: str,
    date: str,
    region: str,
    canonical: str,
    keys: KeyRing,
    now: float,
) -> Key:
    key = keys.find(claim.key_id, token or None, now)
    if claim.region != region or not date.startswith(claim.date):
        raise Refused(keyring.WRONG_SIGNATURE, "region or date of the credential is wrong")
    keyring.same(scoped.sign(key.secret, claim, date, canonical), claim.signature)
    keys.check_time(scoped.iso_time(date), now)
    return key


def _classic(scheme: str, request: Request) -> tuple[str, str]:
    claim = classic.parse(scheme, request.header("authorization"))
    if claim is None:
        raise Refused(keyring.UNSIGNED)
    return claim


def _md5(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest().upper()
