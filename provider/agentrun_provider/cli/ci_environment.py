"""What the environment of a CI job tells: its pull request, its commit, its log, its token."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..plan_comment.comment import Surroundings
from ..plan_comment.posting import GitHub, GitLab, Thread
from . import exit_codes
from .errors import CommandError
from .stack import project_folder

_PRODUCTION = ("prod", "production")


def project_of(folder: Path) -> str:
    """Name of the project that a folder belongs to; empty if it belongs to none."""
    root = project_folder(folder)
    if root is None:
        return ""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    path = next(root / name for name in ("Pulumi.yaml", "Pulumi.yml") if (root / name).is_file())
    try:
        data = YAML(typ="safe").load(path)
    except (OSError, YAMLError) as error:
        reason = " ".join(str(error).split())
        raise CommandError(f"{path} can't be read: {reason}") from error
    return str(data.get("name") or "") if isinstance(data, dict) else ""


def surroundings(production: Sequence[str], drift: bool) -> Surroundings:
    """What a comment tells of the job: its commit and its log."""
    environ = os.environ
    url = environ.get("CI_JOB_URL", "")
    if environ.get("GITHUB_RUN_ID"):
        server, repository = environ.get("GITHUB_SERVER_URL"), environ.get("GITHUB_REPOSITORY")
        url = f"{server}/{repository}/actions/runs/{environ['GITHUB_RUN_ID']}"
    return Surroundings(
        production=tuple(production) or _PRODUCTION,
        drift=drift,
        commit=_commit(environ),
        run_url=url,
    )


def _commit(environ: Mapping[str, str]) -> str:
    # In a pull request GITHUB_SHA is that of a merge that nobody ever sees.
    head = (_event(environ).get("pull_request") or {}).get("head") or {}
    return str(head.get("sha") or environ.get("GITHUB_SHA") or environ.get("CI_COMMIT_SHA") or "")


def _event(environ: Mapping[str, str]) -> dict[str, Any]:
    """What started the GitHub job; empty elsewhere."""
    path = environ.get("GITHUB_EVENT_PATH")
    if not path or not Path(path).is_file():
        return {}
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise CommandError(f"GITHUB_EVENT_PATH names {path}, which is not JSON") from error
    return data if isinstance(data, dict) else {}


def thread_of(post: str, repository: str | None, number: int | None, drift: bool) -> Thread:
    """Where to post: on the pull request of the job, unless another one is named.

    Raises:
        CommandError: There is no token, or nothing tells which repository or pull request.
    """
    environ = os.environ
    if post == "github":
        token = _token(environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN"), "GITHUB_TOKEN")
        where = repository or environ.get("GITHUB_REPOSITORY")
        request = number or _event(environ).get("number")
        base = environ.get("GITHUB_API_URL") or "https://api.github.com"
        _need(post, token, "GITHUB_TOKEN", "`env: GITHUB_TOKEN: ${{ github.token }}`")
    else:
        token = _token(environ.get("GITLAB_TOKEN"), "GITLAB_TOKEN")
        # That of the merge request: its pipeline may run in the project of a fork.
        where = repository or environ.get("CI_MERGE_REQUEST_PROJECT_ID")
        where = where or environ.get("CI_PROJECT_ID")
        request = number or environ.get("CI_MERGE_REQUEST_IID")
        base = environ.get("CI_API_V4_URL") or "https://gitlab.com/api/v4"
        _need(post, token, "GITLAB_TOKEN", "a project access token of the scope `api`")
    if not where:
        raise CommandError(
            f"which repository to post to on {post} is not known", "Give --repository"
        )
    if not request and not drift:
        raise CommandError(
            "which pull request to comment on is not known: this is no job of one", "Give --number"
        )
    count = int(request) if request else None
    if post == "github":
        return GitHub(where, count, token, base)
    return GitLab(where, count, token, base)


def _token(value: str | None, variable: str) -> str:
    """The token as it can be sent; an error of the connection would show the rest of it."""
    token = (value or "").strip()
    if token and not re.fullmatch(r"[!-~]+", token):
        raise CommandError(
            f"{variable} holds something that is no token: signs other than letters, digits and "
            "punctuation",
            "Set it again, without line breaks or quotes around it",
        )
    return token


def _need(post: str, token: str, variable: str, value: str) -> None:
    if not token:
        raise CommandError(
            f"--post {post} needs {variable}, which is not set",
            f"Set it in the CI job: {value}",
            code=exit_codes.REFUSED,
        )
