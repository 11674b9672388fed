"""RuntimeVpcConfig: the network of a runtime that is created elsewhere or leaves it unset.

API: `networkConfiguration` of a runtime, sections 2.3 and 8.1 of the reference; reads and
writes are those of `runtime_part`.

Quirks: VPC and internet access are one object of the service, with a mode that follows from both; a
runtime for which nobody declared a network is public, so a public one counts as not set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field

from ..drift import observed
from ..fields import Problem, Replaces, Shape, Wire, absent
from ..kind import Inputs, Kind, Outputs, State, adopts, dump, plan, timeout_seconds
from ..session import Session
from ..unverified import NETWORK_OF_A_NEW_RUNTIME
from .runtime_body import live_network, network_body
from .runtime_part import Part, Site, change, look, release, take
from .shapes import DeclaredByRuntime, Vpc, managed_twice

NETWORK = Part(
    "networkConfiguration",
    ("networkMode", "vpcId", "vswitchIds", "securityGroupId"),
    NETWORK_OF_A_NEW_RUNTIME,
    "network",
)


class VpcConfigInputs(Inputs):
    """Inputs of a runtime's network."""

    runtime_id: Annotated[str, Replaces("the network belongs to one runtime")] = Field(
        min_length=1,
        description="Id of the runtime, `runtime.id`; its own `vpc` and `internet_access` must "
        "stay unset.",
    )
    vpc: Vpc | None = Field(None, description="VPC to run in.")
    internet_access: bool | None = Field(
        None, description="Whether instances reach the internet; with a `vpc` the default is true."
    )

    declared_by_runtime: DeclaredByRuntime = Field(
        None, description="Fields of the part that the runtime's own resource declares."
    )

    def rules(self) -> Iterator[Problem]:
        yield from managed_twice(self.declared_by_runtime)
        if absent(self.vpc) and absent(self.internet_access):
            yield Problem(("vpc",), "or internet_access is required")


class VpcConfigOutputs(Outputs):
    """What the service adds to a runtime's network."""

    network_mode: Annotated[str | None, Wire("networkMode")] = Field(
        None, description="`PUBLIC`, `PRIVATE` or `PUBLIC_AND_PRIVATE`."
    )


class RuntimeVpcConfigKind(Kind[VpcConfigInputs]):
    """Sets, reads and resets the network of runtimes."""

    name: ClassVar[str] = "RuntimeVpcConfig"
    Inputs: ClassVar[type[Any]] = VpcConfigInputs
    Outputs: ClassVar[type[Shape]] = VpcConfigOutputs
    # A version keeps the network too, so the SDK offers a fingerprint to trigger one.
    versioned: ClassVar[bool] = True
    # What a `Runtime` of the same program must leave unset.
    part_of_runtime: ClassVar[tuple[str, ...]] = ("vpc", "internet_access")

    def label(self, inputs: Mapping[str, Any]) -> str:
        return f"RuntimeVpcConfig of {inputs.get('runtime_id', '?')}"

    def complete(self, inputs: dict[str, Any], session: Session) -> list[Problem]:
        if inputs.get("vpc") is not None and inputs.get("internet_access") is None:
            inputs["internet_access"] = True
        return []

    def keeps_name(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        return all(old.get(key) == new.get(key) for key in ("region", "runtime_id"))

    def create(self, session: Session, inputs: VpcConfigInputs) -> State:
        declared = dump(inputs)
        site = self._site(session, inputs.runtime_id, declared, "create")
        live = take(site, NETWORK, _body(inputs), adopt=adopts(session, declared))
        return State(inputs.runtime_id, declared, _outputs(live))

    def read(self, session: Session, state: State) -> State | None:
        live = look(self._site(session, state.id, state.inputs, "delete"))
        if live is None:
            return None
        seen = {"runtime_id": state.id, **live_network(NETWORK.of(live))}
        found = observed(VpcConfigInputs, state.inputs, seen, {})
        return State(state.id, found, _outputs(live))

    def update(self, session: Session, state: State, inputs: VpcConfigInputs) -> State:
        new = dump(inputs)
        if all(item.operational for item in plan(self, state.inputs, new)):
            return State(state.id, new, state.outputs)
        live = change(self._site(session, state.id, new, "update"), NETWORK, _body(inputs))
        return State(state.id, new, _outputs(live))

    def delete(self, session: Session, state: State) -> None:
        release(self._site(session, state.id, state.inputs, "delete"), NETWORK)

    def _site(
        self, session: Session, runtime_id: str, inputs: Mapping[str, Any], operation: str
    ) -> Site:
        seconds = timeout_seconds(session, inputs, operation)
        label = self.label({**inputs, "runtime_id": runtime_id})
        return Site(session, runtime_id, label, seconds, self.key(runtime_id, inputs))


RUNTIME_VPC_CONFIG = RuntimeVpcConfigKind()


def _body(inputs: VpcConfigInputs) -> dict[str, Any]:
    body = network_body(inputs)
    assert body is not None, "the rules ask for one of the two fields"
    return body


def _outputs(live: Mapping[str, Any]) -> dict[str, Any]:
    mode = NETWORK.of(live).get("networkMode")
    return {"network_mode": mode} if mode else {}
