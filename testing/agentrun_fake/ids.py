"""Where new ids, request ids and temporary keys come from: random, or repeatable with a seed."""

from __future__ import annotations

import random
import secrets
import threading
import uuid


class IdSource:
    """Makes identifiers.

    Args:
        seed: Makes the sequence of ids repeatable. Without it they are random.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._lock = threading.Lock()
        # Repeatable ids are the purpose here; nothing is guarded by their randomness.
        self._random = None if seed is None else random.Random(seed)  # noqa: S311

    def _bits(self, count: int) -> int:
        if self._random is None:
            return secrets.randbits(count)
        with self._lock:
            return self._random.getrandbits(count)

    def uuid(self) -> str:
        """A UUID of version 4, the form of runtime and endpoint ids."""
        return str(uuid.UUID(int=self._bits(128), version=4))

    def request_id(self) -> str:
        """A request id in the form the vendor's gateways use."""
        return self.uuid().upper()

    def token(self, prefix: str = "", digits: int = 24) -> str:
        """Text of hexadecimal digits, for temporary keys."""
        return f"{prefix}{self._bits(digits * 4):0{digits}x}"
