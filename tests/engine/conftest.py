"""Fixtures of the engine's tests: stacks of a scripted program and a stub provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pulumi_local.provider_api import ProviderError

from .commands import project as project
from .local_stack import LocalStack


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[LocalStack]:
    """A stack without a state, of one stub provider."""
    return LocalStack(tmp_path)


@pytest.fixture
def make_stack(tmp_path: Path) -> Callable[..., LocalStack]:
    """Makes further stacks that share the backend with ``stack``."""
    return lambda **fields: LocalStack(tmp_path, **fields)


@pytest.fixture
def fault() -> Callable[[str], ProviderError]:
    """Makes errors of a provider."""
    return ProviderError
