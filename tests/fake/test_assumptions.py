"""What is not known of the real service: one switch each, and each switch does something."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import agentrun_fake
import pytest
from agentrun_fake.unverified import Unverified, catalogue, parse_assumption

SOURCES = [
    path.read_text(encoding="utf-8")
    for path in Path(agentrun_fake.__file__).parent.rglob("*.py")
    if path.name != "unverified.py"
]


@pytest.mark.parametrize("name", [item.name for item in fields(Unverified)])
def test_every_assumption_is_read_somewhere(name: str) -> None:
    assert any(f".{name}" in source for source in SOURCES)


def test_every_assumption_has_a_meaning_and_evidence() -> None:
    for item in catalogue(Unverified()):
        assert set(item) == {"name", "value", "meaning", "evidence"}
        assert len(item["meaning"]) > 10
        assert item["evidence"]


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("merge=deep", ("merge", "deep")),
        ("max_canaries=1", ("max_canaries", 1)),
        ("max_canaries=null", ("max_canaries", None)),
        ("empty_clears=false", ("empty_clears", False)),
    ],
)
def test_an_assumption_is_read_from_the_command_line(text: str, parsed: tuple[str, object]) -> None:
    assert parse_assumption(text) == parsed
    assert getattr(Unverified().changed(**dict([parsed])), parsed[0]) == parsed[1]
