"""Stands in for a provider plugin: echoes inputs as outputs and mints ids.

As the mocks of Pulumi's unit tests do.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from pulumi_local.provider_api import (
    CheckResult,
    CreateResult,
    DiffResult,
    InvokeResult,
    ReadResult,
)
from pulumi_local.state import urn_name
from pulumi_local.values import PropertyMap


class SimulatedProvider:
    """Accepts everything; implements `ConfigurableProvider`."""

    def check_config(self, urn: str, olds: PropertyMap | None, news: PropertyMap) -> CheckResult:
        """Accept any configuration."""
        return CheckResult(news)

    def diff_config(
        self, urn: str, old_inputs: PropertyMap, old_outputs: PropertyMap, new_inputs: PropertyMap
    ) -> DiffResult:
        """Leave the comparison to the engine; nothing needs a replacement."""
        return DiffResult(changes=None)

    def configure(self, urn: str, id: str, inputs: PropertyMap) -> None:
        """Need no configuration."""

    def check(
        self, urn: str, olds: PropertyMap | None, news: PropertyMap, *, preview: bool
    ) -> CheckResult:
        """Accept any inputs."""
        return CheckResult(news)

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
        """Leave the comparison to the engine; nothing needs a replacement."""
        return DiffResult(changes=None)

    def create(
        self, urn: str, inputs: PropertyMap, *, timeout_seconds: float, preview: bool
    ) -> CreateResult:
        """Return the inputs as outputs, with a new id unless this is a preview."""
        return CreateResult(
            "" if preview else f"{urn_name(urn)}-{uuid.uuid4().hex[:8]}", dict(inputs)
        )

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
        """Return the inputs as outputs."""
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
        """Delete what never was."""

    def read(self, urn: str, id: str, inputs: PropertyMap, outputs: PropertyMap) -> ReadResult:
        """Find everything just as it is in the state."""
        return ReadResult(id, outputs or dict(inputs), inputs)

    def invoke(self, token: str, args: PropertyMap, *, preview: bool) -> InvokeResult:
        """Return the arguments."""
        return InvokeResult(dict(args))
