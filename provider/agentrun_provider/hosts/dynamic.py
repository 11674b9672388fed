"""Serve the kinds as `pulumi.dynamic` resource providers.

The engine starts one `pulumi.dynamic` process, which unpickles a provider per resource. Ours is
pickled by reference: the state holds the name of the kind and the release, no code and no settings.
The core is imported on the first call only, so that a program which declares resources does not pay
for it.

A dynamic provider can't hand back the id of something it made and then failed on, so what is of no
use is removed again before the error is raised; what is merely not ready yet is found by the next
`up`.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Any

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)

from .. import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..kind import Kind, State
    from ..session import Session

DEBUG_VARIABLE = "AGENTRUN_DEBUG"


class OperationError(Exception):
    """A failed operation, told in one line."""

    # The engine shows the type's full name in front of the message.
    __module__ = "builtins"
    __qualname__ = "AgentRunError"


class KindProvider(ResourceProvider):
    """The provider of one kind.

    Args:
        kind: Name of the kind.
        release: Release of the package that wrote the state.
    """

    serialize_as_secret_always = False

    def __init__(self, kind: str, release: str = __version__) -> None:
        super().__init__()
        self.kind = kind
        self.release = release

    def __reduce__(self) -> tuple[Any, tuple[str, str]]:
        return KindProvider, (self.kind, self.release)

    def configure(self, req: ConfigureRequest) -> None:
        if not os.environ.get(DEBUG_VARIABLE):
            # The launcher puts a traceback into every error; users get one line instead.
            sys.tracebacklimit = 0
        else:
            _show_calls()
        self._served = _Served(self.kind, req.config)

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        return self._served.check(_olds, news)

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        return self._served.diff(_id, _olds, _news)

    def create(self, props: dict[str, Any]) -> CreateResult:
        return self._served.create(props)

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        return self._served.read(id_, props)

    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        return self._served.update(_id, _olds, _news)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        self._served.delete(_id, _props)


class _Served:
    """A kind at work in the provider process."""

    def __init__(self, kind_name: str, config: Any) -> None:
        from ..kinds import load
        from .sessions import configured

        self.config = configured(lambda key: config.get(f"agentrun:{key}"))
        if config.get("alicloud:region") is not None:
            self.config["alicloud:region"] = config.get("alicloud:region")
        try:
            self.kind: Kind[Any] = load(kind_name)
        except LookupError as error:
            raise OperationError(str(error)) from None

    def check(self, olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        from ..errors import AgentRunError, ConfigError
        from ..kind import check, foresee
        from .values import from_pulumi, property_path, to_pulumi

        plain = from_pulumi(news)
        try:
            checked = check(self.kind, plain, self._session(plain), from_pulumi(olds or {}))
        except ConfigError as error:
            return CheckResult(dict(news), [CheckFailure("", error.one_line())])
        failures = [CheckFailure(property_path(p.path), p.reason) for p in checked.problems]
        if not olds and not failures:
            try:
                adoption = foresee(self.kind, self._session(plain), checked.inputs)
            except AgentRunError as error:
                return CheckResult(dict(news), [CheckFailure("adopt", error.one_line())])
            if adoption:
                tell_progress(self.kind.label(checked.inputs), f"an up {adoption}", 0)
        return CheckResult(to_pulumi(self.kind.Inputs, checked.inputs), failures)

    def diff(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> DiffResult:
        from pydantic.alias_generators import to_camel

        from ..kind import plan

        old, new = self._inputs(olds), self._inputs(news)
        self._declare(resource_id, old, new)
        changes = plan(self.kind, old, new)
        replaces = dict.fromkeys(to_camel(c.field) for c in changes if c.replaces)
        return DiffResult(
            changes=bool(changes),
            replaces=list(replaces),
            # Also for what the program's options replace, such as `replace_on_changes`.
            delete_before_replace=self.kind.keeps_name(old, new),
        )

    def create(self, props: dict[str, Any]) -> CreateResult:
        state = self._run("create", props, self._create)
        return CreateResult(state.id, self._properties(state))

    def _create(self, session: Session, inputs: dict[str, Any]) -> State:
        from ..errors import AgentRunError, Incomplete
        from ..kind import State, settled

        try:
            made = self.kind.create(session, self.kind.Inputs.model_validate(inputs, by_name=True))
        except Incomplete as half:
            if session.holding.took_over(self.kind.key(half.resource_id, inputs)):
                # It served somebody before us, and the next up finds it again.
                raise half.cause from None
            try:
                self.kind.delete(session, State(half.resource_id, inputs))
            except AgentRunError as error:
                raise OperationError(
                    f"{half.one_line()}; it could not be removed again ({error.one_line()}), "
                    "the next up replaces it"
                ) from None
            raise half.cause from None
        self._declare(made.id, inputs)
        return settled(session, made)

    def _declare(self, resource_id: str, *inputs: dict[str, Any]) -> None:
        from .sessions import HOLDING

        owners = [side.get("owner") for side in inputs]
        HOLDING.declare(self.kind.key(resource_id, inputs[0]), *owners)

    def read(self, resource_id: str, props: dict[str, Any]) -> ReadResult:
        from ..kind import read
        from .values import to_pulumi

        state = self._run(
            "read", props, lambda s, _: read(self.kind, s, self._old(resource_id, props))
        )
        if state is None:
            return ReadResult("", {})
        inputs = to_pulumi(self.kind.Inputs, state.inputs)
        return ReadResult(resource_id, self._properties(state), inputs)

    def update(self, resource_id: str, olds: dict[str, Any], news: dict[str, Any]) -> UpdateResult:
        from ..kind import settled

        def run(session: Session, inputs: dict[str, Any]) -> State:
            wanted = self.kind.Inputs.model_validate(inputs, by_name=True)
            return settled(session, self.kind.update(session, self._old(resource_id, olds), wanted))

        return UpdateResult(self._properties(self._run("update", news, run)))

    def delete(self, resource_id: str, props: dict[str, Any]) -> None:
        from ..kind import remove

        self._run("delete", props, lambda s, _: remove(self.kind, s, self._old(resource_id, props)))

    def _run(
        self,
        operation: str,
        props: dict[str, Any],
        work: Callable[[Session, dict[str, Any]], Any],
    ) -> Any:
        """Do one operation; whatever fails in it reaches the user as one line."""
        from ..errors import AgentRunError

        inputs = self._inputs(props)
        try:
            return work(self._session(inputs), inputs)
        except AgentRunError as error:
            failed = f"could not {operation} {self.kind.label(inputs)}: {error.one_line()}"
            logging.getLogger(__name__).debug("%s", failed, exc_info=True)
            raise OperationError(failed) from None

    def _session(self, inputs: dict[str, Any]) -> Session:
        from .sessions import session_for

        own = {key: inputs.get(key) for key in ("region", "account_id", "profile")}
        return session_for(self.config, {k: v for k, v in own.items() if isinstance(v, str)})

    def _inputs(self, props: dict[str, Any]) -> dict[str, Any]:
        from ..kind import known_inputs
        from .values import from_pulumi

        return known_inputs(self.kind.Inputs, from_pulumi(props))

    def _old(self, resource_id: str, props: dict[str, Any]) -> State:
        from ..kind import State, known_inputs
        from .values import from_pulumi

        plain = from_pulumi(props)
        outputs = known_inputs(self.kind.Outputs, plain)
        return State(resource_id, self._inputs(props), outputs)

    def _properties(self, state: State) -> dict[str, Any]:
        from .values import to_pulumi

        inputs = to_pulumi(self.kind.Inputs, state.inputs)
        return inputs | to_pulumi(self.kind.Outputs, state.outputs)


def _show_calls() -> None:
    """Log this package's calls, and no other's: libraries log headers and queries, which may hold
    secrets."""
    log = logging.getLogger(__name__.partition(".")[0])
    log.setLevel(logging.DEBUG)
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter(logging.BASIC_FORMAT))
        log.addHandler(handler)


_STDOUT = threading.Lock()


def tell_progress(what: str, status: str, seconds: float) -> None:
    """Write a line the engine shows under the running deployment."""
    with _STDOUT:
        waited = f" ({seconds:.0f} s)" if seconds else ""
        sys.stdout.write(f"{what}: {status}{waited}\n")
        sys.stdout.flush()
