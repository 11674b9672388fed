"""How two packages differ, in files and in words."""

from __future__ import annotations

from agentrun_provider.code_comparison import Comparison, compare, told
from agentrun_provider.package_listing import Content

APP = Content(3, 1, False)
OTHER = Content(3, 2, False)
TOOL = Content(9, 3, True)


def installed(**versions: str) -> dict[str, Content]:
    return {f"python/{name}-{v}.dist-info/METADATA": APP for name, v in versions.items()}


def test_size_and_checksum_tell_contents_apart() -> None:
    deployed = {"a": APP, "b": APP, "c": APP}
    found = compare(deployed, {"a": OTHER, "b": Content(4, 1, False), "c": APP})
    assert found == Comparison(differing=("a", "b"))
    assert told(found) == "2 differ (a, b)"


def test_only_a_few_names_are_told() -> None:
    found = compare({f"{n}.py": APP for n in range(9)}, {})
    assert told(found) == "9 only deployed (0.py, 1.py, 2.py, 6 more)"


def test_a_folder_of_which_the_other_side_has_nothing_is_told_as_one() -> None:
    deployed = {"app.py": APP, "old/a.py": APP, "lib/new/b.py": APP, "lib/new/c/d.py": APP}
    local = {"app.py": APP, "lib/x.py": APP, "fresh/a.py": APP, "fresh/b.py": APP}
    found = compare({**deployed, "lib/x.py": APP}, local)
    assert told(found) == (
        "3 only deployed (old/a.py, lib/new/ (2 files)), 2 only here (fresh/ (2 files))"
    )


def test_dependencies_that_are_not_installed_here_are_noticed() -> None:
    deployed = {"app.py": APP, "python/httpx/__init__.py": APP, "node_modules/x/index.js": APP}
    assert compare(deployed, {"app.py": APP}).not_installed == ["python/", "node_modules/"]
    some = {"app.py": APP, "python/other.py": APP}
    assert compare(deployed, some).not_installed == ["node_modules/"]
    assert compare(deployed, some, packages="python").not_installed == ["node_modules/"]


def test_the_component_makes_bootstrap_executable() -> None:
    deployed = {"app.py": APP, "bootstrap": TOOL}
    local = {"app.py": APP, "bootstrap": Content(9, 3, False)}
    assert compare(deployed, local).is_same
    assert not compare(
        {**deployed, "bin/x": TOOL}, {**local, "bin/x": Content(9, 3, False)}
    ).is_same


def test_of_requirements_the_versions_count_and_not_the_files() -> None:
    theirs = {"app.py": APP, **installed(Typing_Extensions="4.1", httpx="0.27.0")}
    theirs |= {"python/httpx/__init__.py": APP, "python/httpx/__pycache__/x.pyc": APP}
    ours = {"app.py": APP, **installed(typing_extensions="4.1", httpx="0.27.0")}
    ours |= {"python/httpx/__init__.py": OTHER}
    assert compare(theirs, ours, packages="python").is_same
    assert not compare(theirs, ours).is_same, "without requirements they are code as any other"


def test_other_versions_are_told() -> None:
    theirs = {"app.py": APP, **installed(httpx="0.27.0", idna="3.1")}
    ours = {"app.py": APP, **installed(httpx="0.28.1", h11="1.0")}
    found = compare(theirs, ours, packages="python")
    assert told(found) == (
        "requirements h11 missing => 1.0, httpx 0.27.0 => 0.28.1, idna 3.1 => missing"
    )
    assert compare(theirs, ours, packages="python", installed=False).is_same
