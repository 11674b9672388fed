"""Markdown that shows the texts of others as they are, and does nothing else with them."""

from __future__ import annotations

import re
from typing import Final

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#~&$])")
# Neither site may take these for a mention of a person or of another issue.
_MENTION = re.compile(r"([@!#%])(?=[\w/])")
_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2066-\u2069]")
_WORD_JOINER: Final = "\u2060"


def cleaned(text: str) -> str:
    """Text without colours, control characters and marks that turn the direction of writing."""
    return _CONTROL.sub("", _ANSI.sub("", text.replace("\r\n", "\n")))


def escaped(text: str) -> str:
    """Text in running Markdown, in one line."""
    flat = " ".join(cleaned(text).split())
    return _SPECIAL.sub(r"\\\1", _MENTION.sub(rf"\1{_WORD_JOINER}", flat))


def code(text: str) -> str:
    """Text as code in a line."""
    flat = " ".join(cleaned(text).split())
    if not flat:
        return "`(empty)`"
    runs = [len(run) for run in re.findall(r"`+", flat)]
    ticks = "`" * (max(runs, default=0) + 1)
    pad = " " if flat[0] == "`" or flat[-1] == "`" else ""
    return f"{ticks}{pad}{flat}{pad}{ticks}"


def cell(markdown: str) -> str:
    """Markdown as a cell of a table, which is cut into cells before its code is looked at."""

    def kept(found: re.Match[str]) -> str:
        # Two backslashes stand for one, so behind an odd number of them the next would not count.
        joint = _WORD_JOINER if len(found[1]) % 2 else ""
        return f"{found[1]}{joint}\\|"

    return re.sub(r"(\\*)\|", kept, markdown)


def fenced(text: str, language: str = "") -> str:
    """Text as a block of code that nothing in it can close."""
    body = cleaned(text)
    runs = [len(run) for run in re.findall(r"`{3,}", body)]
    fence = "`" * max(3, max(runs, default=0) + 1)
    return f"{fence}{language}\n{body}\n{fence}"


def folded(summary: str, body: str, *, opened: bool = False) -> str:
    """A fold with a summary of plain text."""
    safe = summary.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    start = "<details open>" if opened else "<details>"
    return f"{start}<summary>{safe}</summary>\n\n{body}\n\n</details>"


def closed(cut: str) -> str:
    """Markdown that was cut anywhere, with the block and the fold closed that it ends in."""
    fence = ""
    for line in cut.splitlines():
        found = re.match(r" *(`{3,})", line)
        if found and not fence:
            fence = found[1]
        elif fence and line.strip() == fence:
            fence = ""
    if fence:
        return closed(f"{cut}\n{fence}")
    last = cut[cut.rfind("\n") + 1 :]
    text = cut[: len(cut) - len(last)].rstrip() if last.count("`") % 2 else cut
    in_fold = text.count("<details>") > text.count("</details>")
    return text + ("\n\n</details>" if in_fold else "")
