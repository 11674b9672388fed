"""`pulumi-agentrun plan-comment`: a preview as one comment per stack on a pull request."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ..plan_comment.comment import Comment, Surroundings, compose
from ..plan_comment.plan import PlanUnreadable, read_plan
from ..plan_comment.posting import Posted, Thread
from ..plan_comment.risks import RISKS
from ..plan_comment.site_calls import PostFailed
from . import exit_codes
from .ci_environment import project_of, surroundings, thread_of
from .errors import CommandError, fail, reporting
from .output import Output

_ANY = "any"


@click.command("plan-comment")
@click.argument("files", nargs=-1, metavar="FILE...", type=click.Path(path_type=str))
@click.option("-s", "--stack", help="Stack, where a preview tells none as it failed at once.")
@click.option("--project", default="", help="Project, likewise; default: that of Pulumi.yaml.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the comments to this file instead of standard output.",
)
@click.option(
    "--post",
    type=click.Choice(["github", "gitlab"]),
    help="Create or update the comments there; GITHUB_TOKEN or GITLAB_TOKEN must be set.",
)
@click.option("--repository", help="Repository or project; default: that of the CI job.")
@click.option(
    "--number", type=click.IntRange(1), help="Pull or merge request; default: that of the CI job."
)
@click.option(
    "--drift",
    is_flag=True,
    help="The program is deployed already, so what differs is drift: with --post, an issue per "
    "stack is opened, updated, or closed when the drift is gone.",
)
@click.option(
    "--production",
    multiple=True,
    metavar="STACK",
    help="Stack that is production; * matches anything. Default: prod and production.",
)
@click.option(
    "--fail-on",
    multiple=True,
    metavar="RISK",
    help=f"End with exit code 5 if there is this risk: {', '.join(RISKS)}; `any` for all.",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was found as JSON.")
@click.option("--debug", is_flag=True, help="Log the calls, and show tracebacks.")
@reporting
def plan_comment_command(
    files: Sequence[str],
    stack: str | None,
    project: str,
    out: Path | None,
    post: str | None,
    repository: str | None,
    number: int | None,
    drift: bool,
    production: Sequence[str],
    fail_on: Sequence[str],
    as_json: bool,
    debug: bool,
) -> None:
    """Write what a preview will do as one comment in Markdown per stack.

    FILE is what `pulumi preview --json` printed, one for each stack; without one, or with -, it is
    read from standard input. The document of `pulumi-agentrun local preview --json` is read, too.
    """
    _check_risks(fail_on)
    comments = [
        _comment(text, source, stack or "", project, surroundings(production, drift))
        for source, text in _documents(files)
    ]
    _need_one_per_stack(comments)
    output = Output(as_json=as_json)
    # Asked for before anything is written: without a token nothing is done by halves.
    thread = thread_of(post, repository, number, drift) if post else None
    whole = "\n".join(comment.body for comment in comments)
    if out:
        _write(out, whole)
    posted = _posted(thread, comments, drift) if thread else []
    if as_json:
        output.document([_record(*pair) for pair in _pairs(comments, posted)])
    elif thread:
        for comment, result in zip(comments, posted, strict=True):
            output.note(f"{comment.title}: {result.action} {result.url}".rstrip())
    elif not out:
        output.text(whole, end="")
    _fail_on(comments, fail_on)


def _documents(files: Sequence[str]) -> list[tuple[str, str]]:
    result = []
    for name in files or ("-",):
        source = "standard input" if name == "-" else name
        try:
            content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            result.append((source, _decoded(content)))
        except FileNotFoundError as error:
            raise CommandError(
                f"there is no file {name}", "Write it with `pulumi preview --json > FILE`"
            ) from error
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{source} can't be read: {error}") from error
    return result


def _decoded(content: bytes) -> str:
    # What PowerShell redirects to a file is UTF-16 with a mark in front.
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if marked else "utf-8-sig")


def _need_one_per_stack(comments: Sequence[Comment]) -> None:
    """Two previews of one stack would have the same comment, and the second hide the first."""
    seen: set[str] = set()
    for comment in comments:
        if comment.marker in seen:
            raise CommandError(
                f"there are two previews of {comment.plan.identity}",
                "Give one for each stack; stacks of the same name need projects of other names",
            )
        seen.add(comment.marker)


def _write(out: Path, text: str) -> None:
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{out} can't be written: {error.strerror or error}") from error


def _comment(text: str, source: str, stack: str, project: str, around: Surroundings) -> Comment:
    try:
        plan = read_plan(text, source, project=project, stack=stack)
    except PlanUnreadable as error:
        raise CommandError(str(error), error.hint) from error
    if not plan.project:
        plan = replace(plan, project=project_of(Path()))
    return compose(plan, around)


def _posted(thread: Thread, comments: Sequence[Comment], drift: bool) -> list[Posted]:
    try:
        return [_post(thread, comment, drift) for comment in comments]
    finally:
        thread.close()


def _post(thread: Thread, comment: Comment, drift: bool) -> Posted:
    try:
        if not drift:
            return thread.comment(comment.marker, comment.body)
        if comment.changes or comment.plan.failed:
            return thread.report(comment.marker, comment.title, comment.body)
        return thread.settle(comment.marker, "The stack is as it was deployed again.")
    except PostFailed as error:
        code = exit_codes.REFUSED if error.refused else exit_codes.FAILED
        raise CommandError(str(error), error.hint, code=code) from error


def _pairs(
    comments: Sequence[Comment], posted: Sequence[Posted]
) -> list[tuple[Comment, Posted | None]]:
    return [(each, posted[i] if posted else None) for i, each in enumerate(comments)]


def _record(comment: Comment, posted: Posted | None) -> dict[str, Any]:
    plan = comment.plan
    record: dict[str, Any] = {
        "project": plan.project,
        "stack": plan.stack,
        "changes": comment.changes,
        "failed": plan.failed,
        "risks": [
            {
                "risk": risk.name,
                "resource": risk.step.name if risk.step else None,
                "text": risk.text,
            }
            for risk in comment.risks
        ],
        "body": comment.body,
    }
    if posted:
        record["posted"] = {"action": posted.action, "url": posted.url or None}
    return record


def _check_risks(names: Sequence[str]) -> None:
    unknown = [name for name in names if name != _ANY and name not in RISKS]
    if unknown:
        raise CommandError(
            f"--fail-on {unknown[0]} is no risk", f"Use {_ANY} or one of {', '.join(RISKS)}"
        )


def _fail_on(comments: Sequence[Comment], wanted: Sequence[str]) -> None:
    found = dict.fromkeys(
        f"{risk.name} in {comment.plan.stack}"
        for comment in comments
        for risk in comment.risks
        if _ANY in wanted or risk.name in wanted
    )
    if found:
        fail(f"risks that --fail-on names: {', '.join(found)}", exit_codes.CHECK_FAILED)
