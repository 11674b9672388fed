"""Everything that can go wrong, as one tree.

    AgentRunError
    ├── ApiError            the service answered, and refused
    │   ├── NotFound            the thing is definitely not there
    │   ├── AlreadyExists       the name is taken
    │   ├── Conflict            not in the present state, e.g. while a runtime is being updated
    │   ├── InvalidRequest      any other 4xx: sending it again changes nothing
    │   ├── Forbidden           keys, signature or permissions
    │   ├── Throttled           too many requests
    │   └── ServerFault         5xx
    ├── TransportFault      no usable answer came back
    ├── WaitFailed          the thing went into a state it does not leave by itself
    ├── WaitTimedOut        it did not get there in time
    ├── Incomplete          something was made and then failed; its id travels along
    ├── ConfigError         settings are missing or wrong
    ├── CheckFailed         inputs are wrong
    └── PackagingError      the code can't be packed

Nothing above this module sees an exception of the HTTP library. Each error knows what to do next
(`hint`) and tells it all in one line (`one_line`). Bodies that are no error envelope are cut, and
no error text holds a key, a token or a string to sign.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from . import hints

if TYPE_CHECKING:
    import httpx

_LONGEST_TEXT = 600


class AgentRunError(Exception):
    """Base of all errors of the provider."""

    may_have_been_sent = False
    """Whether the request may have taken effect although it failed."""

    attempts = 1
    """How often the request was sent, this failure being the last one."""

    @property
    def hint(self) -> str:
        """What to do next; empty if there is nothing to say."""
        return ""

    def one_line(self) -> str:
        """The error in one line: what, why, request id, what to do next. Holds no secret."""
        text = _flat(str(self))
        if self.attempts > 1:
            text += f", tried {self.attempts} times"
        return f"{text}. {_flat(self.hint)}" if self.hint else text


class ApiError(AgentRunError):
    """The service answered with an error.

    Args:
        code: The service's error code; empty if the reply had none.
        message: The service's text, or the beginning of a body that is no error envelope.
        status: HTTP status.
        request_id: Id under which the vendor's support finds the request; may be empty.
        operation: API operation, e.g. `CreateAgentRuntime`.
        retry_after: Seconds the service asks to wait.
        access_denied: The service's `accessDeniedDetail`.
        service: Prefix of the service's RAM actions, e.g. `agentrun` or `fc`.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int,
        request_id: str = "",
        operation: str = "",
        retry_after: float | None = None,
        access_denied: Mapping[str, Any] | None = None,
        *,
        service: str = "agentrun",
    ) -> None:
        self.code = code
        self.message = hints.without_string_to_sign(message)
        self.status = status
        self.request_id = request_id
        self.operation = operation
        self.retry_after = retry_after
        self.access_denied = dict(access_denied) if access_denied else None
        self.service = service
        super().__init__(code, self.message, status, request_id, operation)

    def __str__(self) -> str:
        refused = ": ".join(_flat(part) for part in (self.code, self.message) if part)
        request = f", request id {self.request_id}" if self.request_id else ""
        return f"{self.operation or 'request'} failed: {refused} (HTTP {self.status}{request})"


class NotFound(ApiError):
    """The thing is definitely not there (see `replies` for when a 404 is not that definite)."""


class AlreadyExists(ApiError):
    """The name is taken."""

    @property
    def hint(self) -> str:
        return "Set adopt=True to take it over, choose another name, or remove it first"


class Conflict(ApiError):
    """The thing is in a state that forbids the operation; it may pass once that state ends."""

    @property
    def hint(self) -> str:
        return "Something else is changing it: run again when it is at rest"


class InvalidRequest(ApiError):
    """The request is wrong; sending it again changes nothing."""

    @property
    def hint(self) -> str:
        return hints.of_invalid(self.code, self.status, self.service)


class Forbidden(ApiError):
    """The keys, the signature or the permissions are not good enough."""

    @property
    def hint(self) -> str:
        return hints.of_forbidden(
            self.code, self.message, self.service, self.operation, self.access_denied
        )


class Throttled(ApiError):
    """The service takes no more requests for the moment; nothing was done."""

    @property
    def hint(self) -> str:
        return "The service limits the rate of requests: run again later or with less parallelism"


class ServerFault(ApiError):
    """The service failed; what was asked for may have been done nevertheless."""

    may_have_been_sent = True

    @property
    def hint(self) -> str:
        return (
            "The service failed, not your program: run again; if it lasts, give the vendor's "
            "support the request id"
        )


class TransportFault(AgentRunError):
    """No usable answer came back.

    Args:
        operation: API operation.
        cause: What happened, in words.
        may_have_been_sent: False only if the request certainly did not reach the service.
        host: Where it was to go.
        setting: Setting that decides this, e.g. `controlEndpoint`.
        lasting: True if trying again can't help, e.g. with a certificate nobody trusts.
    """

    def __init__(
        self,
        operation: str,
        cause: str,
        may_have_been_sent: bool,
        *,
        host: str = "",
        setting: str = "",
        lasting: bool = False,
    ) -> None:
        self.operation = operation
        self.cause = cause
        self.may_have_been_sent = may_have_been_sent
        self.host = host
        self.setting = setting
        self.lasting = lasting
        super().__init__(operation, cause, may_have_been_sent)

    def __str__(self) -> str:
        where = f" from {self.host}" if self.host else ""
        return f"{self.operation} got no usable answer{where}: {_flat(self.cause)}"

    @property
    def hint(self) -> str:
        return hints.of_transport(self.setting, self.cause)


class WaitFailed(AgentRunError):
    """What was waited for went into a state it does not leave by itself."""

    def __init__(self, what: str, status: str, reason: str | None = None) -> None:
        self.what = what
        self.status = status
        self.reason = reason
        super().__init__(what, status, reason)

    def __str__(self) -> str:
        return f"{self.what} is {self.status}: {_flat(self.reason or 'the service gave no reason')}"


class WaitTimedOut(AgentRunError):
    """What was waited for did not get there in time."""

    def __init__(self, what: str, last_status: str, seconds: float) -> None:
        self.what = what
        self.last_status = last_status
        self.seconds = seconds
        super().__init__(what, last_status, seconds)

    def __str__(self) -> str:
        trouble = f", and the last poll failed: {self.__cause__}" if self.__cause__ else ""
        return f"{self.what} is still {self.last_status} after {self.seconds:.0f} s{trouble}"

    @property
    def hint(self) -> str:
        return (
            "Run again to go on waiting, or allow more time with the resource's `timeouts` or "
            "agentrun:createTimeout, agentrun:updateTimeout, agentrun:deleteTimeout"
        )


class Incomplete(AgentRunError):
    """Something was made, and then a later step failed.

    Args:
        resource_id: Id of what was made.
        state: Its state as far as it is known.
        cause: The failure of the later step.
    """

    def __init__(self, resource_id: str, state: Mapping[str, Any], cause: BaseException) -> None:
        self.resource_id = resource_id
        self.state = dict(state)
        self.cause = cause
        super().__init__(resource_id, cause)

    def __str__(self) -> str:
        return f"{self.cause} (it was made, with id {self.resource_id})"

    @property
    def hint(self) -> str:
        return self.cause.hint if isinstance(self.cause, AgentRunError) else ""


class AdvisedError(AgentRunError):
    """What is wrong in a text, and what to do next in another."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self._hint = hint
        super().__init__(message, hint)

    def __str__(self) -> str:
        return self.message

    @property
    def hint(self) -> str:
        return self._hint


class ConfigError(AdvisedError):
    """Settings are missing or wrong; `hint` says where they can be given."""


class CheckFailed(AgentRunError):
    """Inputs are wrong; `problems` holds every reason with its place."""

    def __init__(self, problems: Iterable[Any]) -> None:
        self.problems = list(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "; ".join(_problem(problem) for problem in self.problems) or "inputs are wrong"


class PackagingError(AgentRunError):
    """The code can't be packed; the text names the path."""


def from_response(
    response: httpx.Response, operation: str, *, service: str = "agentrun"
) -> ApiError:
    """Make the error that a reply of a service stands for (see `replies.error_of`)."""
    from .replies import error_of

    return error_of(response, operation, service=service)


def _flat(text: str) -> str:
    """Put a text of the service on one line of bearable length, without its final full stop."""
    line = " ".join(text.split()).rstrip(". ")
    return line if len(line) <= _LONGEST_TEXT else line[: _LONGEST_TEXT - 1] + "…"


def _problem(problem: Any) -> str:
    """Show a problem with a path and a reason; anything else as its own text."""
    path, reason = getattr(problem, "path", None), getattr(problem, "reason", None)
    if path is None or reason is None:
        return str(problem)
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return f"{place.lstrip('.')} {reason}".strip()
