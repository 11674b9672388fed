"""The checksum by which the service recognises a package."""

from __future__ import annotations


def crc64(data: bytes) -> str:
    """CRC-64/XZ of `data`, the one OSS uses, as a decimal number (reference 6.5)."""
    from fastcrc import crc64 as algorithms

    return str(algorithms.xz(data))
