"""Match method and path to an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .faults import Fault
from .http import Request
from .store import Scope

if TYPE_CHECKING:
    from .cloud import FakeCloud
    from .keyring import Principal


@dataclass(frozen=True)
class Exchange:
    """What a handler gets: the request, taken apart, and the cloud it works on.

    Attributes:
        cloud: The fake cloud.
        request: The request.
        route: The route that matched.
        path: Values of the route's placeholders.
        scope: Account and region.
        principal: Who sent it.
        request_id: Id of this request.
        mark: Notes for the call log; handlers set `resource`, and `found_in` another scope.
        outcome: Faults that decide how what this call starts will end.
    """

    cloud: FakeCloud
    request: Request
    route: Route
    path: dict[str, str]
    scope: Scope
    principal: Principal
    request_id: str
    mark: dict[str, str] = field(default_factory=dict)
    outcome: Sequence[Fault] = ()

    def found_in(self, scope: Scope) -> None:
        """Note where that is what the request is for, if the request itself does not tell."""
        self.mark.update(account=scope.account_id, region=scope.region)


Handler = Callable[[Exchange], Any]


@dataclass(frozen=True)
class Route:
    """One operation.

    Attributes:
        method: HTTP method.
        template: Path with placeholders in braces; a last `{name*}` takes all that is left.
        operation: API name.
        handler: What it does.
        write: Whether it is meant to change something; by default all but GET and HEAD are.
    """

    method: str
    template: str
    operation: str
    handler: Handler
    write: bool | None = None

    @property
    def is_write(self) -> bool:
        """Whether it is meant to change something."""
        return self.method not in ("GET", "HEAD") if self.write is None else self.write

    def match(self, segments: list[str]) -> dict[str, str] | None:
        """Values of the placeholders if the path fits."""
        parts = self.template.split("/")[1:]
        values: dict[str, str] = {}
        for index, part in enumerate(parts):
            if part.endswith("*}"):
                values[part[1:-2]] = "/".join(segments[index:])
                return values
            if index >= len(segments):
                return None
            if part.startswith("{"):
                values[part[1:-1]] = segments[index]
            elif part != segments[index]:
                return None
        return values if len(parts) == len(segments) else None


def find(
    routes: Iterable[Route], request: Request, segments: list[str]
) -> tuple[Route, dict[str, str]] | None:
    """The first route that fits method and path, with the placeholders' values."""
    for route in routes:
        if route.method in (request.method, "*"):
            values = route.match(segments)
            if values is not None:
                return route, values
    return None
