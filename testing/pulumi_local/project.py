"""The project: ``Pulumi.yaml``, found from a folder upwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pulumi_local.errors import ProjectError
from pulumi_local.yaml_text import parse_yaml

_FILE_NAMES = ("Pulumi.yaml", "Pulumi.yml")


@dataclass(frozen=True)
class ConfigDeclaration:
    """One entry of the project's ``config`` block; ``key`` is ``namespace:name``."""

    key: str
    shown_key: str
    """The key as the file spells it."""
    type: str = ""
    items: Mapping[str, Any] | None = None
    value: Any = None
    """The value or default that stacks get, None if there is none."""
    secret: bool = False


@dataclass(frozen=True)
class Project:
    """What ``Pulumi.yaml`` says."""

    root: Path
    """The folder of ``Pulumi.yaml``."""
    name: str
    main: str = ""
    """The program's folder or file relative to ``root``; empty for ``root`` itself."""
    runtime_options: Mapping[str, Any] = field(default_factory=dict)
    description: str = ""
    config: tuple[ConfigDeclaration, ...] = ()
    stack_config_dir: str = ""
    backend_url: str = ""
    """Where the project wants its states kept, empty if it does not say."""
    plugin_paths: Mapping[str, Path] = field(default_factory=dict)
    """Folders of provider plugins that the project brings itself, by package name."""

    @classmethod
    def find(cls, folder: Path) -> Project:
        """Load the project of a folder: its own, or that of the nearest folder above.

        Raises ProjectError if there is none or it is not valid.
        """
        start = folder.absolute()
        for candidate in (start, *start.parents):
            for name in _FILE_NAMES:
                if (candidate / name).is_file():
                    return cls.load(candidate / name)
        raise ProjectError(f"no Pulumi.yaml in {start} or a folder above it")

    @classmethod
    def load(cls, path: Path) -> Project:
        """Load a project file."""
        data = parse_yaml(path.read_text(encoding="utf-8"), str(path))
        name = data.get("name")
        if not isinstance(name, str) or not name:
            raise ProjectError(f"{path}: project is missing a non-empty string 'name' attribute")
        root = path.parent.absolute()
        return cls(
            root=root,
            name=name,
            main=str(data.get("main") or ""),
            runtime_options=_runtime_options(data.get("runtime"), path),
            description=str(data.get("description") or ""),
            config=_declarations(name, data.get("config"), path),
            stack_config_dir=_stack_config_dir(data),
            backend_url=str((data.get("backend") or {}).get("url") or ""),
            plugin_paths=_plugin_paths(data.get("plugins"), root),
        )

    @property
    def program_path(self) -> Path:
        """The program: the folder that holds ``__main__.py``, or a single file."""
        return self.root / self.main if self.main else self.root

    @property
    def virtualenv(self) -> Path | None:
        """The virtual environment that the program runs in, if the project names one."""
        named = self.runtime_options.get("virtualenv")
        return self.root / str(named) if named else None

    def stack_file(self, stack: str) -> Path:
        """The path of a stack's configuration file, which need not exist."""
        return self.root / self.stack_config_dir / f"Pulumi.{stack}.yaml"

    def stacks_with_file(self) -> list[str]:
        """The names of the stacks that have a configuration file."""
        folder = self.root / self.stack_config_dir
        names = (path.name[len("Pulumi.") : -len(".yaml")] for path in folder.glob("Pulumi.*.yaml"))
        return sorted(name for name in names if name)


def _runtime_options(runtime: Any, path: Path) -> Mapping[str, Any]:
    if runtime is None:
        raise ProjectError(f"{path}: project is missing a 'runtime' attribute")
    name = runtime.get("name") if isinstance(runtime, dict) else runtime
    if name != "python":
        raise ProjectError(
            f"{path}: runtime {name!r} is not supported by the embedded engine, only 'python' is"
        )
    return (runtime.get("options") or {}) if isinstance(runtime, dict) else {}


def _stack_config_dir(data: Mapping[str, Any]) -> str:
    # Older projects named the folder with a plain text under "config".
    if isinstance(data.get("config"), str):
        return str(data["config"])
    return str(data.get("stackConfigDir") or "")


def _plugin_paths(plugins: Any, root: Path) -> Mapping[str, Path]:
    providers = (plugins or {}).get("providers") or ()
    return {str(entry["name"]): root / str(entry["path"]) for entry in providers}


def _declarations(project: str, block: Any, path: Path) -> tuple[ConfigDeclaration, ...]:
    if not isinstance(block, dict):
        return ()
    return tuple(_declaration(project, str(key), block[key], path) for key in sorted(block))


def _declaration(project: str, key: str, entry: Any, path: Path) -> ConfigDeclaration:
    full_key = key if ":" in key else f"{project}:{key}"
    if not isinstance(entry, dict):
        return ConfigDeclaration(full_key, key, value=entry)
    if "default" in entry and "value" in entry:
        raise ProjectError(
            f"{path}: config {key!r} cannot have both a 'default' and 'value' attribute"
        )
    if not full_key.startswith(f"{project}:"):
        _check_foreign(key, entry, path)
    if entry.get("type") == "array" and not entry.get("items"):
        raise ProjectError(f"{path}: config {key!r} is an array but has no 'items'")
    value = entry.get("default", entry.get("value"))
    return ConfigDeclaration(
        full_key,
        key,
        type=str(entry.get("type") or ""),
        items=entry.get("items"),
        value=value,
        secret=bool(entry.get("secret")),
    )


def _check_foreign(key: str, entry: Mapping[str, Any], path: Path) -> None:
    for attribute in ("type", "default"):
        if attribute in entry:
            raise ProjectError(
                f"{path}: config {key!r} is not namespaced by the project and cannot have a"
                f" {attribute!r} attribute, only a 'value'"
            )
    if entry.get("value") is None:
        raise ProjectError(f"{path}: config {key!r} must have a 'value' attribute")
