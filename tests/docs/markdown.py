"""What a page of the documentation holds: fenced blocks with their marks, and code in sentences.

A mark is an HTML comment in the line above a block:

| Mark | Meaning |
|---|---|
| `<!-- file: PATH -->` | the block is the content of that file |
| `<!-- needs an account -->` | the commands are not run |
| `<!-- exits with 2 -->` | the last command of the block ends with that code |
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

_FENCE = re.compile(r"^```(\w*)\s*$")
_MARK = re.compile(r"^<!--\s*(.*?)\s*-->$")
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: The page's file name.
        line: Number of the line of its fence.
        language: Word after the fence; empty if there is none.
        text: What is in it.
        mark: The mark above it; empty if there is none.
    """

    page: str
    line: int
    language: str
    text: str
    mark: str = ""

    @property
    def file(self) -> str | None:
        """The file that it is the content of, if it is one."""
        return self.mark.removeprefix("file: ") if self.mark.startswith("file: ") else None

    @property
    def needs_account(self) -> bool:
        """Whether its commands can't be run here."""
        return self.mark == "needs an account"

    @property
    def exit_code(self) -> int:
        """How its last command ends."""
        found = re.fullmatch(r"exits with (\d+)", self.mark)
        return int(found[1]) if found else 0

    @property
    def known_mark(self) -> bool:
        """Whether its mark means something."""
        return not self.mark or bool(self.file or self.needs_account or self.exit_code)


@dataclass
class Command:
    """One command of a console block and the lines of output shown below it."""

    text: str
    line: int
    shown: list[str] = field(default_factory=list)


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    found, start, language = [], None, ""
    for number, line in enumerate(lines, 1):
        fence = _FENCE.match(line)
        if fence is None:
            continue
        if start is None:
            start, language = number, fence[1]
            continue
        mark = _MARK.match(lines[start - 2]) if start > 1 else None
        text = "\n".join(lines[start : number - 1]) + "\n"
        found.append(Block(path.name, start, language, text, mark[1] if mark else ""))
        start = None
    assert start is None, f"{path}:{start}: the block does not end"
    return found


def commands(block: Block) -> list[Command]:
    """The commands of a console block: lines that begin with `$ `, continued after a backslash."""
    found: list[Command] = []
    continued = False
    for offset, line in enumerate(block.text.splitlines(), 1):
        if continued:
            found[-1].text += f"\n{line}"
        elif line.startswith("$ "):
            found.append(Command(line[2:], block.line + offset))
        else:
            assert found, f"{block.page}:{block.line}: output before the first command"
            found[-1].shown.append(line)
            continue
        continued = line.endswith("\\")
    return found


def inline_code(path: Path) -> Iterator[tuple[int, str]]:
    """Code in sentences and tables, with the number of its line."""
    inside = False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if _FENCE.match(line):
            inside = not inside
        elif not inside:
            yield from ((number, span) for span in _INLINE.findall(line.replace(r"\|", "|")))
