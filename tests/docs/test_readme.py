"""What the README claims is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from agentrun_provider.config import SETTINGS
from agentrun_provider.kinds import KINDS, load
from agentrun_provider.sdk_types import nested_shapes
from agentrun_provider.settings_table import Setting

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def part(name: str) -> str:
    """What stands between the markers of that name."""
    return README.partition(f"<!-- {name} -->")[2].partition(f"<!-- /{name} -->")[0].strip()


def row(setting: Setting) -> str:
    variables = ", ".join(f"`{name}`" for name in setting.environment)
    default = "" if setting.default is None else f" (default {setting.default:g})"
    if isinstance(setting.default, bool):
        default = f" (default {str(setting.default).lower()})"
    return f"| `agentrun:{setting.key}` | {variables} | {setting.doc}{default} |"


def test_the_table_of_settings_is_complete() -> None:
    expected = ["| Key | Environment | Meaning |", "|---|---|---|", *map(row, SETTINGS)]
    assert part("settings").splitlines() == expected


def test_every_resource_is_in_the_table() -> None:
    named = re.findall(r"^\| `([A-Z]\w+)` \|", README, re.MULTILINE)
    assert sorted(named) == sorted(["Agent", *KINDS])


def known_names() -> set[str]:
    kinds = [load(name) for name in KINDS]
    shapes = [s for kind in kinds for s in (kind.Inputs, *nested_shapes(kind.Inputs))]
    return {name for shape in shapes for name in shape.model_fields}


def migration_rows() -> list[str]:
    table = README.partition("## Coming from Serverless Devs")[2].partition("\n## ")[0]
    return [line for line in table.splitlines() if line.startswith("| `") and "pulumi" not in line]


@pytest.mark.parametrize("line", migration_rows())
def test_every_argument_in_the_migration_table_exists(line: str) -> None:
    target = line.split("|")[2]
    spans = [span for span in re.findall(r"`([^`]*)`", target) if ".yaml" not in span]
    words = set(re.findall(r"\b[a-z]+(?:_[a-z]+)*\b", " ".join(spans)))
    assert words - {"agentrun", "profile", "os", "environ"} <= known_names(), line


def test_every_module_the_readme_names_exists() -> None:
    for path in re.findall(r"`(agentrun_provider/\w+\.py)`", README):
        assert (ROOT / "provider" / path).exists()
