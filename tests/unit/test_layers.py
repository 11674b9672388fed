"""The packages import each other in one direction, and no module grows beyond reading."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = {
    "agentrun_provider": ROOT / "provider/agentrun_provider",
    "pulumi_agentrun": ROOT / "sdk/python/pulumi_agentrun",
    "agentrun_fake": ROOT / "testing/agentrun_fake",
    "pulumi_local": ROOT / "testing/pulumi_local",
}
GENERATED = {"inputs.py", "outputs.py", "runtime.py", "runtime_endpoint.py"}


def modules(package: str) -> list[Path]:
    return sorted(PACKAGES[package].rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Absolute names of everything a module imports, wherever in it."""
    package = next(root for root in PACKAGES.values() if path.is_relative_to(root))
    inside = path.relative_to(package.parent).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = inside[: len(inside) - node.level] if node.level else ()
            yield ".".join([*base, *([node.module] if node.module else [])])


def offenders(package: str, forbidden: set[str], *, but: tuple[str, ...] = ()) -> list[str]:
    found = []
    for path in modules(package):
        name = path.relative_to(PACKAGES[package]).as_posix()
        if name.startswith(but) and but:
            continue
        found += [
            f"{package}/{name} imports {module}"
            for module in imported(path)
            if any(module == root or module.startswith(f"{root}.") for root in forbidden)
        ]
    return found


def test_the_core_knows_neither_pulumi_nor_grpc_and_no_cloud_sdk() -> None:
    forbidden = {"pulumi", "grpc", "google", "dill", "pulumi_agentrun"}
    assert offenders("agentrun_provider", forbidden, but=("hosts/", "cli/")) == []
    # The library that finds credentials is the only piece of the cloud's SDKs, in one module.
    sdks = {"alibabacloud_credentials", "Tea", "darabonba", "alibabacloud_tea_openapi"}
    assert offenders("agentrun_provider", sdks, but=("credentials.py",)) == []


def test_only_the_command_line_knows_the_fake_and_the_engine() -> None:
    forbidden = {"agentrun_fake", "pulumi_local"}
    assert offenders("agentrun_provider", forbidden, but=("cli/",)) == []
    assert offenders("pulumi_agentrun", forbidden) == []


def test_the_fake_imports_nothing_of_the_provider() -> None:
    forbidden = {"agentrun_provider", "pulumi_agentrun", "pulumi_local", "pulumi"}
    assert offenders("agentrun_fake", forbidden) == []


def test_the_engine_knows_nothing_of_agentrun() -> None:
    assert (
        offenders("pulumi_local", {"agentrun_provider", "pulumi_agentrun", "agentrun_fake"}) == []
    )
    for path in modules("pulumi_local"):
        assert "agentrun" not in path.read_text(encoding="utf-8").lower().replace(
            "pulumi-agentrun", ""
        ), path


def test_the_sdk_reaches_the_provider_through_its_hosts_and_the_lookups_only() -> None:
    for path in modules("pulumi_agentrun"):
        theirs = {name for name in imported(path) if name.startswith("agentrun_provider")}
        if path.name == "lookups.py":
            theirs -= {"agentrun_provider", "agentrun_provider.errors"}
            theirs -= {"agentrun_provider.hosts.sessions"}
        assert theirs <= {"agentrun_provider.hosts.dynamic"}


def test_hosts_know_no_kind_by_name() -> None:
    hosts = PACKAGES["agentrun_provider"] / "hosts"
    for path in hosts.glob("*.py"):
        assert not [n for n in imported(path) if n.startswith("agentrun_provider.kinds.")], path
        assert "RuntimeEndpoint" not in path.read_text(encoding="utf-8"), path


@pytest.mark.parametrize("heavy", ["httpx", "pydantic", "Tea", "alibabacloud_credentials"])
def test_importing_the_sdk_does_not_import(heavy: str) -> None:
    code = f"import pulumi_agentrun, sys; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("package", PACKAGES)
def test_modules_stay_readable(package: str) -> None:
    long = {
        path.name: lines
        for path in modules(package)
        if path.name not in GENERATED
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}
