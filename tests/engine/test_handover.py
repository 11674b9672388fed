"""States recorded from the CLI go through the engine's model without losing anything."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pulumi_local.checkpoint import dump_checkpoint, load_checkpoint, secrets_salt
from pulumi_local.integrity import check_integrity
from pulumi_local.property_json import encrypted
from pulumi_local.secrets import Crypter
from pulumi_local.state import Snapshot
from pulumi_local.values import Secret

STATES = Path(__file__).parent / "states"
RECORDED = ["components_and_secrets", "options_and_pending", "emptied"]


def read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads((STATES / f"{name}.json").read_text(encoding="utf-8"))
    return data


class Sealer:
    """Opens with the CLI's own encryption and gives each secret its former ciphertext back."""

    def __init__(self, data: dict[str, Any]) -> None:
        block = data["checkpoint"]["latest"]["secrets_providers"]
        self._crypter = Crypter("", secrets_salt(block))
        self._former: dict[str, list[str]] = {}

    def open(self, ciphertext: str) -> str:
        plaintext = self._crypter.decrypt(ciphertext)
        self._former.setdefault(plaintext, []).append(ciphertext)
        return plaintext

    def seal(self, plaintext: str) -> str:
        return self._former[plaintext].pop(0)


def load(name: str) -> Snapshot:
    data = read(name)
    return load_checkpoint(data, Sealer(data).open)


@pytest.mark.parametrize("name", RECORDED)
def test_a_state_of_the_cli_comes_out_as_it_went_in(name: str) -> None:
    data = read(name)
    sealer = Sealer(data)
    snapshot = load_checkpoint(data, sealer.open)
    again = dump_checkpoint(data["checkpoint"]["stack"], snapshot, encrypted(sealer.seal))
    assert again == data
    assert [list(r) for r in again["checkpoint"]["latest"].get("resources", [])] == [
        list(r) for r in data["checkpoint"]["latest"].get("resources", [])
    ], "the fields come in the order the CLI writes them"


@pytest.mark.parametrize("name", RECORDED)
def test_the_cli_writes_states_that_pass_the_engine_s_integrity_rules(name: str) -> None:
    check_integrity(load(name))


def test_secrets_of_the_cli_are_open_in_memory() -> None:
    snapshot = load("components_and_secrets")
    outputs = snapshot.stack_outputs()
    assert outputs["nest"]["pw"] == Secret("sesame")
    assert outputs["plain"] == "o10.0"
    top = next(r for r in snapshot.resources if r.name == "top")
    assert top.inputs["pw"] == Secret("sesame")
    assert top.additional_secret_outputs == ["out"]


def test_every_option_of_a_resource_is_understood() -> None:
    snapshot = load("options_and_pending")
    by_name = {(r.name, r.delete): r for r in snapshot.resources}
    protected = by_name["protected", False]
    assert protected.protect
    assert protected.retain_on_delete
    assert protected.ignore_changes == ["zzz"]
    assert protected.replace_on_changes == ["name", "a.b[*]"]
    with_ = by_name["with", False]
    assert with_.deleted_with == protected.urn
    assert with_.custom_timeouts == {"create": 3600, "delete": 90}
    assert by_name["sticky", True].id == "id-one", "what a replacement left to delete"


def test_an_interrupted_create_is_found_with_its_inputs() -> None:
    (pending,) = load("options_and_pending").pending_operations
    assert pending.type == "creating"
    assert pending.resource.inputs["tok"] == Secret("shh")
    assert pending.resource.id == ""


def test_a_stack_never_deployed_to_is_empty() -> None:
    snapshot = load_checkpoint(read("never_deployed"), lambda text: text)
    assert snapshot == Snapshot()
