"""What an earlier conversion, or the Pulumi CLI, has put into the folder of the new project.

A second conversion replaces what comes from the files of Serverless Devs. What people set since,
and the salt that the state is encrypted with, is theirs and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .failures import ConvertError, Fault, Place


@dataclass(frozen=True)
class StackFile:
    """A stack's file as it is.

    Attributes:
        config: Its settings by their whole keys, encrypted ones as mappings.
        rest: Its other keys: how secrets are encrypted, and what the CLI keeps there.
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    rest: Mapping[str, Any] = field(default_factory=dict)

    @property
    def salt(self) -> str | None:
        """The salt of secrets that are encrypted with a passphrase."""
        found = self.rest.get("encryptionsalt")
        return str(found) if found else None

    @property
    def has_other_provider(self) -> bool:
        """Whether secrets are encrypted by something else than a passphrase."""
        return bool(self.rest.get("secretsprovider") or self.rest.get("encryptedkey"))


def stack_file(out: Path, stack: str) -> StackFile:
    """Read the file of a stack; empty if there is none.

    Raises:
        ConvertError: It is no YAML.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    path = out / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        return StackFile()
    try:
        document = YAML(typ="safe", pure=True).load(own_text(path))
    except YAMLError as error:
        raise ConvertError([Fault(Place(str(path), 1), "is not valid YAML")]) from error
    if not isinstance(document, dict):
        return StackFile()
    config = document.pop("config", None)
    return StackFile(config if isinstance(config, dict) else {}, document)


def own_text(path: Path) -> str:
    """The text of a file of the project; empty if it does not exist.

    Raises:
        ConvertError: It can't be read.
    """
    try:
        return path.read_text(encoding="utf-8") if path.exists() else ""
    except OSError as error:
        place = Place(str(path), 1)
        raise ConvertError([Fault(place, f"can't be read: {error.strerror}")]) from error
    except UnicodeDecodeError as error:
        raise ConvertError([Fault(Place(str(path), 1), "is no UTF-8 text")]) from error
