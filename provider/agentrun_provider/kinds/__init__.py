"""The table of kinds. A module is loaded when its kind is first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..kind import Kind

# Name of the kind -> module and attribute that implement it.
KINDS: dict[str, tuple[str, str]] = {
    "Runtime": ("runtime", "RUNTIME"),
    "RuntimeVersion": ("runtime_version", "RUNTIME_VERSION"),
    "RuntimeEndpoint": ("runtime_endpoint", "RUNTIME_ENDPOINT"),
    "RuntimeConcurrency": ("runtime_concurrency", "RUNTIME_CONCURRENCY"),
    "RuntimeVpcConfig": ("runtime_vpc_config", "RUNTIME_VPC_CONFIG"),
    "RuntimeLogConfig": ("runtime_log_config", "RUNTIME_LOG_CONFIG"),
    "RuntimeCustomDomain": ("runtime_custom_domain", "RUNTIME_CUSTOM_DOMAIN"),
}


def load(name: str) -> Kind[Any]:
    """Return the kind of that name.

    Raises:
        LookupError: This release does not have the kind.
    """
    if name not in KINDS:
        raise LookupError(
            f"this release of pulumi-agentrun has no resource {name!r}: the state was written by "
            f"a newer one, so upgrade the package; it has {', '.join(sorted(KINDS))}"
        )
    module, attribute = KINDS[name]
    kind: Kind[Any] = getattr(import_module(f"{__name__}.{module}"), attribute)
    return kind
