"""Hides known secrets in free text, such as what a program or provider prints."""

from __future__ import annotations

import threading

from pulumi_local.state import Resource
from pulumi_local.values import SECRET_MASK, Value, secret_strings

_SHORTEST = 3
_COMMON_WORDS = frozenset({"true", "false", "null", "none"})


class SecretMask:
    """Collects secrets as they become known and replaces them in text.

    Texts too short or too common to be told from ordinary words are not masked, as masking them
    would garble the output and hide nothing.
    """

    def __init__(self) -> None:
        """Start with no secret known."""
        self._secrets: set[str] = set()
        self._lock = threading.Lock()

    def learn(self, value: Value) -> None:
        """Take note of every secret string in a value."""
        found = {
            text
            for secret in secret_strings(value)
            for text in (secret, secret.strip())
            if len(text) >= _SHORTEST and text.lower() not in _COMMON_WORDS
        }
        if found:
            with self._lock:
                self._secrets |= found

    def learn_resource(self, resource: Resource | None) -> None:
        """Take note of the secrets in a resource's inputs and outputs."""
        if resource is not None:
            self.learn(resource.inputs)
            self.learn(resource.outputs)

    def apply(self, text: str) -> str:
        """Return a text with every known secret replaced by ``[secret]``."""
        with self._lock:
            # The longest first, so that a secret holding another is hidden whole.
            secrets = sorted(self._secrets, key=len, reverse=True)
        for secret in secrets:
            text = text.replace(secret, SECRET_MASK)
        return text
