"""`mock_agentrun`: a fake cloud in place of the real one, in this process and for a while.

As a decorator or in a `with` statement, around code that uses httpx (this provider) or requests
(the official SDKs):

    @mock_agentrun
    def test_it() -> None: ...

    with mock_agentrun(FakeSettings(ready_ms=200)) as cloud:
        ...

While it is on, requests to the vendor's hosts reach the cloud and none of them leaves the process,
and the environment holds the cloud's keys, account and region.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import TracebackType
from typing import Any, TypeVar, overload

from .clock import Clock
from .cloud import FakeCloud
from .interception import intercepted
from .settings import FakeSettings
from .unverified import Unverified

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])

# What would lead clients elsewhere, or let them sign with something else (section 12.2).
_UNSET = (
    *(f"AGENTRUN_{name}_ENDPOINT" for name in ("CONTROL", "DATA", "FC", "SLS", "OSS", "STS")),
    *(f"{family}_SECURITY_TOKEN" for family in ("AGENTRUN", "ALIBABA_CLOUD")),
    *(f"ALIBABA_CLOUD_{name}" for name in ("PROFILE", "ROLE_ARN", "CREDENTIALS_URI")),
    "AGENTRUN_CUSTOM_ENDPOINT",
    "FC_CODE_TEMP_OSS_ENDPOINT",
)


class AgentRunMock:
    """Puts a fake cloud in place, as often as wanted; each time a new one.

    Args:
        settings: Account, keys, region and speed.
        unverified: Other assumptions about what is not known of the real service.
        clock: Time of the resources; tests pass a `ManualClock`.
    """

    def __init__(
        self,
        settings: FakeSettings | None = None,
        *,
        unverified: Unverified | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._settings = settings
        self._unverified = unverified
        self._clock = clock
        self._running: list[tuple[FakeCloud, ExitStack]] = []

    @property
    def cloud(self) -> FakeCloud:
        """The cloud that is in place.

        Raises:
            RuntimeError: None is.
        """
        if not self._running:
            raise RuntimeError("the mock is not started")
        return self._running[-1][0]

    def start(self) -> FakeCloud:
        """Put a new cloud in place."""
        cloud = FakeCloud(self._settings, unverified=self._unverified, clock=self._clock)
        with ExitStack() as stack:
            stack.callback(cloud.stop_programs)
            stack.enter_context(_environment(_values(cloud.settings)))
            stack.enter_context(intercepted(cloud))
            self._running.append((cloud, stack.pop_all()))
        return cloud

    def stop(self) -> None:
        """Take the cloud away that was put in place last, and end the programs it runs.

        Raises:
            RuntimeError: None is.
        """
        if not self._running:
            raise RuntimeError("the mock is not started")
        self._running.pop()[1].close()

    def __enter__(self) -> FakeCloud:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __call__(self, decorated: _Decorated) -> _Decorated:
        """Put a new cloud in place during each call of a function, also an asynchronous one; of a
        class, during each method whose name begins with `test`."""
        if inspect.isclass(decorated):
            for name, method in list(vars(decorated).items()):
                if name.startswith("test") and inspect.isfunction(method):
                    setattr(decorated, name, self(method))
            return decorated
        wrapped = self._awaited if inspect.iscoroutinefunction(decorated) else self._called
        return wrapped(decorated)  # type: ignore[return-value]

    def _called(self, decorated: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(decorated)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self:
                return decorated(*args, **kwargs)

        return wrapped

    def _awaited(self, decorated: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(decorated)
        async def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await decorated(*args, **kwargs)

        return wrapped


@overload
def mock_agentrun(decorated: _Decorated, /) -> _Decorated: ...


@overload
def mock_agentrun(
    settings: FakeSettings | None = None,
    /,
    *,
    unverified: Unverified | None = None,
    clock: Clock | None = None,
) -> AgentRunMock: ...


def mock_agentrun(given: Any = None, /, **options: Any) -> Any:
    """Put a fake cloud in place of the real one: `@mock_agentrun`, or
    `@mock_agentrun(settings, ...)`, or `with mock_agentrun(...) as cloud`.

    See `AgentRunMock` for the arguments.
    """
    if callable(given):
        return AgentRunMock()(given)
    return AgentRunMock(given, **options)


def _values(settings: FakeSettings) -> dict[str, str]:
    """What the clients read (section 12.2)."""
    values = {
        "AGENTRUN_ACCOUNT_ID": settings.account_id,
        "AGENTRUN_REGION": settings.region,
    }
    for family in ("AGENTRUN", "ALIBABA_CLOUD"):
        values[f"{family}_ACCESS_KEY_ID"] = settings.access_key_id
        values[f"{family}_ACCESS_KEY_SECRET"] = settings.access_key_secret
    return values


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set these variables and unset those that would interfere; other changes are left alone."""
    before = {name: os.environ.get(name) for name in (*values, *_UNSET)}
    for name in _UNSET:
        os.environ.pop(name, None)
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
