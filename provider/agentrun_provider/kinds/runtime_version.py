"""RuntimeVersion: a numbered snapshot of a runtime, published when the runtime changed.

API: section 3 of the reference, `/agents/runtimes/{id}/versions`, with publish and list only.

Quirks: a version can neither be changed nor deleted, so every change publishes another one and a
delete leaves it behind; publishing has no idempotency token and no name that could clash, so the
description ends with a mark of what was published, by which a publish whose reply was lost, or an
`up` that was killed right after it, is found again; only the newest version counts, for going back
to an earlier configuration is a new release; the list may hold an entry `LATEST`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..errors import ApiError, NotFound
from ..fields import Follows, Local, Problem, Replaces, Shape, Wire, WriteOnly, absent
from ..kind import Inputs, Kind, Outputs, State, dump, timeout_seconds
from ..session import Session
from ..unverified import OWNER_TAG_PREFIX, UNCHANGED_MARKERS, VERSION_DESCRIPTION_LIMIT
from ..wire import is_empty
from .runtime_calls import READY, await_ready, runtime_path, unless_busy
from .runtime_part import need
from .shapes import Text

_MARK_LENGTH = len(f" [{OWNER_TAG_PREFIX}0123456789abcdef]")
_MARK = re.compile(rf" ?\[{OWNER_TAG_PREFIX}[0-9a-f]{{16}}\]$")
_FIXED = "a version is fixed once it is published"


class VersionInputs(Inputs):
    """Inputs of a version."""

    runtime_id: Annotated[
        str, Replaces("a version belongs to one runtime"), Wire("agentRuntimeId")
    ] = Field(min_length=1, description="Id of the runtime, `runtime.id`.")
    fingerprint: Annotated[
        str | None, Replaces("a version is a snapshot of the runtime"), Local()
    ] = Field(
        None,
        description="What the version is a snapshot of, `runtime.fingerprint`: whenever it "
        "changes, another version is published.",
    )
    triggers: Annotated[
        dict[str, Text] | None, Replaces("a changed trigger asks for another version"), Local()
    ] = Field(
        None,
        description="Further reasons to publish, by any name, for instance "
        '`{"network": vpc_config.fingerprint}`. One of `fingerprint` and `triggers` is required.',
    )
    description: Annotated[str | None, Replaces(_FIXED)] = Field(
        None,
        max_length=VERSION_DESCRIPTION_LIMIT - _MARK_LENGTH,
        description="What the version is. In the service a mark of what was published follows it.",
    )
    publisher: Annotated[str | None, Replaces(_FIXED), WriteOnly()] = Field(
        None, description="Who publishes it. Never returned, so drift of it is not seen."
    )

    def rules(self) -> Iterator[Problem]:
        if absent(self.fingerprint) and absent(self.triggers):
            yield Problem(
                ("fingerprint",),
                "or triggers is required: nothing else tells when to publish the next version; "
                "give it runtime.fingerprint",
            )


class VersionOutputs(Outputs):
    """What the service adds to a version."""

    version: Annotated[str, Follows("{own_id}")] = Field(
        description="Number of the version, as text."
    )
    previous_version: str | None = Field(
        None, description="Number of the version before it, if there is one."
    )
    published_at: str | None = Field(None, description="Time of publication, ISO 8601.")


class RuntimeVersionKind(Kind[VersionInputs]):
    """Publishes and reads versions."""

    name: ClassVar[str] = "RuntimeVersion"
    Inputs: ClassVar[type[Any]] = VersionInputs
    Outputs: ClassVar[type[Shape]] = VersionOutputs

    def label(self, inputs: Mapping[str, Any]) -> str:
        return f"RuntimeVersion of {inputs.get('runtime_id', '?')}"

    def keeps_name(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        # The old version stays, and serves until the traffic has moved.
        return False

    def create(self, session: Session, inputs: VersionInputs) -> State:
        declared = dump(inputs)
        label, seconds = self.label(declared), timeout_seconds(session, declared, "create")
        call = _Publication(session, inputs, label)
        with session.exclusive(inputs.runtime_id):
            if need(session, inputs.runtime_id).get("status") not in READY:
                await_ready(session, inputs.runtime_id, label, seconds)
            entry = unless_busy(session, inputs.runtime_id, label, seconds, call.publish)
        number = _number(entry)
        return State(f"{inputs.runtime_id}/{number}", declared, _outputs(number, entry, call.known))

    def read(self, session: Session, state: State) -> State | None:
        runtime_id, _, text = state.id.rpartition("/")
        try:
            known = _versions(session, runtime_id)
        except NotFound:
            return None
        entry = known.get(int(text))
        if entry is None:
            return None
        inputs = state.inputs or _imported(runtime_id, entry)
        return State(state.id, inputs, {**state.outputs, **_outputs(int(text), entry, known)})

    def update(self, session: Session, state: State, inputs: VersionInputs) -> State:
        # Whatever the service knows of makes another version; only the rest gets here.
        return State(state.id, dump(inputs), state.outputs)

    def delete(self, session: Session, state: State) -> None:
        number = state.id.rpartition("/")[2]
        session.progress(
            self.label(state.inputs),
            f"version {number} stays in the service, which has no call to delete it",
            0,
        )


RUNTIME_VERSION = RuntimeVersionKind()


class _Publication:
    """Publishes the runtime as it is, or finds that it was done already."""

    def __init__(self, session: Session, inputs: VersionInputs, label: str) -> None:
        self.session = session
        self.label = label
        self.runtime_id = inputs.runtime_id
        self.mark = _mark(inputs)
        self.body = {"description": f"{inputs.description or ''} {self.mark}".strip()}
        if inputs.publisher is not None:
            self.body["publisher"] = inputs.publisher
        self.known: dict[int, dict[str, Any]] = {}

    def publish(self) -> dict[str, Any]:
        done = self._ours()
        if done is not None:
            self._tell(f"version {_number(done)} was published already")
            return done
        path = f"{runtime_path(self.runtime_id)}/versions"
        try:
            return self.session.client.create_once(
                "PublishRuntimeVersion", path, self.body, find=self._ours, unique=False
            )
        except ApiError as refusal:
            newest = self._newest() if _says_unchanged(refusal) else None
            if newest is None:
                raise
        self._tell(f"version {_number(newest)} is the same, so none is published")
        return newest

    def _ours(self) -> dict[str, Any] | None:
        newest = self._newest()
        marked = newest and str(newest.get("description") or "").endswith(self.mark)
        return newest if marked else None

    def _newest(self) -> dict[str, Any] | None:
        self.known = _versions(self.session, self.runtime_id)
        return self.known[max(self.known)] if self.known else None

    def _tell(self, text: str) -> None:
        self.session.progress(self.label, text, 0)


def _mark(inputs: VersionInputs) -> str:
    """Text that stands for all that makes a publish a different one."""
    told = [
        inputs.owner,
        inputs.fingerprint,
        inputs.triggers,
        inputs.description,
        inputs.publisher,
    ]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    return f"[{OWNER_TAG_PREFIX}{digest[:16]}]"


def _says_unchanged(refusal: ApiError) -> bool:
    message = refusal.message.lower()
    return refusal.status < 500 and any(marker in message for marker in UNCHANGED_MARKERS)


def _versions(session: Session, runtime_id: str) -> dict[int, dict[str, Any]]:
    """All published versions of a runtime by number.

    Raises:
        NotFound: There is no such runtime.
    """
    path = f"{runtime_path(runtime_id)}/versions"
    listed = session.client.paginate("ListAgentRuntimeVersions", path)
    return {
        _number(entry): entry
        for entry in listed
        if str(entry.get("agentRuntimeVersion")).isdecimal()
    }


def _number(entry: Mapping[str, Any]) -> int:
    return int(entry["agentRuntimeVersion"])


def _outputs(
    number: int, entry: Mapping[str, Any], known: Mapping[int, Mapping[str, Any]]
) -> dict[str, Any]:
    earlier = [other for other in known if other < number]
    outputs = {
        "version": str(number),
        "previous_version": str(max(earlier)) if earlier else None,
        "published_at": entry.get("lastUpdatedAt"),
    }
    return {key: value for key, value in outputs.items() if not is_empty(value)}


def _imported(runtime_id: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a version that was not declared so far, as far as the service tells them."""
    shown = _MARK.sub("", str(entry.get("description") or ""))
    return {"runtime_id": runtime_id, **({"description": shown} if shown else {})}
