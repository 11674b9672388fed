"""Keeps one comment per stack on a pull request, and one issue per stack for its drift.

API: GitHub's REST API, version 2022-11-28 (issue comments, issues), GitLab's REST API v4 (notes of
merge requests, issues). A comment is known by its first line, so one that only quotes it is left
alone; one that cannot be changed, as somebody else wrote it, is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

import httpx

from .site_calls import PostFailed, SiteCalls

DRIFT_LABEL: Final = "drift"


@dataclass(frozen=True)
class Posted:
    """What became of a comment or an issue.

    Attributes:
        action: `created`, `updated`, `unchanged`, `closed` or `nothing`.
        url: Where it is; empty if there is none.
    """

    action: str
    url: str = ""


class Thread(Protocol):
    """Where comments of one pull request, and issues of one repository, are kept."""

    def comment(self, marker: str, body: str) -> Posted:
        """Create the comment that begins with a marker, or bring it up to date."""

    def report(self, marker: str, title: str, body: str) -> Posted:
        """Open the issue that begins with a marker, or bring it up to date."""

    def settle(self, marker: str, note: str) -> Posted:
        """Close the issue that begins with a marker, if it is open."""

    def close(self) -> None:
        """Close the connections to the site."""


def _first_line(item: Mapping[str, Any], key: str) -> str:
    lines = str(item.get(key) or "").lstrip().splitlines()
    return lines[0].strip() if lines else ""


class _Authors:
    """Tells our own comments from those of others that begin with our marker.

    Whoever may write to a repository may edit the comments of all others there, and they may edit
    them again: what stood in a comment of theirs could not be relied on.
    """

    def __init__(self, site: SiteCalls, key: str, name: str) -> None:
        self._site = site
        self._key = key
        self._name = name
        self._own: str | None = None

    def is_us(self, item: Mapping[str, Any]) -> bool:
        """Whether a comment or an issue is by the owner of the token."""
        author = item.get(self._key) or {}
        if not author or author.get("type") == "Bot":
            # The token of a GitHub job belongs to a bot that can't be asked who it is.
            return True
        if self._own is None:
            self._own = self._ask()
        return str(author.get(self._name)) == self._own

    def _ask(self) -> str:
        try:
            return str(self._site.call("GET", "user").json().get(self._name))
        except PostFailed as error:
            if error.refused:
                return ""
            raise


class GitHub:
    """Comments and issues of a GitHub repository.

    Args:
        repository: `owner/name`.
        number: Number of the pull request; None where only issues are meant.
        token: Token that may write pull requests, or issues for drift.
        base: Address of the API.
        client: Connection; a test brings its own.
    """

    def __init__(
        self,
        repository: str,
        number: int | None,
        token: str,
        base: str = "https://api.github.com",
        client: httpx.Client | None = None,
    ) -> None:
        headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "pulumi-agentrun",
        }
        hint = (
            "Give the job `permissions: pull-requests: write` (`issues: write` for drift); for a "
            "pull request of a fork, or of Dependabot, the token can only read"
        )
        self._site = SiteCalls("GitHub", base, headers, hint, client)
        self._authors = _Authors(self._site, "user", "login")
        self._root = f"repos/{quote(repository, safe='/')}"
        self._number = number

    def comment(self, marker: str, body: str) -> Posted:
        """Create the comment that begins with a marker, or bring it up to date."""
        path = f"{self._root}/issues/{self._number}/comments"
        for item in self._site.pages(f"{path}?per_page=100"):
            if _first_line(item, "body") != marker or not self._authors.is_us(item):
                continue
            done = self._edit(f"{self._root}/issues/comments/{item['id']}", item, {"body": body})
            if done:
                return done
        made = self._site.call("POST", path, {"body": body}).json()
        return Posted("created", str(made.get("html_url") or ""))

    def report(self, marker: str, title: str, body: str) -> Posted:
        """Open the issue that begins with a marker, or bring it up to date."""
        for item in self._open_issues(marker):
            done = self._edit(f"{self._root}/issues/{item['number']}", item, {"body": body})
            if done:
                return done
        fields = {"title": title, "body": body, "labels": [DRIFT_LABEL]}
        made = self._site.call("POST", f"{self._root}/issues", fields).json()
        return Posted("created", str(made.get("html_url") or ""))

    def settle(self, marker: str, note: str) -> Posted:
        """Close the issue that begins with a marker, if it is open."""
        for item in self._open_issues(marker):
            path = f"{self._root}/issues/{item['number']}"
            self._site.call("POST", f"{path}/comments", {"body": note})
            self._site.call("PATCH", path, {"state": "closed", "state_reason": "completed"})
            return Posted("closed", str(item.get("html_url") or ""))
        return Posted("nothing")

    def close(self) -> None:
        """Close the connections to the site."""
        self._site.close()

    def _open_issues(self, marker: str) -> Iterator[Mapping[str, Any]]:
        path = f"{self._root}/issues?state=open&labels={DRIFT_LABEL}&per_page=100"
        for item in self._site.pages(path):
            # GitHub lists pull requests among the issues.
            if "pull_request" in item or _first_line(item, "body") != marker:
                continue
            if self._authors.is_us(item):
                yield item

    def _edit(self, path: str, item: Mapping[str, Any], fields: dict[str, Any]) -> Posted | None:
        url = str(item.get("html_url") or "")
        if _same(item.get("body"), fields["body"]):
            return Posted("unchanged", url)
        return _edited(self._site, "PATCH", path, fields, url)


class GitLab:
    """Notes and issues of a GitLab project.

    Args:
        project: Number of the project, or `group/name`.
        number: Number of the merge request in the project; None where only issues are meant.
        token: Token of the scope `api`.
        base: Address of the API.
        client: Connection; a test brings its own.
    """

    def __init__(
        self,
        project: str,
        number: int | None,
        token: str,
        base: str = "https://gitlab.com/api/v4",
        client: httpx.Client | None = None,
    ) -> None:
        headers = {"PRIVATE-TOKEN": token, "User-Agent": "pulumi-agentrun"}
        hint = (
            "Give GITLAB_TOKEN a project access token of the scope `api` and at least the role "
            "Reporter; a CI_JOB_TOKEN can't write notes"
        )
        self._site = SiteCalls("GitLab", base, headers, hint, client)
        self._authors = _Authors(self._site, "author", "username")
        self._root = f"projects/{quote(project, safe='')}"
        self._number = number

    def comment(self, marker: str, body: str) -> Posted:
        """Create the note that begins with a marker, or bring it up to date."""
        path = f"{self._root}/merge_requests/{self._number}/notes"
        for item in self._site.pages(f"{path}?per_page=100&order_by=created_at&sort=asc"):
            if item.get("system") or _first_line(item, "body") != marker:
                continue
            if not self._authors.is_us(item):
                continue
            done = self._edit(f"{path}/{item['id']}", item, "body", body)
            if done:
                return done
        self._site.call("POST", path, {"body": body})
        return Posted("created")

    def report(self, marker: str, title: str, body: str) -> Posted:
        """Open the issue that begins with a marker, or bring it up to date."""
        for item in self._open_issues(marker):
            done = self._edit(f"{self._root}/issues/{item['iid']}", item, "description", body)
            if done:
                return done
        fields = {"title": title, "description": body, "labels": DRIFT_LABEL}
        made = self._site.call("POST", f"{self._root}/issues", fields).json()
        return Posted("created", str(made.get("web_url") or ""))

    def settle(self, marker: str, note: str) -> Posted:
        """Close the issue that begins with a marker, if it is open."""
        for item in self._open_issues(marker):
            path = f"{self._root}/issues/{item['iid']}"
            self._site.call("POST", f"{path}/notes", {"body": note})
            self._site.call("PUT", path, {"state_event": "close"})
            return Posted("closed", str(item.get("web_url") or ""))
        return Posted("nothing")

    def close(self) -> None:
        """Close the connections to the site."""
        self._site.close()

    def _open_issues(self, marker: str) -> Iterator[Mapping[str, Any]]:
        path = f"{self._root}/issues?state=opened&labels={DRIFT_LABEL}&per_page=100"
        for item in self._site.pages(path):
            if _first_line(item, "description") == marker and self._authors.is_us(item):
                yield item

    def _edit(self, path: str, item: Mapping[str, Any], key: str, body: str) -> Posted | None:
        url = str(item.get("web_url") or "")
        if _same(item.get(key), body):
            return Posted("unchanged", url)
        return _edited(self._site, "PUT", path, {key: body}, url)


def _same(posted: object, body: str) -> bool:
    """Whether a text is there already; sites change the ends of lines and of the whole."""
    return str(posted or "").replace("\r\n", "\n").strip() == body.strip()


def _edited(
    site: SiteCalls, method: str, path: str, fields: Mapping[str, Any], url: str
) -> Posted | None:
    """Change what is there; None if it may not be changed, since somebody else made it."""
    try:
        site.call(method, path, fields)
    except PostFailed as error:
        if error.refused:
            return None
        raise
    return Posted("updated", url)
