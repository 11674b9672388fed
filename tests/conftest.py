"""What all tests share: how the witnesses of real clients are kept (see `witness`), and Ctrl-C."""

from __future__ import annotations

import signal

import pytest

from .witness import witness as witness
from .witness import write_evidence


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "client(name): the real client that this test starts")
    # A shell has what it starts in the background ignore Ctrl-C, and a process hands that on to
    # all that it starts, also to those that are asked to end by it here.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_sessionfinish() -> None:
    write_evidence()
