"""The one error of this package."""

from __future__ import annotations

from ..errors import PackagingError


class BuildError(PackagingError):
    """The package can't be built.

    Args:
        message: What is wrong, with the file or package.
        hint: What to do next.
        field: Field of `code` that it is about.
    """

    def __init__(self, message: str, hint: str = "", *, field: str = "requirements") -> None:
        self.field = field
        self._hint = hint
        super().__init__(message)

    @property
    def hint(self) -> str:
        return self._hint
