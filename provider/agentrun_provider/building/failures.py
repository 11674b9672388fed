"""The one error of this package."""

from __future__ import annotations

import re

from ..errors import PackagingError

_USER = re.compile(r"//[^/@\s]*@")
_QUERY = re.compile(r"(://[^\s?#]*\?)[^\s#,;`'\")]+")


def without_secrets(text: str) -> str:
    """A text whose addresses have no user, no password, and no query: that may be a signature."""
    return _QUERY.sub(r"\1...", _USER.sub("//", text))


class BuildError(PackagingError):
    """The package can't be built.

    Args:
        message: What is wrong, with the file or package; secrets in addresses are taken out.
        hint: What to do next.
        field: Field of `code` that it is about.
    """

    def __init__(self, message: str, hint: str = "", *, field: str = "requirements") -> None:
        self.field = field
        self._hint = hint
        super().__init__(without_secrets(message))

    @property
    def hint(self) -> str:
        return self._hint
