"""Parts of objects: the `Range` header as OSS understands it.

Of `bytes=a-b`, `bytes=a-` and `bytes=-n` exactly one; several at once, another unit and nonsense
are as if nothing was asked. So is a part that is not wholly inside the object, unless the header
`x-oss-range-behavior: standard` asks for what HTTP says (the vendor's page on range requests).
"""

from __future__ import annotations

import re

from ..errors import ServiceError
from ..http import Request

# More digits than any object has bytes are nonsense, too.
_RANGE = re.compile(r"bytes=(?P<first>[0-9]{0,18})-(?P<last>[0-9]{0,18})")


def part_of(request: Request, size: int) -> range | None:
    """Which bytes of an object of `size` are asked for; None for all of it.

    Raises:
        ServiceError: 416, as HTTP says it, and none of them exist.
    """
    match = _RANGE.fullmatch(request.header("range").strip())
    if match is None or not (match["first"] or match["last"]):
        return None
    asked = _asked(match["first"], match["last"], size)
    inside = range(max(asked.start, 0), min(asked.stop, size))
    if asked and asked == inside:
        return inside
    if request.header("x-oss-range-behavior").lower() != "standard":
        return None
    if not inside:
        text = "The requested range cannot be satisfied."
        raise ServiceError(416, "InvalidRange", text, (("content-range", f"bytes */{size}"),))
    return inside


def _asked(first: str, last: str, size: int) -> range:
    """The bytes that are asked for, which may lie outside."""
    if not first:
        return range(size - int(last), size)
    return range(int(first), int(last) + 1 if last else max(size, int(first) + 1))
