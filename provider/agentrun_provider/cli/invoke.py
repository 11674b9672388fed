"""`pulumi-agentrun invoke`: ask a deployed agent, and print its answer as it comes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ..agent_calls import (
    CHAT_PATH,
    AgentCall,
    AgentCallFailed,
    Answer,
    calling,
    chat_body,
    session_header,
    session_of,
    text_of,
)
from ..kinds.runtime_calls import runtime_path
from . import exit_codes
from .errors import CommandError
from .output import Output, clean
from .target import Target, target_options

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
    content = _content(message, data, path, stream=stream, model=model)
    place = pick_endpoint(_endpoints(target), endpoint, version)
    sent = [*_headers(headers), *_from_environment(env_headers, os.environ)]
    if session is not None:
        named = session_header(target.live, session)
        if named is None:
            raise CommandError(
                f"runtime {target.runtime_name} has no sessions (session affinity is off)",
                "Leave out --session",
            )
        sent.append(named)
    if content is not None and not any(name.lower() == "content-type" for name, _ in sent):
        sent.append(("content-type", _type_of(content)))
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


def _content(
    message: str | None, data: str | None, path: str | None, *, stream: bool, model: str | None
) -> bytes | None:
    if message is not None and data is not None:
        raise CommandError("give either --message or --data, not both")
    if message is not None:
        text = sys.stdin.read() if message == "-" else message
        return chat_body(text, stream=stream, model=model)
    if data is not None:
        return _read(data[1:]) if data.startswith("@") else data.encode()
    if path is None:
        raise CommandError("there is nothing to ask", "Give --message, --data or --path")
    return None


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise CommandError(f"{name} can't be read: {error.strerror}") from error


def _type_of(content: bytes) -> str:
    try:
        json.loads(content)
    except ValueError:
        return "text/plain; charset=utf-8"
    return "application/json"


def _headers(given: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for item in given:
        from_file = item.startswith("@")
        lines = _read(item[1:]).decode().splitlines() if from_file else [item]
        for number, line in enumerate(lines, 1):
            if from_file and (not line.strip() or line.startswith("#")):
                continue
            name, colon, value = line.partition(":")
            if not colon or not name.strip():
                # The line may hold a secret, so only its place is told.
                place = f"line {number} of {item[1:]}" if from_file else "a --header"
                raise CommandError(f"{place} is no header", "Write it as 'Name: value'")
            found.append((name.strip(), value.strip()))
    return found


def _from_environment(given: Sequence[str], environ: Mapping[str, str]) -> list[tuple[str, str]]:
    found = []
    for item in given:
        name, equals, variable = item.partition("=")
        if not (equals and name and variable):
            raise CommandError("--header-env is written as NAME=VARIABLE")
        if variable not in environ:
            raise CommandError(f"the environment has no {variable}, which header {name} is to hold")
        found.append((name.strip(), environ[variable]))
    return found


def _show(answer: Answer, output: Output) -> None:
    if answer.is_stream:
        _show_stream(answer, output)
    elif answer.is_json:
        document = answer.document()
        text = None if output.as_json else text_of(document)
        if text is None:
            output.document(document)
        else:
            output.text(clean(text))
    else:
        for text in answer.texts():
            output.text(text if output.as_json else clean(text), end="")


def _show_stream(answer: Answer, output: Output) -> None:
    ends_line = True
    for event in answer.events():
        try:
            document = json.loads(event)
        except ValueError:
            document = event
        if output.as_json:
            output.record(document)
            continue
        text = text_of(document)
        # Events that are not the chat API's are shown a line each.
        shown = clean(f"{event}\n" if text is None else text)
        if shown:
            output.text(shown, end="")
            ends_line = shown.endswith("\n")
    if not ends_line:
        output.text("")


def _code_of(error: AgentCallFailed) -> int:
    if error.status in (401, 403):
        return exit_codes.REFUSED
    if error.status == 404:
        return exit_codes.NOT_FOUND
    if error.status in (400, 405, 413, 415, 422):
        return exit_codes.BAD_INPUT
    return exit_codes.FAILED
