"""Moments as people write them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timezone

import pytest
from agentrun_provider.errors import ConfigError
from agentrun_provider.moments import moment, shown

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def china(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-31 08:00:00", "2026-01-31 00:00:00"),
        ("2026-01-31T08:00:00", "2026-01-31 00:00:00"),
        ("2026-01-31", "2026-01-30 16:00:00"),
        ("2026-01-31T08:00:00Z", "2026-01-31 08:00:00"),
        ("2026-01-31T08:00:00+09:00", "2026-01-30 23:00:00"),
        ("1769817600", "2026-01-31 00:00:00"),
        ("1769817600000", "2026-01-31 00:00:00"),
        ("90s", "2026-01-31 11:58:30"),
        ("20m", "2026-01-31 11:40:00"),
        ("2h ago", "2026-01-31 10:00:00"),
        (" 1.5 d ", "2026-01-30 00:00:00"),
        ("10min", "2026-01-31 11:50:00"),
        ("2 hours ago", "2026-01-31 10:00:00"),
        ("1h30m", "2026-01-31 10:30:00"),
        ("now", "2026-01-31 12:00:00"),
        ("2026/1/31 8:00", "2026-01-31 00:00:00"),
        ("2026-01-31 08:00:00 +0900", "2026-01-30 23:00:00"),
        ("2026-01-31T08:00:00.123456789Z", "2026-01-31 08:00:00"),
        ("2026-01-31T08:00:00-0330", "2026-01-31 11:30:00"),
        ("19:30", "2026-01-31 11:30:00"),
        ("1769817600.5", "2026-01-31 00:00:00"),
    ],
)
def test_a_moment_is_read(text: str, utc: str) -> None:
    read = moment(text, NOW).astimezone(timezone.utc)
    assert f"{read:%Y-%m-%d %H:%M:%S}" == utc


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-01-31 25:00",
        "5x",
        "5mh",
        "m",
        "-3m",
        "ago",
        "+08",
        "9" * 30,
    ],
)
def test_anything_else_is_refused_with_the_forms_that_are_not(text: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        moment(text, NOW)
    assert "20m, 2h, 3d ago" in refusal.value.hint


def test_a_moment_is_shown_with_its_zone_and_read_again_as_it_is_shown() -> None:
    assert shown(1769817600) == "2026-01-31 08:00:00 +0800"
    assert moment(shown(1769817600), NOW).timestamp() == 1769817600
