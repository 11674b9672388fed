"""Function Compute: the temporary bucket of its API of 2016 (section 6.1)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .. import keyring
from ..errors import ServiceError
from ..http import Request, Response, json_response
from ..keyring import Refused
from ..routing import Exchange, Route
from ..settings import Key
from ..store import Bucket, Scope
from ..verification import verify_fc

if TYPE_CHECKING:
    from ..cloud import FakeCloud

VERSION = "2016-08-15"
TOKEN_SECONDS = 3600
_HOST = re.compile(r"(?P<account>[0-9]+)\.(?P<region>[a-z0-9-]+)\.fc\.aliyuncs\.com")
_REASONS = {
    keyring.UNSIGNED: (401, "MissingRequiredHeader", "the authorization header is missing"),
    keyring.UNKNOWN_KEY: (403, "InvalidAccessKeyID", "the access key id does not exist"),
    keyring.WRONG_TOKEN: (403, "InvalidSecurityToken", "the security token is not valid"),
    keyring.EXPIRED_TOKEN: (403, "ExpiredSecurityToken", "the security token is expired"),
    keyring.WRONG_SIGNATURE: (
        403,
        "SignatureNotMatch",
        "the request signature we calculated does not match the one you provided",
    ),
}


def temporary_bucket(scope: Scope) -> str:
    """Name of the bucket that packages go to; the real one's is not known."""
    return f"fake-fc-packages-{scope.region}"


def token(exchange: Exchange) -> dict[str, Any]:
    """GetTempBucketToken: keys that may put exactly one object."""
    cloud, scope = exchange.cloud, exchange.scope
    bucket, name = temporary_bucket(scope), cloud.ids.uuid()
    cloud.store.buckets.setdefault(bucket, Bucket(bucket, "", scope.region))
    key = Key(
        key_id=cloud.ids.token("STS."),
        secret=cloud.ids.token(digits=32),
        account_id=scope.account_id,
        token=cloud.ids.token(digits=64),
        only=f"oss:{bucket}/{scope.account_id}/{name}",
        expires_at=cloud.signing_clock.now() + TOKEN_SECONDS,
    )
    cloud.keys.add_temporary(key)
    return {
        "credentials": {
            "AccessKeyId": key.key_id,
            "AccessKeySecret": key.secret,
            "SecurityToken": key.token,
        },
        "ossBucket": bucket,
        "objectName": name,
        "ossRegion": scope.region,
    }


class FunctionCompute2016:
    """The older API, of which AgentRun's clients use one call."""

    name = "fc2016"
    routes: tuple[Route, ...] = (Route("GET", "/tempBucketToken", "GetTempBucketToken", token),)

    def claims(self, request: Request, cloud: FakeCloud) -> bool:
        """Told by the version at the beginning of the path."""
        return request.path.startswith(f"/{VERSION}/")

    def segments(self, request: Request) -> list[str]:
        """The path after the version."""
        return request.segments[1:]

    def region(self, request: Request) -> str | None:
        """The host's second label."""
        match = _HOST.fullmatch(request.host)
        return match["region"] if match else None

    def authenticate(self, request: Request, cloud: FakeCloud) -> Key:
        """By the signature of 2016."""
        return verify_fc(request, cloud.keys, cloud.signing_clock.now())

    def refusal(self, refused: Refused) -> ServiceError:
        """Codes of Function Compute's public error list."""
        fallback = (403, "InvalidTimestamp", f"the date {refused.detail!r} is not acceptable")
        return ServiceError(*_REASONS.get(refused.why, fallback))

    def authorize(self, exchange: Exchange) -> None:
        """The account that is named, in host or header, must be the key's own."""
        match = _HOST.fullmatch(exchange.request.host)
        named = {exchange.request.header("x-fc-account-id"), match["account"] if match else ""}
        key = exchange.principal.key
        if (key is not None and key.only) or not named <= {"", exchange.scope.account_id}:
            raise ServiceError(403, "AccessDenied", "the caller is not authorized for this account")

    def answer(self, exchange: Exchange, result: Any) -> Response:
        """Plain JSON, no envelope."""
        return json_response(200, result, [("x-fc-request-id", exchange.request_id)])

    def refuse(self, error: ServiceError, request_id: str, scope: Scope | None) -> Response:
        """The API's own error body."""
        body = {"ErrorCode": error.code, "ErrorMessage": error.message}
        headers = [*error.headers, ("x-fc-request-id", request_id)]
        return json_response(error.status, body, headers)
