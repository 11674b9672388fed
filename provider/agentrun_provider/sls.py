"""The few calls to the log service (SLS) that log resources and reading logs need (reference 7).

The project is part of the host; requests about projects themselves go to the region's host. Things
are made by name, so making one again does no harm and is refused with a code of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import httpx

from .classic_signing import SlsAuth
from .errors import ApiError
from .services import SLS, base_url, is_bare
from .signing import canonical_query, encode
from .transport import json_of, unusable

if TYPE_CHECKING:
    from .client import Client

T = TypeVar("T")

_ABSENT = frozenset({"ProjectNotExist", "LogStoreNotExist", "IndexConfigNotExist"})
# The second spelling of the logstore's code is an older one.
_TAKEN = frozenset(
    {"ProjectAlreadyExist", "LogStoreAlreadyExist", "LogstoreAlreadyExist", "IndexAlreadyExist"}
)


class LogPage(NamedTuple):
    """Some of the lines that a search found.

    Attributes:
        lines: Their fields; what the service adds begins with two underscores.
        complete: Whether the search had come to its end; if not, the same question asked again
            gives more.
    """

    lines: list[dict[str, str]]
    complete: bool


class LogService:
    """Calls the log service over a client's connections."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def find_project(self, project: str) -> dict[str, Any] | None:
        """A project; None if there is none of that name."""
        return self._find("GetProject", project, "/")

    def create_project(self, project: str, description: str) -> bool:
        """Make a project; see `_create` for the result."""
        body = {"projectName": project, "description": description}
        return self._create("CreateProject", "", "/", body)

    def delete_project(self, project: str) -> None:
        """Delete a project with all that is in it; gone already is fine."""
        self._delete("DeleteProject", project, "/")

    def list_logstores(self, project: str) -> list[str]:
        """Names of a project's logstores; none if there is no such project."""
        listed = self._find("ListLogStores", project, "/logstores") or {}
        return [str(name) for name in listed.get("logstores") or []]

    def find_logstore(self, project: str, logstore: str) -> dict[str, Any] | None:
        """A logstore; None if it or its project does not exist."""
        return self._find("GetLogStore", project, _logstore_path(logstore))

    def create_logstore(self, project: str, logstore: str, shards: int, ttl_days: int) -> bool:
        """Make a logstore; see `_create` for the result."""
        body = {"logstoreName": logstore, "shardCount": shards, "ttl": ttl_days}
        return self._create("CreateLogStore", project, "/logstores", body)

    def delete_logstore(self, project: str, logstore: str) -> None:
        """Delete a logstore with all logs in it; gone already is fine."""
        self._delete("DeleteLogStore", project, _logstore_path(logstore))

    def find_index(self, project: str, logstore: str) -> dict[str, Any] | None:
        """The index of a logstore; None if it, the logstore or the project does not exist."""
        return self._find("GetIndex", project, f"{_logstore_path(logstore)}/index")

    def create_index(self, project: str, logstore: str, index: Mapping[str, Any]) -> bool:
        """Make the index of a logstore; see `_create` for the result."""
        path = f"{_logstore_path(logstore)}/index"
        return self._create("CreateIndex", project, path, index)

    def read_logs(
        self,
        project: str,
        logstore: str,
        *,
        start: int,
        end: int,
        query: str,
        lines: int,
        offset: int = 0,
        newest_first: bool = False,
    ) -> LogPage:
        """Lines of a time span that fit a search: GetLogs.

        Args:
            project: Project.
            logstore: Logstore, which must have an index.
            start: First second, since 1970.
            end: Second that is no longer part of the span.
            query: Search in the service's language; empty for all lines.
            lines: How many lines at most, 100 being the service's limit.
            offset: How many found lines to skip.
            newest_first: The order; the service orders by the minute only.

        Raises:
            ApiError: Project, logstore or index do not exist, or the search can't be read.
        """
        parameters = {
            "type": "log",
            "from": start,
            "to": end,
            "query": query,
            "line": lines,
            "offset": offset,
            "reverse": "true" if newest_first else "false",
        }

        def understand(response: httpx.Response) -> LogPage:
            found = json_of(response, "GetLogs", SLS)
            if not isinstance(found, list):
                raise unusable(response, "GetLogs", SLS, "the answer is not a list of lines")
            progress = response.headers.get("x-log-progress", "Complete")
            return LogPage(found, str(progress).lower() == "complete")

        path = f"{_logstore_path(logstore)}?{canonical_query(parameters)}"
        page: LogPage = self._send("GetLogs", "GET", project, path, understand=understand)
        return page

    def _find(self, operation: str, project: str, path: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self._send(
                operation, "GET", project, path, understand=lambda r: json_of(r, operation, SLS)
            )
        except ApiError as error:
            if error.code not in _ABSENT:
                raise
            return None
        return found

    def _create(self, operation: str, project: str, path: str, body: Mapping[str, Any]) -> bool:
        """Make something.

        Returns:
            True if it was made by this call; False if it existed already, or if what it belongs to
            can't be seen yet.
        """
        content = json.dumps(body, separators=(",", ":")).encode()
        try:
            self._send(operation, "POST", project, path, content=content, idempotent=True)
        except ApiError as error:
            if error.code in _ABSENT:
                return False
            if error.code not in _TAKEN:
                raise
            # What an earlier attempt of the same call made is told so, too.
            return error.attempts > 1
        return True

    def _delete(self, operation: str, project: str, path: str) -> None:
        try:
            self._send(operation, "DELETE", project, path)
        except ApiError as error:
            if error.code not in _ABSENT:
                raise

    def _send(
        self,
        operation: str,
        method: str,
        project: str,
        path: str,
        *,
        content: bytes | None = None,
        idempotent: bool | None = None,
        understand: Callable[[httpx.Response], Any] = lambda response: response,
    ) -> Any:
        scheme, host = base_url(SLS, self._client.settings).split("://", 1)
        named = f"{project}.{host}" if project else host
        bare = is_bare(urlsplit(f"{scheme}://{host}").hostname or "")
        headers = {"content-type": "application/json"}
        if bare:
            # No label can be put before an address, so only the header names the project.
            headers["host"] = named
        return self._client.sender.send(
            SLS,
            operation,
            method,
            f"{scheme}://{host if bare else named}{path}",
            auth=SlsAuth(self._client.credentials, clock=self._client.clock),
            headers=headers,
            content=content,
            idempotent=idempotent,
            understand=understand,
        )


def _logstore_path(logstore: str) -> str:
    return f"/logstores/{encode(logstore)}"
