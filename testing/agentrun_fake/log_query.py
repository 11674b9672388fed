"""The log service's search language: words, phrases, `field: value`, `and`, `or`, `not`, brackets.

Searching ignores case and compares whole words, with `*` at the end for any ending. Analysis
(what follows a `|`) and ranges of numbers are not modelled and are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

Fits = Callable[[Mapping[str, str]], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<mark>[()|:]|[<>]=?)|"(?P<phrase>(?:\\.|[^"\\])*)"|(?P<word>[^\s()|:"<>]+))"""
)
_WORD = re.compile(r"[^\s,'\";=()\[\]{}?@&<>/:\\]+")


class QueryError(ValueError):
    """A search can't be read."""


def parse(text: str) -> Fits:
    """Make a test of a line's fields from a search; an empty one and `*` fit all lines.

    Raises:
        QueryError: It can't be read, or asks for what is not modelled.
    """
    parser = _Parser(_tokens(text))
    return parser.whole() if text.strip() else _anything


def _anything(fields: Mapping[str, str]) -> bool:
    return True


def _tokens(text: str) -> list[tuple[str, str]]:
    """Kind (`mark`, `phrase`, `word`) and text of each token."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if match is None:
            raise QueryError(f"the query has an open quotation mark: {text}")
        kind = str(match.lastgroup)
        found.append((kind, re.sub(r"\\(.)", r"\1", match[kind])))
        at = match.end()
    return found


class _Parser:
    """Reads by descent: `or` binds least, `not` most; words side by side mean `and`."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0

    def whole(self) -> Fits:
        fits = self._any()
        if self._at < len(self._tokens):
            text = self._tokens[self._at][1]
            if text == "|":
                raise QueryError("analysis statements after a | are not modelled by this fake")
            raise QueryError(f"the query has an unexpected {text!r}")
        return fits

    def _next_is(self, *words: str, kind: str = "word") -> bool:
        if self._at >= len(self._tokens):
            return False
        found, text = self._tokens[self._at]
        return found == kind and text.lower() in words

    def _take(self, *words: str, kind: str = "word") -> bool:
        taken = self._next_is(*words, kind=kind)
        self._at += taken
        return taken

    def _any(self) -> Fits:
        parts = [self._all()]
        while self._take("or"):
            parts.append(self._all())
        return lambda fields: any(part(fields) for part in parts)

    def _all(self) -> Fits:
        parts = [self._one()]
        while self._at < len(self._tokens) and not (
            self._next_is("or") or self._next_is(")", "|", kind="mark")
        ):
            self._take("and")
            parts.append(self._one())
        return lambda fields: all(part(fields) for part in parts)

    def _one(self) -> Fits:
        if self._take("not"):
            inner = self._one()
            return lambda fields: not inner(fields)
        if self._take("(", kind="mark"):
            inner = self._any()
            if not self._take(")", kind="mark"):
                raise QueryError("the query has an open bracket")
            return inner
        return self._term()

    def _term(self) -> Fits:
        kind, text = self._value()
        if self._next_is("<", "<=", ">", ">=", kind="mark"):
            raise QueryError("comparisons of numbers are not modelled by this fake")
        if self._take(":", kind="mark"):
            return _in_field(text, *self._value())
        return _in_any_field(kind, text)

    def _value(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise QueryError("the query ends where a word was expected")
        kind, text = self._tokens[self._at]
        if kind == "mark":
            raise QueryError(f"the query has an unexpected {text!r}")
        self._at += 1
        return kind, text


def _in_any_field(kind: str, text: str) -> Fits:
    test = _contains(kind, text)
    return lambda fields: any(test(value) for value in fields.values())


def _in_field(name: str, kind: str, text: str) -> Fits:
    test = _contains(kind, text)
    return lambda fields: name in fields and test(fields[name])


def _contains(kind: str, text: str) -> Callable[[str], bool]:
    if kind == "word" and text == "*":
        return lambda value: True
    ending = kind == "word" and text.endswith("*")
    wanted = [word.lower() for word in _WORD.findall(text.rstrip("*") if ending else text)]
    if not wanted:
        raise QueryError(f"the query has no word in {text!r}")

    def test(value: str) -> bool:
        words = [word.lower() for word in _WORD.findall(value)]
        return any(
            _same(words[at : at + len(wanted)], wanted, ending)
            for at in range(len(words) - len(wanted) + 1)
        )

    return test


def _same(words: list[str], wanted: list[str], ending: bool) -> bool:
    if not ending:
        return words == wanted
    return words[:-1] == wanted[:-1] and words[-1].startswith(wanted[-1])
