"""Packages that bring different files under one name."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from agentrun_provider.building.clashes import settle

from ..unit.code_folders import put
from .conftest import Workshop
from .wheels import make_wheel

SHARED = "tests/__init__.py"


class Installer:
    """Puts packages into a folder one over another, as an installer does."""

    def __init__(self, folder: Path, *packages: tuple[str, dict[str, str]]) -> None:
        self.folder = folder
        self.packages = dict(packages)
        self.again: list[str] = []
        for package in self.packages:
            self.write(package)

    def write(self, package: str) -> None:
        rows = []
        for name, text in self.packages[package].items():
            put(self.folder, name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()
            rows.append(f"{name},sha256={digest.rstrip('=')},{len(text)}\n")
        put(self.folder, f"{package}-1.0.dist-info/RECORD", "".join(rows))

    def __call__(self, package: str) -> None:
        self.again.append(package)
        self.write(package)


def text(folder: Path, name: str) -> str:
    return (folder / name).read_text()


def test_the_last_one_by_name_has_its_file_whoever_came_last(tmp_path: Path) -> None:
    installer = Installer(tmp_path, ("b", {SHARED: "of b"}), ("a", {SHARED: "of a"}))
    assert settle(tmp_path, installer) == [f"a and b differ in {SHARED}; that of b is taken"]
    assert text(tmp_path, SHARED) == "of b"
    assert installer.again == ["b"]
    settle(tmp_path, installer)
    assert installer.again == ["b"], "what is right is left alone"


def test_files_of_several_owners_are_settled_in_turn(tmp_path: Path) -> None:
    installer = Installer(
        tmp_path,
        ("c", {"y": "of c", "z": "of c"}),
        ("b", {"x": "of b", "y": "of b"}),
        ("a", {"x": "of a", "z": "of a"}),
    )
    settle(tmp_path, installer)
    assert [text(tmp_path, name) for name in "xyz"] == ["of b", "of c", "of c"]
    assert installer.again == ["b", "c"]


def test_equal_files_are_nobodys_business(tmp_path: Path) -> None:
    installer = Installer(tmp_path, ("a", {SHARED: ""}), ("b", {SHARED: ""}))
    assert settle(tmp_path, installer) == []


def test_a_package_whose_record_is_wrong_is_not_installed_for_ever(tmp_path: Path) -> None:
    installer = Installer(tmp_path, ("a", {"x": "of a"}), ("b", {"x": "of b", "y": "of b"}))
    put(tmp_path, "b-1.0.dist-info/RECORD", "x,sha256=AAAA,1\ny,md99=AAAA,1\n")
    again: list[str] = []
    settle(tmp_path, again.append)
    assert again == ["b"]
    assert installer.again == []


def test_a_package_is_the_same_whichever_wheel_uv_writes_last(workshop: Workshop) -> None:
    names = [f"demo{number}" for number in range(6)]
    for name in names:
        # The more there is to write the later it is done.
        files = {SHARED: f"# {name}", f"{name}.py": "#" * (6 - int(name[-1])) * 50_000}
        make_wheel(workshop.wheels, name, files=files)
    workshop.put("requirements.txt", "\n".join(names))
    assert workshop.text(workshop.package(), f"python/{SHARED}") == "# demo5"
    assert workshop.told[-1].endswith(f" and demo5 differ in {SHARED}; that of demo5 is taken")
