"""Which lines of a log belong to something that failed.

The log service keeps lines, not requests. A line belongs to the request that it names, or to the
one that its instance was serving, which Function Compute tells by lines of its own. A request has
failed if one of its lines tells an error. Agents that serve several requests at a time, or write no
such lines, have their errors shown with the lines that follow from them: the frames of a traceback.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .log_reading import LogRecord

_ERROR = re.compile(
    r"""
    \b(?:ERROR|CRITICAL|FATAL)\b            # levels of loggers, as they are usually written
    | \b(?:level|levelname|log_level|severity)["']?\s*[:=]\s*["']?(?i:error|critical|fatal|panic)\b
    | ^Traceback\ \(most\ recent\ call\ last\)
    | ^Exception\ in\ thread\b             # Java
    | \b[A-Za-z_.]*(?:Error|Exception):     # what a language says that something ended with
    | \bpanic:
    | HTTP/[\d.]+"\ 5\d\d\b                 # access logs
    """,
    re.VERBOSE,
)
_TRACEBACK = re.compile(r"^Traceback \(most recent call last\)")
_STARTS = re.compile(r"FC \w+ Start RequestId: *(\S+)")
_ENDS = re.compile(r"FC \w+ End RequestId: *(\S+)")
_NAMED = re.compile(
    r"\brequest_?id\b[\"']?[:= ]+[\"']?([0-9A-Za-z][0-9A-Za-z-]{7,})", re.IGNORECASE
)


class Failures:
    """Sorts lines as they come; remembers what it needs from one batch to the next."""

    def __init__(self) -> None:
        self._serving: dict[str, str] = {}
        self._failed: set[str] = set()
        self._open: dict[str, bool] = {}

    def marks(self, records: Sequence[LogRecord]) -> list[bool]:
        """For each of the lines, in order: whether it belongs to something that failed."""
        requests = [self.request_of(record) for record in records]
        errors = [self._tells_error(record) for record in records]
        pairs = list(zip(requests, errors, strict=True))
        self._failed |= {request for request, error in pairs if error and request}
        return [error or request in self._failed for request, error in pairs]

    def request_of(self, record: LogRecord) -> str:
        """The request that a line belongs to; empty if nothing tells one."""
        instance, text = record.instance_id, record.message
        start = _STARTS.search(text)
        if start:
            self._serving[instance] = start[1]
        own = record.fields.get("requestId") or record.fields.get("requestID")
        named = start or _NAMED.search(text)
        request = str(own or (named[1] if named else self._serving.get(instance, "")))
        if _ENDS.search(text):
            self._serving.pop(instance, None)
        return request

    def _tells_error(self, record: LogRecord) -> bool:
        """Whether a line tells an error, or goes on with one of its instance."""
        instance, text = record.instance_id, record.message
        if _failed_call(record):
            return True
        if _ERROR.search(text):
            self._open[instance] = bool(_TRACEBACK.match(text))
            return True
        if instance not in self._open:
            return False
        if not text.strip() or text[0].isspace():
            return True
        # The line after the frames says what it was; it need not have the word in it.
        return self._open.pop(instance)


def _failed_call(record: LogRecord) -> bool:
    status = str(record.fields.get("statusCode") or "")
    flagged = str(record.fields.get("hasFunctionError") or "").lower() == "true"
    return flagged or (status.isdecimal() and int(status) >= 500)
