"""What is wrong with a file that is to be converted, each point with its place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import AgentRunError


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands.

    Attributes:
        file: The file as it was named.
        line: The line, from 1.
    """

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, order=True)
class Fault:
    """One reason why a file can't be converted."""

    place: Place
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class ConvertError(AgentRunError):
    """Files can't be converted; nothing was written.

    Args:
        faults: All that is wrong, as far as it could be found.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(sorted(set(faults)))
        super().__init__("; ".join(map(str, self.faults)))


class Faults:
    """Collects faults, so that one run tells all of them."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, place: Place, reason: str) -> None:
        """Note a fault."""
        self._found.append(Fault(place, reason))

    @property
    def found(self) -> tuple[Fault, ...]:
        """What was noted so far."""
        return tuple(self._found)

    def check(self) -> None:
        """Stop here if anything was found.

        Raises:
            ConvertError: Something was.
        """
        if self._found:
            raise ConvertError(self._found)
