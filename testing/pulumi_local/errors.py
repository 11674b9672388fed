"""Errors of the engine that are told to the user in one line, without a traceback."""

from __future__ import annotations


class EngineError(Exception):
    """Something the user can act on; ``str()`` is the whole message."""


class ProjectError(EngineError):
    """The project or stack file is missing, malformed or inconsistent."""


class StackNotFoundError(EngineError):
    """There is no such stack, or none was named."""


class SecretsError(EngineError):
    """A secret cannot be encrypted or decrypted, such as with a wrong passphrase."""


class StateError(EngineError):
    """A state file cannot be read, is not valid, or is in a format not supported here."""


class LockedError(EngineError):
    """Another run holds the lock of the stack."""
