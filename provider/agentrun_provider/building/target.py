"""The machine that a runtime's Python runs on (reference 6.3)."""

from __future__ import annotations

from dataclasses import dataclass

from .failures import BuildError


@dataclass(frozen=True)
class Target:
    """What wheels are chosen for.

    Attributes:
        python: Version of Python.
        platform: Platform in the words of uv; the number is that of the C library.
    """

    python: str
    platform: str


# The images that the vendor's own tool builds in are Debian 11 (glibc 2.31) for Python 3.12 and
# Debian 10 (glibc 2.28) for all else. Wheels for an older C library run on a newer one.
TARGETS = {
    "python3.10": Target("3.10", "x86_64-manylinux_2_28"),
    "python3.12": Target("3.12", "x86_64-manylinux_2_31"),
}


def target_of(language: str) -> Target:
    """The target of a language.

    Raises:
        BuildError: It is not Python.
    """
    if language not in TARGETS:
        raise BuildError(
            f"requirements are for {' and '.join(TARGETS)}, the language is {language}",
            "Give a build command instead",
        )
    return TARGETS[language]
