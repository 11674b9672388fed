"""What the children of an agent are given."""

from __future__ import annotations

import copy
import dataclasses
import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Optional

import pulumi

from ._spelling import camel_case
from .agent_inputs import AgentRolloutArgs

# A new version has all the traffic at once; as a rollout, so that a later rollback knows what was
# stable before.
_AT_ONCE = {"promote": True}

_VERSION = re.compile(r"LATEST|[1-9][0-9]*")

_SHARED = ("region", "account_id", "profile", "timeouts", "adopt", "deletion_policy")


def shared_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of the runtime that hold for all children."""
    return {name: arguments[name] for name in _SHARED if arguments.get(name) is not None}


def check_names(arguments: Mapping[str, Any], known: Iterable[str]) -> None:
    """Refuse arguments that an agent does not have, before any part of it is declared.

    Raises:
        TypeError: There is one, as of any function of Python.
    """
    for name in arguments:
        if name not in known:
            close = difflib.get_close_matches(name, list(known), 1)
            told = f"; did you mean {close[0]!r}?" if close else ""
            raise TypeError(f"Agent() got an unexpected keyword argument {name!r}{told}")


def check_whole(endpoints: Any, publish: Any, rollout: Any) -> None:
    """Refuse what can't be meant.

    Raises:
        pulumi.RunError: Endpoints are no list, or a rollout has no version to roll out.
    """
    if isinstance(endpoints, (str, Mapping)) or not isinstance(endpoints, Sequence):
        raise pulumi.RunError(f"endpoints must be a list (got {endpoints!r})")
    if publish is False and rollout is not None:
        raise pulumi.RunError(
            "rollout has nothing to roll out with publish=False: remove one of the two"
        )


def fields_of(kind: type[Any], value: Any, where: str) -> dict[str, Any]:
    """The fields that are given, from an object or from a dict.

    Args:
        kind: The class of the arguments.
        value: An object of it, or a dict with its fields.
        where: What to call it in an error.

    Raises:
        pulumi.RunError: A dict has other fields, or lacks one.
    """
    if isinstance(value, Mapping):
        known = {camel_case(field.name): field.name for field in dataclasses.fields(kind)}
        # Both spellings, for what comes from a stack's configuration.
        given = {str(known.get(key, key)): item for key, item in value.items()}
        for key in given:
            if key not in known.values():
                names = ", ".join(sorted(known.values()))
                raise pulumi.RunError(f"{where} has no {key!r}; it has {names}")
        try:
            value = kind(**given)
        except TypeError as error:
            raise pulumi.RunError(f"{where}: {error}") from None
    elif not isinstance(value, kind):
        raise pulumi.RunError(f"{where} must be {kind.__name__} or a dict (got {value!r})")
    items = ((field.name, getattr(value, field.name)) for field in dataclasses.fields(kind))
    return {name: item for name, item in items if item is not None}


def in_order(endpoints: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The endpoints in the order in which they can be declared: what others ask comes first.

    Raises:
        pulumi.RunError: A name is no plain text, or there twice, or two endpoints ask each other.
    """
    names: list[str] = []
    for fields in endpoints:
        name = fields["name"]
        if not isinstance(name, str):
            raise pulumi.RunError("the name of an endpoint must be known before the deployment")
        if name in names:
            raise pulumi.RunError(f"endpoints: {name!r} is declared twice")
        version = fields.get("version")
        if isinstance(version, (str, int)) and not _VERSION.fullmatch(str(version)):
            raise pulumi.RunError(
                f"endpoints[{len(names)}].version must be the number of a version or LATEST "
                f"(got {version!r})"
            )
        names.append(name)
    ordered: list[dict[str, Any]] = []
    rest = list(endpoints)
    while rest:
        waiting = {fields["name"] for fields in rest}
        ready = [fields for fields in rest if _asked(fields) not in waiting]
        if not ready:
            told = " and ".join(repr(name) for name in sorted(waiting))
            raise pulumi.RunError(f"endpoints: the smoke tests of {told} wait for each other")
        ordered += ready
        rest = [fields for fields in rest if fields not in ready]
    return ordered


def _asked(fields: Mapping[str, Any]) -> Optional[str]:
    """What an endpoint's smoke test asks: an address, or the name of another endpoint."""
    smoke = fields.get("smoke")
    if smoke is None or isinstance(smoke, pulumi.Output):
        return None
    url = smoke.get("url") if isinstance(smoke, Mapping) else smoke.url
    return url if isinstance(url, str) else None


def endpoint_arguments(
    fields: Mapping[str, Any],
    newest: Optional[pulumi.Output[str]],
    rollout: Any,
    urls: Mapping[str, pulumi.Output[Optional[str]]],
) -> dict[str, Any]:
    """The arguments of one endpoint.

    Args:
        fields: What was declared.
        newest: The version that the agent publishes, if it does.
        rollout: How a new version gets its traffic, as it was declared.
        urls: Addresses of the endpoints that are declared already.
    """
    arguments = {key: value for key, value in fields.items() if key != "version"}
    asked = _asked(fields)
    if asked is not None and asked in urls:
        arguments["smoke"] = _asking(fields["smoke"], urls[asked])
    splits_itself = "canary" in fields or "version_weights" in fields
    if "version" in fields or newest is None or splits_itself:
        target = fields.get("version", "LATEST" if newest is None else newest)
        return arguments | {"target_version": target}
    steps = _AT_ONCE if rollout is None else fields_of(AgentRolloutArgs, rollout, "rollout")
    return arguments | {"rollout": {**steps, "version": newest}}


def _asking(smoke: Any, url: pulumi.Output[Optional[str]]) -> Any:
    if isinstance(smoke, Mapping):
        return {**smoke, "url": url}
    changed = copy.copy(smoke)
    pulumi.set(changed, "url", url)
    return changed
