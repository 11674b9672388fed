"""The pages of the documentation do what they say."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pulumi_agentrun
import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings
from agentrun_provider.cli.main import main as program

from ..e2e.conftest import ROOT, Project
from .markdown import Block, blocks, commands, inline_code
from .ports import free_port
from .shell import Shell

DOCS = ROOT / "docs"
# Written by a program, and tested by the tests of the fake.
GENERATED = {"fake.md"}
PAGES = sorted(path for path in DOCS.glob("*.md") if path.name not in GENERATED)
WITH_COMMANDS = [
    page
    for page in PAGES
    if any(b.language == "console" and not b.needs_account for b in blocks(page))
]
SHELLS = {"sh", "bash", "shell", "zsh", ""}


def names(pages: list[Path]) -> list[str]:
    return [page.stem for page in pages]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A folder, and a service that runs what is deployed to it."""
    folder = tmp_path / "work"
    (folder / "state").mkdir(parents=True)
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        yield Shell(Project(folder, server), {"PORT": str(free_port())})


@pytest.mark.e2e
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=names(WITH_COMMANDS))
def test_every_command_of_a_page_works(page: Path, shell: Shell) -> None:
    for block in blocks(page):
        if block.file:
            shell.write(block)
        elif block.language == "console" and not block.needs_account:
            shell.run_block(block)
    assert shell.project.cloud.runtimes() == {}, "a page leaves nothing behind"


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_no_command_hides_from_the_test(page: Path) -> None:
    for block in blocks(page):
        place = f"{block.page}:{block.line}"
        assert block.language not in SHELLS, f"{place}: commands belong into a console block"
        assert block.known_mark, f"{place}: unknown mark {block.mark!r}"
        if block.language == "console":
            assert commands(block), f"{place}: no command begins with $"


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_python_on_a_page_is_python_and_names_what_exists(page: Path) -> None:
    for block in blocks(page):
        if block.language == "python":
            tree = ast.parse(block.text, f"{block.page}:{block.line}")
            for node in ast.walk(tree):
                if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                    known = node.value.id != "agentrun" or hasattr(pulumi_agentrun, node.attr)
                    assert known, f"{block.page}:{block.line}: agentrun.{node.attr}"


def all_commands(page: Path) -> Iterator[tuple[str, str]]:
    """Calls of `pulumi-agentrun` anywhere on a page, with their places."""
    for block in blocks(page):
        if block.language == "console":
            for command in commands(block):
                yield from ((f"{page.name}:{command.line}", part) for part in _calls(command.text))
    for line, code in inline_code(page):
        yield from ((f"{page.name}:{line}", part) for part in _calls(code))


def _calls(text: str) -> list[str]:
    return re.findall(r"(?:^|[\s(])(pulumi-agentrun(?: [^|<>\n;&)]*)?)", text.replace("\\\n", " "))


def words_of(text: str) -> list[str]:
    """The words of a command, which may have been cut within quotes."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_every_command_and_option_on_a_page_exists(page: Path) -> None:
    for place, text in all_commands(page):
        words = words_of(text)[1:]
        found: click.Command = program
        while isinstance(found, click.Group) and words and not words[0].startswith("-"):
            if not re.fullmatch(r"[a-z-]+", words[0]):
                break
            with click.Context(found) as context:
                inner = found.get_command(context, words[0])
            assert inner is not None, f"{place}: no command {words[0]!r} in {text!r}"
            found, words = inner, words[1:]
        options = {name for p in found.params for name in (*p.opts, *p.secondary_opts)}
        options |= {"--help", "--version"} if found is program else {"--help"}
        own = words[: words.index("--")] if "--" in words else words
        used = {word.partition("=")[0] for word in own if word.startswith("--") and word != "--"}
        assert used <= options, f"{place}: {text!r} has no option {sorted(used - options)}"


@pytest.mark.parametrize("page", PAGES, ids=names(PAGES))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        path, _, anchor = target.partition("#")
        linked = (page.parent / path).resolve() if path else page
        assert linked.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(linked), f"{page.name}: {target}"


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as code hosts make them."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_page_is_in_the_table_of_contents() -> None:
    contents = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([a-z-]+\.md)\)", contents))
    assert linked == {path.name for path in DOCS.glob("*.md")} - {"README.md"}


def test_block_marks_are_read() -> None:
    block = Block("x.md", 1, "console", "$ a \\\n  b\nc\n$ d\n", "exits with 3")
    first, second = commands(block)
    assert (first.text, first.shown) == ("a \\\n  b", ["c"])
    assert (second.text, second.shown, block.exit_code) == ("d", [], 3)
