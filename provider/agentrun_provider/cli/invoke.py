"""`pulumi-agentrun invoke`: ask a deployed agent, and print its answer as it comes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from typing import Any

import click

from ..agent_answers import AgentCallFailed, Answer, is_last, text_of
from ..agent_calls import CHAT_PATH, AgentCall, calling, session_header, session_of
from ..kinds.runtime_calls import runtime_path
from . import exit_codes
from .errors import CommandError
from .invoke_request import content_of, headers_from, headers_of, type_of
from .output import Output
from .target import Target, target_options
from .texts import clean

# Names that guides and consoles give to the endpoint that is meant when none is named.
_USUAL = ("production", "Default", "default")


@click.command("invoke")
@click.option("-m", "--message", metavar="TEXT", help="Ask this; - reads it from standard input.")
@click.option("-d", "--data", metavar="BODY", help="Send this body; @FILE or @- reads it.")
@click.option(
    "--path",
    metavar="PATH",
    help=f"Path below the endpoint's URL. Default: {CHAT_PATH}.",
)
@click.option("-X", "--method", metavar="METHOD", help="Default: POST with a body, else GET.")
@click.option(
    "-H",
    "--header",
    "headers",
    multiple=True,
    metavar="'NAME: VALUE'",
    help="Send this header, too; @FILE reads headers, one in a line.",
)
@click.option(
    "--header-env",
    "env_headers",
    multiple=True,
    metavar="NAME=VARIABLE",
    help="Send a header with the value of an environment variable.",
)
@click.option("--endpoint", metavar="NAME", help="Ask through this endpoint.")
@click.option("--version", metavar="VERSION", help="Ask through an endpoint of this version only.")
@click.option("--session", metavar="ID", help="Go on with this session.")
@click.option("--model", metavar="NAME", help="Name of the model, if the agent wants one.")
@click.option("--stream/--no-stream", default=True, help="Take the answer in pieces. Default: yes.")
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=600.0,
    metavar="SECONDS",
    help="How long the agent may be silent. Default: 600.",
)
@target_options
def invoke_command(
    target: Target,
    output: Output,
    message: str | None,
    data: str | None,
    path: str | None,
    method: str | None,
    headers: tuple[str, ...],
    env_headers: tuple[str, ...],
    endpoint: str | None,
    version: str | None,
    session: str | None,
    model: str | None,
    stream: bool,
    timeout: float,
) -> None:
    """Ask a deployed agent and print its answer as it comes.

    \b
    pulumi-agentrun invoke -m "what time is it?"
    pulumi-agentrun invoke -m hello --header-env 'X-API-Key=AGENT_KEY'
    pulumi-agentrun invoke --path /health
    pulumi-agentrun invoke --path /summary --data @order.json --endpoint canary

    With --json the answer is printed as the agent sent it: a document, or one object per event.
    Credentials belong into files or the environment, and are never printed.
    """  # noqa: D301 - click's mark for text that is not to be wrapped
    content = content_of(message, data, path, stream=stream, model=model)
    place = pick_endpoint(_endpoints(target), endpoint, version)
    sent = [*headers_of(headers), *headers_from(env_headers, os.environ)]
    if session is not None:
        named = session_header(target.live, session)
        if named is None:
            raise CommandError(
                f"runtime {target.runtime_name} has no sessions (session affinity is off)",
                "Leave out --session",
            )
        sent.append(named)
    if content is not None and not any(name.lower() == "content-type" for name, _ in sent):
        sent.append(("content-type", type_of(content)))
    call = AgentCall(
        _url(place, path),
        method or ("GET" if content is None else "POST"),
        sent,
        content,
        timeout,
    )
    try:
        with calling(call, target.session.settings) as answer:
            _show(answer, output)
            given = session_of(target.live, answer.headers) if session is None else None
    except AgentCallFailed as error:
        raise CommandError(str(error), error.hint, code=_code_of(error)) from error
    if given:
        output.note(f"session {given}: go on with --session {given}")


def pick_endpoint(
    endpoints: Sequence[Mapping[str, Any]], name: str | None, version: str | None
) -> Mapping[str, Any]:
    """The endpoint to ask through.

    Args:
        endpoints: All endpoints of the runtime.
        name: The one that is asked for.
        version: The version that must serve all its calls.

    Raises:
        CommandError: There is none (exit code 3), or there are several.
    """
    if not endpoints:
        raise CommandError(
            "the runtime has no endpoint to ask through",
            "Declare one: RuntimeEndpoint, or `endpoints` of the Agent",
            code=exit_codes.NOT_FOUND,
        )
    found = [item for item in endpoints if name in (None, _name(item))]
    if not found:
        raise CommandError(
            f"there is no endpoint {name}, but {_listed(endpoints)}", code=exit_codes.NOT_FOUND
        )
    if version is not None:
        found = [item for item in found if _only_version(item) == version]
        if not found:
            raise CommandError(
                f"no endpoint serves version {version} alone: {_listed(endpoints)}",
                "Declare an endpoint with that version, and without a canary",
                code=exit_codes.NOT_FOUND,
            )
    if len(found) > 1 and version is None:
        found = [item for usual in _USUAL for item in found if _name(item) == usual][:1] or found
    if len(found) > 1 and version is None:
        raise CommandError(
            f"there are several endpoints: {_listed(found)}", "Choose one with --endpoint"
        )
    return found[0]


def _endpoints(target: Target) -> list[dict[str, Any]]:
    # From the live runtime: one that is gone is told as such, not as one without endpoints.
    path = f"{runtime_path(str(target.live['agentRuntimeId']))}/endpoints"
    return sorted(target.session.client.paginate("ListAgentRuntimeEndpoints", path), key=_name)


def _name(endpoint: Mapping[str, Any]) -> str:
    return str(endpoint.get("agentRuntimeEndpointName") or "")


def _weights(endpoint: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (endpoint.get("routingConfiguration") or {}).get("versionWeights") or []


def _only_version(endpoint: Mapping[str, Any]) -> str | None:
    versions = {str(item.get("version")) for item in _weights(endpoint) if item.get("weight")}
    versions.add(str(endpoint.get("targetVersion") or "LATEST"))
    return versions.pop() if len(versions) == 1 else None


def _listed(endpoints: Sequence[Mapping[str, Any]]) -> str:
    def shown(item: Mapping[str, Any]) -> str:
        version = _only_version(item)
        return f"{_name(item)} ({f'version {version}' if version else 'several versions'})"

    return ", ".join(map(shown, endpoints))


def _url(endpoint: Mapping[str, Any], path: str | None) -> str:
    base = str(endpoint.get("endpointPublicUrl") or "")
    if not base:
        raise CommandError(
            f"endpoint {_name(endpoint)} has no URL yet: it is {endpoint.get('status')}",
            "Wait until it is READY (`pulumi-agentrun endpoints`)",
            code=exit_codes.FAILED,
        )
    wanted = CHAT_PATH if path is None else path
    return base.rstrip("/") + (
        wanted if wanted.startswith(("/", "?")) or not wanted else f"/{wanted}"
    )


def _show(answer: Answer, output: Output) -> None:
    if answer.is_stream:
        _show_stream(answer, output)
    elif answer.is_json:
        _show_document(answer.document(), output)
    elif answer.is_text:
        for text in answer.texts():
            output.text(text if output.as_json else clean(text), end="")
    elif output.stream.isatty():
        raise CommandError(
            f"the answer is {answer.content_type}, which is nothing for a terminal",
            "Write it to a file: put `> FILE` behind the command",
        )
    else:
        for chunk in answer.chunks():
            output.raw(chunk)


def _show_document(document: Any, output: Output) -> None:
    if document is None:
        return
    if output.as_json:
        output.document(document)
    # Read also where it is shown as it is, for an answer may tell an error.
    text = text_of(document)
    if output.as_json:
        return
    if text is None:
        output.document(document)
    else:
        output.text(clean(text))


def _show_stream(answer: Answer, output: Output) -> None:
    shown, is_chat, is_over = "\n", False, False
    try:
        for event in answer.events():
            try:
                document = json.loads(event)
            except ValueError:
                document = event
            if output.as_json:
                output.record(document)
            text = text_of(document)
            is_chat, is_over = is_chat or text is not None, is_over or is_last(document)
            # Events that are not the chat API's are shown a line each.
            piece = clean(f"{event}\n" if text is None else text)
            if piece and not output.as_json:
                output.text(piece, end="")
                shown = piece
    finally:
        # What comes next, be it an error, stands on a line of its own.
        if not shown.endswith("\n"):
            output.text("")
    if is_chat and not (is_over or answer.has_end_mark):
        output.warn("the answer ended without an end mark, so some of it may be missing")


def _code_of(error: AgentCallFailed) -> int:
    if error.status in (401, 403):
        return exit_codes.REFUSED
    if error.status == 404:
        return exit_codes.NOT_FOUND
    if error.status in (400, 405, 413, 415, 422):
        return exit_codes.BAD_INPUT
    return exit_codes.FAILED
