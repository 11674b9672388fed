"""Names of configuration keys: short, and never the same for two things."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[A-Z]")


def words(name: str) -> list[str]:
    """The words of a name in any spelling, in lower case."""
    return [word.lower() for word in _WORD.findall(name)]


def camel(*names: str) -> str:
    """One name in camelCase; a word that the next name begins with again is said once."""
    whole: list[str] = []
    for name in names:
        these = words(name)
        if whole and these[: len(whole)] == whole:
            whole = []
        whole += these
    return "".join(word if index == 0 else word.capitalize() for index, word in enumerate(whole))


def snake(*names: str) -> str:
    """A name for a variable of the program."""
    text = "_".join(word for name in names for word in words(name)) or "agent"
    if text[0].isdigit():
        text = f"agent_{text}"
    return f"{text}_" if keyword.iskeyword(text) or text in _TAKEN else text


# Names that the program uses itself, or that Python has for something else.
_TAKEN = frozenset({"agentrun", "config", "stack", "pulumi", "adopting", *dir(builtins)})


def variables(names: Sequence[str]) -> dict[str, str]:
    """A variable of the program for each name; no two of them differ in spelling only."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        variable, number = snake(name), 2
        while camel(variable) in taken:
            variable, number = f"{snake(name)}_{number}", number + 1
        taken.add(camel(variable))
        found[name] = variable
    return found


class Keys:
    """Gives out keys; the same thing gets the same one again."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, ...], str] = {}

    def key(self, thing: tuple[str, ...], candidates: Sequence[str]) -> str:
        """The key of a thing: the first candidate that is free, else the last with a number."""
        if thing in self._of:
            return self._of[thing]
        taken = set(self._of.values())
        chosen = next((name for name in candidates if name and name not in taken), None)
        number = 2
        while chosen is None:
            name = f"{candidates[-1] or 'value'}{number}"
            chosen = None if name in taken else name
            number += 1
        self._of[thing] = chosen
        return chosen
