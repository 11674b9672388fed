"""The providers of a run: which one manages a resource, and their own life as resources.

A provider is itself a resource of the state, of type ``pulumi:providers:<package>``. The engine
registers a default one for each package that the program uses without naming a provider.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from pulumi_local.errors import EngineError
from pulumi_local.plugins import DYNAMIC_PACKAGE
from pulumi_local.provider_api import (
    CheckResult,
    ConfigurableProvider,
    CreateResult,
    DiffResult,
    InvokeResult,
    Provider,
    ProviderError,
    ReadResult,
)
from pulumi_local.stack_config import StackConfig
from pulumi_local.stack_references import BUILTIN_PACKAGE
from pulumi_local.state import PROVIDER_TYPE_PREFIX, Resource, urn_type
from pulumi_local.values import PropertyMap, Value, strip_secrets

OpenProvider = Callable[[str, str, str], ConfigurableProvider]
"""Returns a provider not yet configured, given package, version and its URN."""

_VERSION: Final = "version"
_DOWNLOAD_URL: Final = "pluginDownloadURL"


def package_of(type_: str) -> str:
    """Return the package of a resource type or function token: its first part."""
    return type_.split(":", 1)[0]


def reference(resource: Resource) -> str:
    """Return how resources refer to a provider."""
    return f"{resource.urn}::{resource.id}"


def reference_urn(ref: str) -> str:
    """Return the URN in a reference to a provider."""
    return ref.rpartition("::")[0]


def default_name(version: str) -> str:
    """Return the name of a default provider; each version has one of its own."""
    if not version:
        return "default"
    return "default_" + "".join(c if c.isalnum() else "_" for c in version)


def default_inputs(
    package: str, version: str, download_url: str, config: StackConfig
) -> PropertyMap:
    """Return the inputs of a default provider: the configuration of its package."""
    wrapped = config.wrapped()
    if package == DYNAMIC_PACKAGE:
        # Dynamic providers are part of the program, so they get what the program gets.
        return dict(wrapped)
    inputs = {
        key.split(":", 1)[1]: value
        for key, value in wrapped.items()
        if key.split(":", 1)[0] == package and package != BUILTIN_PACKAGE
    }
    inputs |= {_VERSION: version} if version else {}
    inputs |= {_DOWNLOAD_URL: download_url} if download_url else {}
    return inputs


class ProviderTable:
    """All providers of a run by reference. Safe to use from several threads."""

    def __init__(self, old_resources: Sequence[Resource], open_provider: OpenProvider) -> None:
        self._open = open_provider
        self._old = {reference(r): r for r in old_resources if r.is_provider}
        self._active: dict[str, ConfigurableProvider] = {}
        self._opened: dict[str, ConfigurableProvider] = {}
        self._lock = threading.RLock()

    def of_type(self, type_: str, ref: str) -> Provider:
        """Return what manages a resource: its provider, or for a provider the engine.

        Raises EngineError if the provider is not known or cannot be started.
        """
        if type_.startswith(PROVIDER_TYPE_PREFIX):
            return ProviderLife(self)
        return self.get(ref)

    def get(self, ref: str) -> ConfigurableProvider:
        """Return a provider of this run, or else the one of the old state as it was then."""
        with self._lock:
            active = self._active.get(ref)
            if active is not None:
                return active
            old = self._old.get(ref)
            if old is None:
                raise EngineError(f"unknown provider {ref}")
            return self.activate(old)

    def open(self, urn: str, version: str) -> ConfigurableProvider:
        """Return the provider of a URN before it is configured."""
        with self._lock:
            if urn not in self._opened:
                package = urn_type(urn).removeprefix(PROVIDER_TYPE_PREFIX)
                self._opened[urn] = self._open(package, version, urn)
            return self._opened[urn]

    def activate(self, resource: Resource) -> ConfigurableProvider:
        """Configure a provider as its resource says, for use under its reference."""
        with self._lock:
            provider = self.open(resource.urn, _version(resource.inputs))
            provider.configure(resource.urn, resource.id, resource.inputs)
            self._active[reference(resource)] = provider
            return provider


class ProviderLife:
    """Manages providers as resources; implements `Provider`."""

    def __init__(self, table: ProviderTable) -> None:
        self._table = table

    def check(
        self, urn: str, olds: PropertyMap | None, news: PropertyMap, *, preview: bool
    ) -> CheckResult:
        """Let the provider check its own configuration."""
        checked = self._opened(urn, news).check_config(urn, olds, news)
        own: tuple[str, ...] = (_VERSION, _DOWNLOAD_URL)
        kept = {key: news[key] for key in own if key in news}
        return CheckResult({**checked.inputs, **kept}, checked.failures)

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: PropertyMap,
        old_outputs: PropertyMap,
        new_inputs: PropertyMap,
        *,
        ignore_changes: Sequence[str] = (),
    ) -> DiffResult:
        """Let the provider compare its own configuration."""
        provider = self._opened(urn, new_inputs)
        return provider.diff_config(urn, old_inputs, old_outputs, new_inputs)

    def create(
        self, urn: str, inputs: PropertyMap, *, timeout_seconds: float, preview: bool
    ) -> CreateResult:
        """Give the provider an id."""
        return CreateResult(str(uuid.uuid4()), dict(inputs))

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: PropertyMap,
        old_outputs: PropertyMap,
        new_inputs: PropertyMap,
        *,
        timeout_seconds: float,
        preview: bool,
        ignore_changes: Sequence[str] = (),
    ) -> PropertyMap:
        """Take the new configuration."""
        return dict(new_inputs)

    def delete(
        self,
        urn: str,
        id: str,
        inputs: PropertyMap,
        outputs: PropertyMap,
        *,
        timeout_seconds: float,
    ) -> None:
        """Forget the provider."""

    def read(self, urn: str, id: str, inputs: PropertyMap, outputs: PropertyMap) -> ReadResult:
        """Find the provider as it is."""
        return ReadResult(id, outputs, inputs)

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> InvokeResult:
        """Refuse: functions belong to providers, not to their life."""
        raise ProviderError(f"not a function: {token}")

    def _opened(self, urn: str, inputs: Mapping[str, Value]) -> ConfigurableProvider:
        return self._table.open(urn, _version(inputs))


def _version(inputs: Mapping[str, Value]) -> str:
    return str(strip_secrets(inputs.get(_VERSION)) or "")
