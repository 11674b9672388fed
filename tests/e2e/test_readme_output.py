"""The README shows what the program really prints."""

from __future__ import annotations

import re

import pytest

from ..docs.test_readme import part
from .conftest import Project

pytestmark = pytest.mark.e2e

_VARYING = (
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "<id>"),
    (r"127\.0\.0\.1:\d+", "<fake>"),
    (r"\d+(\.\d+)?s\b", "<time>"),
    (r"\(\d+ s\)", "(<time>)"),
)


def normal(text: str) -> list[str]:
    """The lines of an output without what differs from run to run."""
    for pattern, word in _VARYING:
        text = re.sub(pattern, word, text)
    lines = [line.rstrip() for line in text.strip().splitlines()]
    # What a provider says comes by another way than what the engine says, so it may come later.
    return sorted(lines, key=lambda line: line.endswith("READY (<time>)"))


def shown(name: str) -> list[str]:
    """The lines of a block of the README after the command."""
    lines = normal(part(name).removeprefix("```").removesuffix("```"))
    assert lines[0].startswith("$ make ")
    return lines[1:]


def test_the_outputs_in_the_readme_are_real(quickstart: Project) -> None:
    assert normal(quickstart.run("up").text) == shown("up")
    assert normal(quickstart.run("up").text) == shown("again")
    quickstart.edit("Pulumi.dev.yaml", '"2048"', '"4096"')
    assert normal(quickstart.run("preview").text) == shown("preview")
