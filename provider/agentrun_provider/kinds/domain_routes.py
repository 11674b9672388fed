"""The routes of a domain, of which each runtime has its own and leaves the others' alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..errors import ConfigError
from .domain_inputs import CustomDomainInputs, DomainRoute

Route = dict[str, Any]


def function_of(runtime_id: str) -> str:
    """The function behind a runtime."""
    return f"agentrun-{runtime_id}"


def wanted_routes(inputs: CustomDomainInputs) -> list[Route]:
    """The declared routes, as the service spells them."""
    declared = inputs.routes or [inputs.route or DomainRoute.model_validate({}, by_name=True)]
    function = function_of(inputs.runtime_id)
    routes = []
    for item in declared:
        route: Route = {"path": item.path, "functionName": function, "qualifier": item.qualifier}
        if item.methods:
            route["methods"] = list(item.methods)
        routes.append(route)
    return routes


def routes_of(live: Mapping[str, Any] | None) -> list[Route]:
    """All routes of a domain."""
    found: list[Route] = ((live or {}).get("routeConfig") or {}).get("routes") or []
    return found


def split(routes: Iterable[Route], functions: Collection[str]) -> tuple[list[Route], list[Route]]:
    """The routes of some functions, and all the others."""
    mine: list[Route] = []
    others: list[Route] = []
    for route in routes:
        (mine if route.get("functionName") in functions else others).append(route)
    return mine, others


def merged(wanted: list[Route], mine: list[Route], others: list[Route], domain: str) -> list[Route]:
    """The domain's routes as they should be: others first and untouched.

    What the console added to one of our routes, such as rewriting, stays with its path.

    Raises:
        ConfigError: Another function has one of the paths.
    """
    taken = {route.get("path"): route.get("functionName") for route in others}
    for route in wanted:
        if route["path"] in taken:
            raise ConfigError(
                f"{route['path']} of the domain {domain} leads to {taken[route['path']]} already",
                "give this runtime another path, or remove that route first",
            )
    held = {route.get("path"): route for route in mine}
    return [*others, *({**_extras(held.get(route["path"])), **route} for route in wanted)]


def _extras(held: Mapping[str, Any] | None) -> dict[str, Any]:
    known = ("path", "functionName", "qualifier", "methods")
    return {key: value for key, value in (held or {}).items() if key not in known}


def agree(wanted: list[Route], mine: list[Route]) -> bool:
    """Tell whether a runtime's routes are those that are wanted, in any order."""
    held = {route.get("path"): route for route in mine}
    return len(held) == len(wanted) and all(
        _holds(held.get(route["path"]), route) for route in wanted
    )


def _holds(held: Mapping[str, Any] | None, wanted: Route) -> bool:
    # Methods that were not asked for are the service's own choice.
    return (
        held is not None
        and held.get("functionName") == wanted["functionName"]
        and (held.get("qualifier") or "LATEST") == wanted["qualifier"]
        and ("methods" not in wanted or set(held.get("methods") or ()) == set(wanted["methods"]))
    )


def declared(mine: list[Route]) -> dict[str, Any]:
    """A runtime's routes in the words of the inputs."""
    items = [
        {
            "path": route.get("path"),
            "qualifier": route.get("qualifier") or "LATEST",
            **({"methods": route["methods"]} if route.get("methods") else {}),
        }
        for route in mine
    ]
    return {"route": items[0]} if len(items) == 1 else {"routes": items}
