"""Find the id of a workspace that was given by id or by name (section 10.2)."""

from __future__ import annotations

from ..client import path_segment
from ..errors import ConfigError, NotFound
from ..session import Session

PATH = "/workspaces"


def workspace_id(session: Session, name_or_id: str) -> str:
    """Return the id of a workspace.

    The service's name filter may match partly, so names are compared again; a name wins over an id.

    Raises:
        ConfigError: No workspace has that name or id.
    """
    known: dict[str, str] = session.workspaces
    if name_or_id not in known:
        known[name_or_id] = _look_up(session, name_or_id)
    return known[name_or_id]


def _look_up(session: Session, name_or_id: str) -> str:
    query = {"name": name_or_id}
    for item in session.client.paginate("ListWorkspaces", PATH, query, key="workspaces"):
        if item.get("name") == name_or_id:
            return str(item["workspaceId"])
    try:
        found = session.client.call("GetWorkspace", "GET", f"{PATH}/{path_segment(name_or_id)}")
    except NotFound as error:
        raise ConfigError(
            f"there is no workspace with the name or id {name_or_id!r}",
            "make it in the console, or correct the resource's workspace or agentrun:workspace",
        ) from error
    return str(found["workspaceId"])
