"""A site to post to, and an environment without the one of a CI job."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from agentrun_provider.plan_comment import site_calls

from .site import Site, running_site


@pytest.fixture
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


@pytest.fixture(autouse=True)
def no_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("GITHUB_", "GITLAB_", "CI_", "GH_")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long is waited between two tries, in seconds; nobody waits in fact."""
    waited: list[float] = []
    monkeypatch.setattr(site_calls, "pause", waited.append)
    return waited
