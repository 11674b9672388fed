"""The checksum is the service's own."""

from __future__ import annotations

import pytest
from agentrun_provider.checksum import crc64


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "0"),
        (b"hello", "11177612005948864433"),
        (b"123456789", "11051210869376104954"),
    ],
)
def test_the_values_of_the_reference_hold(data: bytes, expected: str) -> None:
    assert crc64(data) == expected
