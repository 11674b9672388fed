"""What all tests share: how the witnesses of real clients are kept (see `witness`)."""

from __future__ import annotations

import pytest

from .witness import witness as witness
from .witness import write_evidence


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "client(name): the real client that this test starts")


def pytest_sessionfinish() -> None:
    write_evidence()
