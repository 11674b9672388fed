"""Read the error envelopes of the services and sort each reply into the error tree.

The control plane answers `{code, message, requestId, accessDeniedDetail}` with keys in either case,
Function Compute `{ErrorCode, ErrorMessage}` (2016) or `{Code, Message, RequestId}` (3.0), the log
service `{errorCode, errorMessage}` with its request id in a header, OSS an XML document.

The control plane documents few codes, so a reply is sorted by status and message, as the vendor's
own SDK does (reference 1.6). Two rules are ours. Only a 404 that comes from the service itself and
speaks about a thing counts as not found: the 404 of a proxy, or of a gateway that does not know the
operation, must never look as if a resource were gone. And "already exists" wins over the status,
because the service says it with 500 too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from . import errors
from .unverified import BUSY_MARKERS

_CUT = 200

_REQUEST_ID_HEADERS = ("x-acs-request-id", "x-fc-request-id", "x-log-requestid", "x-oss-request-id")

# The gateway in front of the services does not know the operation; it says so with 404 as well.
_UNKNOWN_OPERATION = ("invalidaction", "invalidapi", "invalidversion", "invalidproduct")

_KEY_TROUBLE = (
    "signature",
    "invalidaccesskey",
    "accesskeyid",
    "securitytoken",
    "invalidtimestamp",
    "requesttimetooskewed",
    "requesttimeexpired",
    "forbidden",
    "accessdenied",
    "nopermission",
    "unauthorized",
    # A role that is missing, which says nothing about the thing that was asked for.
    "entitynotexist",
)

_THROTTLING = (
    "throttl",
    "toomanyrequests",
    "slowdown",
    "qpslimitexceeded",
    "requestlimitexceeded",
    "flowcontrol",
)


@dataclass(frozen=True)
class Envelope:
    """What an error reply says."""

    code: str
    message: str
    request_id: str
    access_denied: Mapping[str, Any] | None = None

    @property
    def is_from_a_service(self) -> bool:
        """Whether it bears what every service gives and no proxy does."""
        return bool(self.code or self.request_id)


def error_of(response: httpx.Response, operation: str, *, service: str) -> errors.ApiError:
    """Make the error that a reply stands for.

    Args:
        response: A complete reply.
        operation: API operation that was called.
        service: Prefix of the service's RAM actions.
    """
    envelope = envelope_of(response)
    retry_after = retry_after_of(response.headers)
    return _sort(response, envelope)(
        envelope.code,
        envelope.message,
        response.status_code,
        envelope.request_id,
        operation,
        retry_after,
        envelope.access_denied,
        service=service,
    )


def envelope_of(response: httpx.Response) -> Envelope:
    """Read the body of an error reply, whichever service it is from."""
    request_id = _request_id(response.headers)
    text = response.text.strip()
    if text.startswith("<") and "<Error>" in text:
        return _from_xml(text, request_id)
    try:
        body = json.loads(text)
    except ValueError:
        body = None
    if isinstance(body, Mapping):
        found = _from_json(body, request_id)
        if found:
            return found
    plain = text[:_CUT] or response.reason_phrase or "empty reply"
    return Envelope("", plain, request_id)


def retry_after_of(headers: httpx.Headers) -> float | None:
    """Seconds the service asks to wait: `x-acs-retry-after` (ms), else `retry-after` (s)."""
    milliseconds = _positive(headers.get("x-acs-retry-after"))
    if milliseconds is not None:
        return milliseconds / 1000
    return _positive(headers.get("retry-after"))


def request_id_of(response: httpx.Response) -> str:
    """Request id that a reply carries in its headers; empty if it has none."""
    return _request_id(response.headers)


def _positive(text: str | None) -> float | None:
    """Read a positive whole number; a date or anything else counts as not given."""
    return float(text) if text and text.strip().isdecimal() and int(text) > 0 else None


def _request_id(headers: httpx.Headers) -> str:
    return next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), "")


def _from_json(body: Mapping[str, Any], request_id: str) -> Envelope | None:
    keys = {str(key).lower(): value for key, value in body.items()}
    code = keys.get("code") or keys.get("errorcode")
    message = keys.get("message") or keys.get("errormessage")
    own_id = keys.get("requestid")
    if not (code or message or own_id):
        return None
    denied = keys.get("accessdenieddetail")
    return Envelope(
        str(code or ""),
        str(message or ""),
        str(own_id or request_id),
        denied if isinstance(denied, Mapping) else None,
    )


def _from_xml(text: str, request_id: str) -> Envelope:
    # Three flat elements are all that is wanted, so no XML parser meets a foreign document.
    def element(name: str) -> str:
        found = re.search(rf"<{name}>([^<]*)</{name}>", text)
        return found[1].strip() if found else ""

    return Envelope(element("Code"), element("Message"), element("RequestId") or request_id)


def _sort(response: httpx.Response, envelope: Envelope) -> type[errors.ApiError]:
    status = response.status_code
    code = envelope.code.lower()
    message = envelope.message.lower()
    throttled = status == 429 or any(word in code for word in _THROTTLING)
    if status in (400, 409, 500) and ("already exist" in message or "alreadyexist" in code):
        return errors.AlreadyExists
    if throttled or "x-acs-retry-after" in response.headers:
        return errors.Throttled
    if status >= 500:
        return errors.ServerFault
    if status in (401, 403) or any(word in code for word in _KEY_TROUBLE):
        return errors.Forbidden
    if status == 404:
        return errors.NotFound if _is_about_a_thing(envelope) else errors.InvalidRequest
    if status == 409 or any(marker in message for marker in BUSY_MARKERS):
        return errors.Conflict
    return errors.InvalidRequest


def _is_about_a_thing(envelope: Envelope) -> bool:
    code = envelope.code.lower()
    return envelope.is_from_a_service and not any(
        code.startswith(word) for word in _UNKNOWN_OPERATION
    )
