"""The configuration of a stack: ``Pulumi.<stack>.yaml`` with the project's defaults.

A value is text for the program; structured values are JSON text. A value that holds a secret
anywhere is secret as a whole.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_local.durable import write_atomically
from pulumi_local.errors import ProjectError
from pulumi_local.project import ConfigDeclaration, Project
from pulumi_local.values import SECRET_MASK, Secret, Value
from pulumi_local.yaml_text import parse_yaml, set_entry


@dataclass(frozen=True)
class ConfigValue:
    """One configuration value: the text for the program, and the one fit to be shown."""

    text: str
    secret: bool = False
    shown: str = ""

    def __repr__(self) -> str:
        return f"ConfigValue({self.shown!r})"


@dataclass(frozen=True)
class StackConfig:
    """The whole configuration of a stack, by ``namespace:name``."""

    values: Mapping[str, ConfigValue]

    def plain(self) -> dict[str, str]:
        """Every value as the program gets it, secrets in plain text."""
        return {key: value.text for key, value in self.values.items()}

    def secret_keys(self) -> list[str]:
        """The keys whose values are secret."""
        return [key for key, value in self.values.items() if value.secret]

    def wrapped(self) -> dict[str, Value]:
        """Every value as text, secrets in `Secret`."""
        return {
            key: Secret(value.text) if value.secret else value.text
            for key, value in self.values.items()
        }

    def shown(self) -> dict[str, str]:
        """Every value with its secret parts masked."""
        return {key: value.shown for key, value in self.values.items()}


class StackFile:
    """One ``Pulumi.<stack>.yaml``; a file that does not exist is an empty one."""

    def __init__(self, path: Path) -> None:
        """Read the file. Raises ProjectError if it is not valid or uses what is unsupported."""
        self.path = path
        self._text = path.read_text(encoding="utf-8") if path.exists() else ""
        self._data = parse_yaml(self._text, str(path))
        provider = self._data.get("secretsprovider")
        if provider and provider != "passphrase":
            raise ProjectError(
                f"{path}: secrets provider {provider!r} is not supported by the embedded engine,"
                " only 'passphrase' is"
            )
        if self._data.get("environment"):
            raise ProjectError(f"{path}: 'environment' is not supported by the embedded engine")

    @property
    def salt(self) -> str:
        """The passphrase salt (``encryptionsalt``), empty if there is none."""
        return str(self._data.get("encryptionsalt") or "")

    @property
    def raw_config(self) -> dict[str, Any]:
        """The ``config`` block as it stands in the file, secrets encrypted."""
        block = self._data.get("config") or {}
        if not isinstance(block, dict):
            raise ProjectError(f"{self.path}: 'config' must be a mapping")
        return {str(key): value for key, value in block.items()}

    def store_salt(self, salt: str) -> None:
        """Add or replace the salt."""
        self._change(("encryptionsalt",), salt)

    def set_config(self, key: str, value: Any) -> None:
        """Set one value of the ``config`` block, or remove it if ``value`` is None."""
        self._change(("config", key), value)

    def _change(self, path: tuple[str, ...], value: Any) -> None:
        self._text = set_entry(self._text, path, value)
        self._data = parse_yaml(self._text, str(self.path))
        self.path.parent.mkdir(parents=True, exist_ok=True)
        mode = self.path.stat().st_mode & 0o777 if self.path.exists() else 0o644
        write_atomically(self.path, self._text.encode())
        self.path.chmod(mode)


class ProjectSalts:
    """Keeps the salts of one project's stacks in their stack files (a `SaltHolder`)."""

    def __init__(self, project: Project) -> None:
        """Serve the stacks of ``project``; other projects have no salt here."""
        self._project = project

    def salt(self, project: str, stack: str) -> str:
        """Return the salt of a stack's file."""
        if project != self._project.name:
            return ""
        return StackFile(self._project.stack_file(stack)).salt

    def store_salt(self, project: str, stack: str, salt: str) -> None:
        """Write a new salt to a stack's file."""
        if project == self._project.name:
            StackFile(self._project.stack_file(stack)).store_salt(salt)


def resolve_config(
    project: Project, stack: str, raw_config: Mapping[str, Any], decrypt: Callable[[str], str]
) -> StackConfig:
    """Join a stack's own values with the project's defaults, decrypted and checked.

    Raises ProjectError for a missing or ill-typed value, SecretsError if one cannot be decrypted.
    """
    values = {key: _config_value(raw, decrypt) for key, raw in raw_config.items()}
    missing = []
    for declared in project.config:
        if declared.key in values:
            _check_declared(stack, declared, values[declared.key], raw_config[declared.key])
        elif declared.value is not None:
            values[declared.key] = _config_value(declared.value, decrypt)
        else:
            missing.append(declared.shown_key)
    if missing:
        raise ProjectError(_describe_missing(stack, missing))
    return StackConfig(dict(sorted(values.items())))


def _config_value(raw: Any, decrypt: Callable[[str], str]) -> ConfigValue:
    found_secrets: list[str] = []

    def open_secret(sealed: str) -> str:
        found_secrets.append(sealed)
        return decrypt(sealed)

    text = _as_text(_open_secrets(raw, open_secret))
    if not found_secrets:
        return ConfigValue(text, secret=False, shown=text)
    return ConfigValue(
        text, secret=True, shown=_as_text(_open_secrets(raw, lambda _sealed: SECRET_MASK))
    )


def _open_secrets(raw: Any, open_secret: Callable[[str], str]) -> Any:
    if isinstance(raw, dict):
        if raw.keys() == {"secure"} and isinstance(raw["secure"], str):
            return open_secret(raw["secure"])
        return {str(key): _open_secrets(value, open_secret) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_open_secrets(item, open_secret) for item in raw]
    return raw


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(
        _plain_numbers(value), ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )


def _plain_numbers(value: Any) -> Any:
    """Spell whole floats without a fraction, as the CLI does (``1e3`` is ``1000``)."""
    if isinstance(value, dict):
        return {key: _plain_numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain_numbers(item) for item in value]
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return int(value)
    return value


def _check_declared(stack: str, declared: ConfigDeclaration, value: ConfigValue, raw: Any) -> None:
    if not declared.type:
        return
    if declared.secret and not value.secret:
        raise ProjectError(
            f"Stack '{stack}' with configuration key '{declared.shown_key}' must be encrypted"
            " as it's secret"
        )
    content = json.loads(value.text) if isinstance(_bare(raw), dict | list) else value.text
    if not _fits(declared.type, declared.items, content):
        raise ProjectError(
            f"Stack '{stack}' with configuration key '{declared.shown_key}' must be of type"
            f" '{_type_name(declared.type, declared.items)}'"
        )


def _bare(raw: Any) -> Any:
    """A sealed value is text, whatever mapping it is kept in."""
    return "" if isinstance(raw, dict) and raw.keys() == {"secure"} else raw


def _fits(type_: str, items: Mapping[str, Any] | None, content: Any) -> bool:
    if type_ == "string":
        return isinstance(content, str)
    if type_ == "integer":
        return _is_whole_number(content)
    if type_ == "boolean":
        return isinstance(content, bool) or content in ("true", "false")
    if type_ == "object":
        return isinstance(content, dict)
    if type_ == "array" and items and isinstance(content, list):
        return all(_fits(str(items.get("type")), items.get("items"), item) for item in content)
    return False


def _is_whole_number(content: Any) -> bool:
    if isinstance(content, bool):
        return False
    if isinstance(content, str):
        return content.lstrip("+-").isdecimal()
    return isinstance(content, int | float) and content == int(content)


def _type_name(type_: str, items: Mapping[str, Any] | None) -> str:
    if type_ == "array" and items:
        return f"array<{_type_name(str(items.get('type')), items.get('items'))}>"
    return type_


def _describe_missing(stack: str, keys: Iterable[str]) -> str:
    names = list(keys)
    values = "value" if len(names) == 1 else "values"
    listing = ", ".join(f"'{name}'" for name in names)
    return f"Stack '{stack}' is missing configuration {values} {listing}"
