"""A package index in a folder, a cache of the test's own, and a count of real installs."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from agentrun_provider.building import source as source_module
from agentrun_provider.building.cache import CACHE_VARIABLE
from agentrun_provider.building.requirement_list import RequirementList
from agentrun_provider.building.running import Tell
from agentrun_provider.building.source import Source
from agentrun_provider.building.target import Target

from ..unit.code_folders import put


@dataclass
class Workshop:
    """A code folder, the wheels that its requirements can come from, and what was done.

    Attributes:
        root: Folder of the test.
        told: Lines of progress.
        installs: Lists that were really installed, by name.
    """

    root: Path
    told: list[str] = field(default_factory=list)
    installs: list[str] = field(default_factory=list)

    @property
    def code(self) -> Path:
        """The code folder."""
        return self.root / "code"

    @property
    def wheels(self) -> Path:
        """The package index."""
        return self.root / "wheels"

    @property
    def cache(self) -> Path:
        """Where installed requirements are kept."""
        return self.root / "cache"

    def put(self, name: str, content: str) -> Path:
        """Write a file of the code folder."""
        return put(self.code, name, content)

    def source(self, language: str = "python3.12", **more: object) -> Source:
        """The code folder with `requirements.txt`, or what else is declared."""
        declared = {"requirements": "requirements.txt", "command": ["python3", "app.py"], **more}
        return Source(self.code, language, **declared)  # type: ignore[arg-type]

    def package(self, language: str = "python3.12", **more: object) -> bytes:
        """The package of the code folder."""
        return self.source(language, **more).package(self.told.append)

    def names(self, data: bytes) -> list[str]:
        """Files of a package, in its order."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.namelist()

    def text(self, data: bytes, name: str) -> str:
        """The content of a file of a package."""
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.read(name).decode()


def offline(root: Path) -> dict[str, str]:
    """Variables by which uv takes packages from a folder only, and keeps to the test's own."""
    settings = put(root, "uv.toml", "no-index = true\n")
    return {
        "UV_CONFIG_FILE": str(settings),
        "UV_FIND_LINKS": str(root / "wheels"),
        "UV_CACHE_DIR": str(root / "uv-cache"),
        CACHE_VARIABLE: str(root / "cache"),
    }


@pytest.fixture
def workshop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    for name in list(os.environ):
        if name.startswith(("UV_", "AGENTRUN_", "XDG_")):
            monkeypatch.delenv(name)
    for name, value in offline(tmp_path).items():
        monkeypatch.setenv(name, value)
    made = Workshop(tmp_path)
    made.put("app.py", "print('hi')\n")
    made.wheels.mkdir()

    real = source_module.install

    def counted(listed: RequirementList, target: Target, folder: Path, tell: Tell) -> None:
        made.installs.append(listed.path.name)
        real(listed, target, folder, tell)

    monkeypatch.setattr(source_module, "install", counted)
    return made
