"""Runs a generated program without an engine, and tells what it declares.

The modules that it imports are stood in for: settings come from the stack's file, and every `Agent`
keeps its arguments.
"""

from __future__ import annotations

import subprocess
import types
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from unittest import mock

import pulumi_agentrun
import yaml
from agentrun_provider.convert.plan import Plan


def declared(out: Path, plan: Plan, stack: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Arguments of the agents of a stack by their names, objects as mappings.

    Args:
        out: The project.
        plan: What it was made from.
        stack: The stack.
        environ: Variables that the settings come from that nobody else tells.
    """
    document = yaml.safe_load((out / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
    config = {key.partition(":")[2]: value for key, value in (document["config"] or {}).items()}
    missing = [each for each in plan.entries[stack].values() if each.key not in config]
    config |= dict(
        zip((each.key for each in missing), _told([e.shell for e in missing], environ), strict=True)
    )
    agents: dict[str, Any] = {}
    pulumi, sdk = _pulumi(config, stack), _sdk(agents)
    program = (out / "__main__.py").read_text(encoding="utf-8")
    with mock.patch.dict("sys.modules", {"pulumi": pulumi, "pulumi_agentrun": sdk}):
        exec(compile(program, str(out / "__main__.py"), "exec"), {})  # noqa: S102 - what is tested
    return agents


def _told(texts: list[str], environ: Mapping[str, str]) -> list[str]:
    """What a shell makes of the values in the commands of the report."""
    if not texts:
        return []
    done = subprocess.run(
        ["/bin/sh", "-c", f"printf '%s\\0' {' '.join(texts)}"],
        env=dict(environ),
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().split("\0")[:-1]


class _Outputs(str):
    """An agent, or an output of one: text that tells which."""

    __slots__ = ()

    def __getattr__(self, name: str) -> _Outputs:
        return _Outputs(f"{self}.{name}")

    def __getitem__(self, name: Any) -> _Outputs:
        return _Outputs(f"{self}.{name}")

    def apply(self, _: Any) -> _Outputs:
        return self


def _pulumi(values: Mapping[str, Any], stack: str) -> types.ModuleType:
    class Config:
        def __init__(self, namespace: str = "") -> None:
            self._values = {} if namespace else values

        def __getattr__(self, name: str) -> Any:
            required, _, kind = name.partition("_")
            kind = kind.removeprefix("secret").lstrip("_")
            read = {
                "": str,
                "int": int,
                "float": float,
                "bool": lambda text: {"true": True, "false": False}[text],
                "object": lambda value: value,
            }[kind]

            def get(key: str) -> Any:
                found = self._values.get(key)
                assert found is not None or required == "get", f"{key} is not set"
                return None if found is None else read(found)

            return get

    module = types.ModuleType("pulumi")
    module.__dict__.update(
        Config=Config,
        get_stack=lambda: stack,
        export=lambda name, value: None,
        Input=list,
        Output=types.SimpleNamespace(concat=lambda *parts: "".join(map(str, parts))),
    )
    return module


def _sdk(agents: dict[str, Any]) -> types.ModuleType:
    def stand_in(name: str) -> Any:
        assert hasattr(pulumi_agentrun, name)

        def make(**arguments: Any) -> dict[str, Any]:
            return {key: value for key, value in arguments.items() if value is not None}

        return make

    def agent(key: str, **arguments: Any) -> Any:
        agents[key] = stand_in("Agent")(**arguments)
        return _Outputs(key)

    module = types.ModuleType("pulumi_agentrun")
    module.__dict__["Agent"] = agent
    module.__dict__["__getattr__"] = stand_in
    return module
