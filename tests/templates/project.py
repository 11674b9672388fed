"""Makes a project from a template as `pulumi new` does."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml


def instantiate(
    template: Path,
    folder: Path,
    name: str,
    description: str,
    stack: str,
    settings: Mapping[str, str],
) -> None:
    """Copy a template, fill in its placeholders, and configure a stack.

    Args:
        template: Folder of the template.
        folder: Folder of the new project.
        name: Name of the project.
        description: Its description.
        stack: The stack that is made.
        settings: Configuration by key; the template's defaults fill the rest.

    Raises:
        ValueError: A setting without default is not given.
    """
    shutil.copytree(template, folder, dirs_exist_ok=True)
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            filled = text.replace("${PROJECT}", name).replace("${DESCRIPTION}", description)
            path.write_text(filled, encoding="utf-8")
    project = folder / "Pulumi.yaml"
    document = yaml.safe_load(project.read_text(encoding="utf-8"))
    declared = document.pop("template").get("config", {})
    project.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    config = {_key(key, name): value for key, value in _values(declared, settings).items()}
    text = yaml.safe_dump({"config": config}, sort_keys=False)
    (folder / f"Pulumi.{stack}.yaml").write_text(text, encoding="utf-8")


def _values(declared: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, str]:
    values = {key: entry["default"] for key, entry in declared.items() if "default" in entry}
    values |= settings
    missing = set(declared) - set(values)
    if missing:
        raise ValueError(f"no value for {', '.join(sorted(missing))}")
    return values


def _key(key: str, project: str) -> str:
    return key if ":" in key else f"{project}:{key}"
