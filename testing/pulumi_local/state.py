"""The stack's state: its resources and the operations that were under way, in memory.

Field names are those of the checkpoint in Python spelling; `pulumi_local.checkpoint` turns them
into the file format and back. Secret property values are plain in memory, wrapped in `Secret`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from pulumi_local.values import PropertyMap, Value

OperationType: TypeAlias = Literal["creating", "updating", "deleting", "reading", "importing"]
"""What was being done to a resource when the state was saved, in the CLI's words."""

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDER_TYPE_PREFIX = "pulumi:providers:"


@dataclass
class Resource:
    """One resource of the state, with every field of the checkpoint's third format.

    ``provider`` is the reference ``urn::id``. Times are RFC 3339 strings in UTC. ``extra`` holds
    fields this engine does not know, so that they survive being loaded and saved.
    """

    urn: str
    type: str
    custom: bool = True
    delete: bool = False
    id: str = ""
    inputs: PropertyMap = field(default_factory=dict)
    outputs: PropertyMap = field(default_factory=dict)
    parent: str = ""
    protect: bool = False
    taint: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list)
    init_errors: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    """Seconds per ``create``, ``update`` and ``delete``; 0 or absent means the default."""
    import_id: str = ""
    retain_on_delete: bool = False
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    created: str = ""
    modified: str = ""
    source_position: str = ""
    stack_trace: list[dict[str, Any]] = field(default_factory=list)
    ignore_changes: list[str] = field(default_factory=list)
    hide_diff: list[Any] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Value = None
    refresh_before_update: bool = False
    view_of: str = ""
    resource_hooks: dict[str, list[str]] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The logical name: the last part of the URN."""
        return urn_name(self.urn)

    @property
    def is_provider(self) -> bool:
        """Whether this is a provider, default or explicit."""
        return self.type.startswith(PROVIDER_TYPE_PREFIX)

    def copy(self, **changes: Any) -> Resource:
        """Return a copy with some fields replaced; property maps are shared, not cloned."""
        return replace(self, **changes)


@dataclass
class PendingOperation:
    """An operation that was under way when the state was last saved."""

    resource: Resource
    type: OperationType


@dataclass
class Snapshot:
    """The state of one stack.

    ``resources`` are in dependency order: each comes after what it depends on, except that a
    resource waiting for deletion (``delete``) may come after its replacement.
    """

    resources: list[Resource] = field(default_factory=list)
    pending_operations: list[PendingOperation] = field(default_factory=list)
    secrets_providers: dict[str, Any] = field(default_factory=dict)
    """The checkpoint's ``secrets_providers`` block, as the CLI writes it."""
    metadata: dict[str, Any] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    """Other fields of the deployment, kept as they are."""
    checkpoint_extra: dict[str, Any] = field(default_factory=dict)
    """Other fields of the checkpoint around the deployment (such as its config), kept too."""

    def stack_resource(self) -> Resource | None:
        """The root resource of the stack, if a program ran already."""
        return next((r for r in self.resources if r.type == STACK_TYPE and not r.delete), None)

    def stack_outputs(self) -> PropertyMap:
        """The outputs the program exported at the last update."""
        stack = self.stack_resource()
        return stack.outputs if stack else {}

    def copy(self) -> Snapshot:
        """Return a snapshot with lists of its own that share the resources."""
        return replace(
            self,
            resources=list(self.resources),
            pending_operations=list(self.pending_operations),
        )


def make_urn(stack: str, project: str, parent_urn: str, type_: str, name: str) -> str:
    """Build the URN of a resource; ``parent_urn`` is empty or the URN of the parent.

    A parent that is the stack itself does not show in the type path.
    """
    path = type_
    if parent_urn:
        parent_path = urn_type_path(parent_urn)
        if parent_path != STACK_TYPE:
            path = f"{parent_path}${type_}"
    return f"urn:pulumi:{stack}::{project}::{path}::{name}"


def urn_type_path(urn: str) -> str:
    """The types of a URN's resource and its ancestors, joined by ``$``."""
    return _urn_parts(urn)[2]


def urn_type(urn: str) -> str:
    """The type token of a URN's own resource."""
    return urn_type_path(urn).rsplit("$", 1)[-1]


def urn_name(urn: str) -> str:
    """The logical name in a URN; a name may itself contain ``::``."""
    return _urn_parts(urn)[3]


def urn_stack(urn: str) -> str:
    """The stack in a URN."""
    return _urn_parts(urn)[0].removeprefix("urn:pulumi:")


def urn_project(urn: str) -> str:
    """The project in a URN."""
    return _urn_parts(urn)[1]


def _urn_parts(urn: str) -> list[str]:
    parts = urn.split("::", 3)
    if len(parts) != 4 or not parts[0].startswith("urn:pulumi:"):
        raise ValueError(f"not a URN: {urn!r}")
    return parts
