"""Fixtures for pytest; they are there as soon as this distribution is installed.

    def test_it(agentrun_cloud: FakeCloud) -> None:
        ...  # code under test: the provider, or an official SDK
        assert agentrun_cloud.runtimes()["demo"]["status"] == "READY"

Nothing is imported before a test asks for a fixture, so others pay nothing for the plugin.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .cloud import FakeCloud
    from .server import ThreadedServer
    from .settings import FakeSettings


@pytest.fixture
def agentrun_settings() -> FakeSettings:
    """Settings of `agentrun_cloud`. Override this fixture to change them."""
    from .settings import FakeSettings

    return FakeSettings()


@pytest.fixture
def agentrun_cloud(agentrun_settings: FakeSettings) -> Iterator[FakeCloud]:
    """A new fake cloud in place of the real one, for httpx and requests in this process."""
    from .mocking import mock_agentrun

    with mock_agentrun(agentrun_settings) as cloud:
        yield cloud


@pytest.fixture
def agentrun_server(agentrun_cloud: FakeCloud) -> Iterator[ThreadedServer]:
    """The same cloud behind a port of this machine, for other programs and HTTP libraries."""
    from .server import ThreadedServer

    with ThreadedServer(agentrun_cloud) as server:
        yield server
