"""Ask a version on trial before it gets traffic; what fails leaves the traffic as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from ..errors import AgentRunError
from ..session import Session

if TYPE_CHECKING:
    from .endpoint_inputs import Smoke

_PAUSE_SECONDS = 2.0
_SHOWN = 200


class SmokeFailed(AgentRunError):
    """The request of a smoke gate was not answered as expected."""

    def __init__(self, label: str, url: str, answer: str, attempts: int) -> None:
        super().__init__(label, url, answer, attempts)
        self.text = f"the smoke test of {label} failed at {url}: {answer} (tried {attempts} times)"

    def __str__(self) -> str:
        return self.text

    @property
    def hint(self) -> str:
        """What to do next."""
        return "No traffic was moved. Look at the log of the new version, or correct `smoke`"


def pass_smoke_gate(session: Session, smoke: Smoke | None, label: str) -> None:
    """Send the gate's request until it is answered as expected.

    Raises:
        SmokeFailed: It was not, in as many attempts as allowed; the error has the last answer.
    """
    if smoke is None:
        return
    url = smoke.url.rstrip("/") + (smoke.path or "")
    attempts = smoke.attempts or 3
    answer = ""
    for attempt in range(1, attempts + 1):
        answer = _ask(smoke, url)
        session.progress(label, f"smoke test {answer or 'passed'}", 0)
        if not answer:
            return
        if attempt < attempts:
            session.clock.sleep(_PAUSE_SECONDS)
    raise SmokeFailed(label, url, answer, attempts)


def _ask(smoke: Smoke, url: str) -> str:
    """Send it once; empty if the answer is as expected, else what it was."""
    method = "GET" if smoke.body is None else "POST"
    headers = {}
    if smoke.body is not None:
        headers["content-type"] = smoke.content_type or "application/json"
    try:
        reply = httpx.request(
            method,
            url,
            content=smoke.body,
            headers=headers,
            timeout=float(smoke.timeout_seconds or 30),
        )
    except httpx.HTTPError as error:
        return f"no answer, {error}"
    shown = " ".join(reply.text.split())[:_SHOWN]
    if reply.status_code != (smoke.expected_status or 200):
        return f"status {reply.status_code}: {shown}"
    if smoke.expected_text is not None and smoke.expected_text not in reply.text:
        return f"{smoke.expected_text!r} is not in the answer: {shown}"
    return ""
