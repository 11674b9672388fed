"""The account's number, where nobody configured it."""

from __future__ import annotations

from dataclasses import replace

from .conftest import ACCOUNT, RUNTIME, Stage


def test_an_account_that_is_not_configured_is_asked_for_once(stage: Stage) -> None:
    stage.session.settings = replace(stage.session.settings, account_id=None)
    state = stage.create("Runtime", **RUNTIME, role="agentRunRole", log={"auto": True})
    assert stage.body("CreateAgentRuntime")["executionRoleArn"] == (
        f"acs:ram::{ACCOUNT}:role/agentRunRole"
    )
    assert ACCOUNT in state.outputs["log_project"]
    assert stage.operations().count("GetCallerIdentity") == 1
