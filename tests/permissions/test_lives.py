"""The policy is enough for everything that a kind does, and no action of it can be spared."""

from __future__ import annotations

from pathlib import Path

import pytest
from agentrun_provider.errors import AgentRunError
from agentrun_provider.kinds import KINDS
from agentrun_provider.permissions import needed, policy

from ..kinds.conftest import CODE
from .lives import LIVES, ScopedStage

# The fake does not model the handing over of roles.
NOT_MODELLED = {"ram:PassRole"}
# An adoption goes on without it.
NOT_NEEDED = {"fc:GetFunctionCode"}


def actions_of(kind: str) -> list[str]:
    """The actions of the policy for a kind, as RAM would read them."""
    document = policy(needed([kind]))
    return [action for statement in document["Statement"] for action in statement["Action"]]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a program; its code counts as large, so that it is uploaded."""
    monkeypatch.setattr("agentrun_provider.kinds.runtime_code.INLINE_LIMIT_BYTES", 0)
    (tmp_path / "code").mkdir()
    (tmp_path / "code/app.py").write_text("print('hello')\n")
    return tmp_path


@pytest.mark.parametrize("kind", KINDS)
def test_a_key_with_the_policy_does_a_whole_life(kind: str, folder: Path) -> None:
    LIVES[kind](ScopedStage(folder, allow=tuple(actions_of(kind))))


SPARED = [
    (kind, action)
    for kind in KINDS
    for action in actions_of(kind)
    if action not in NOT_MODELLED | NOT_NEEDED
]


@pytest.mark.parametrize(("kind", "action"), SPARED)
def test_without_one_action_it_fails_and_names_it(kind: str, action: str, folder: Path) -> None:
    rest = tuple(other for other in actions_of(kind) if other != action)
    with pytest.raises(AgentRunError) as caught:
        LIVES[kind](ScopedStage(folder, allow=rest))
    assert f"Grant the RAM action {action} to " in caught.value.one_line()


@pytest.mark.parametrize("allowed", [True, False])
def test_without_the_look_at_deployed_code_an_adoption_goes_on_and_names_it(
    folder: Path, allowed: bool
) -> None:
    actions = [a for a in actions_of("Runtime") if allowed or a not in NOT_NEEDED]
    stage = ScopedStage(folder, allow=tuple(actions))
    state = stage.runtime()
    code = stage.cloud.runtimes()["demo"]["codeConfiguration"]
    stage.cloud.mutate({"runtime": "demo"}, set={"codeConfiguration": {**code, "checksum": ""}})
    assert stage.create("Runtime", name="demo", code=CODE, adopt=True).id == state.id
    [told] = [text for _, text in stage.progress if text.startswith("adopts")]
    assert ("the deployed code is the local one" in told) == allowed
    assert ("Grant the RAM action fc:GetFunctionCode to " in told) != allowed
