"""`pulumi-agentrun logs`: what a runtime has logged, and what it logs now."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from typing import Any, Final

import click

from ..errors import AgentRunError, ApiError
from ..log_failures import Failures
from ..log_reading import History, LogReader, LogRecord, Search
from ..moments import FORMS, moment, shown
from . import exit_codes
from .errors import CommandError
from .output import Output
from .target import Target, target_options
from .texts import clean

_DEFAULT_SECONDS: Final = 20 * 60
_LIMIT: Final = 1000
_COLOURS: Final = ("cyan", "green", "yellow", "blue", "magenta")

# Codes of the log service for what has to be there, and what to do about each.
_AUTO: Final = 'log={"auto": True}'
_MISSING: Final = {
    "ProjectNotExist": f"Declare `{_AUTO}`, which makes it, or correct `log`",
    "LogStoreNotExist": f"Declare `{_AUTO}`, which makes it, or correct `log`",
    "IndexConfigNotExist": f"Without an index nothing can be searched: `{_AUTO}` makes one",
}
# And those for a search that it can't read.
_UNREADABLE: Final = ("InvalidQueryString", "ParameterInvalid")
_QUOTE: Final = (
    "--search takes the log service's language without analysis (`|`): put words with signs in "
    "them between quotation marks, e.g. --search '\"GET /health\"'"
)


@click.command("logs")
@click.option("-t", "--tail", is_flag=True, help="Show lines as they come, until Ctrl-C.")
@click.option(
    "--start-time", metavar="TIME", help="From when on. Default: 20 minutes ago; --tail: now."
)
@click.option("--end-time", metavar="TIME", help="Until when. Default: now.")
@click.option("-r", "--request-id", metavar="ID", help="Only lines that name this request.")
@click.option("--instance-id", metavar="ID", help="Only lines of this instance.")
@click.option(
    "--search", metavar="QUERY", help="Only lines that fit, in the log service's language."
)
@click.option(
    "--type",
    "kind",
    type=click.Choice(["fail", "success"]),
    help="Only lines of requests that failed, or of all others.",
)
@click.option("--match", metavar="TEXT", help="Highlight this text.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    metavar="N",
    help=f"Look at the newest N lines only; not with --tail. Default: {_LIMIT}.",
)
@click.option("--reverse", is_flag=True, help="The newest line first.")
@target_options
def logs_command(
    target: Target,
    output: Output,
    tail: bool,
    start_time: str | None,
    end_time: str | None,
    request_id: str | None,
    instance_id: str | None,
    search: str | None,
    kind: str | None,
    match: str | None,
    limit: int | None,
    reverse: bool,
) -> None:
    """Show what a runtime has logged.

    \b
    pulumi-agentrun logs                        the last 20 minutes
    pulumi-agentrun logs --tail                 as it comes, until Ctrl-C
    pulumi-agentrun logs --start-time 2h --type fail
    pulumi-agentrun logs --start-time "2026-01-31 08:00:00" --end-time "2026-01-31 09:00:00"
    pulumi-agentrun logs --search "error and not timeout" --match error

    A time is written like 2026-01-31 08:00:00, 08:00, 20m or 1769817600; without a zone it is a
    local one. With --json each line is an object of its own.
    """  # noqa: D301 - click's mark for text that is not to be wrapped
    if tail and (end_time or reverse or limit):
        raise CommandError("--tail goes on, so it takes no --end-time, --limit or --reverse")
    now = target.session.client.clock()
    words = Search(target.function_name, search or "", request_id or "", instance_id or "")
    project, logstore = _place(target)
    reader = LogReader(target.session, project, logstore, words)
    printer = Printer(output, match)
    try:
        if tail:
            start = _moment(start_time, now, "--start-time").timestamp() if start_time else None
            _follow(reader, printer, output, kind, start, target)
            return
        span = _span(start_time, end_time, now)
        history = reader.history(*span, limit or _LIMIT, until_now=end_time is None)
        _show(history, printer, output, kind, span, reverse=reverse)
    except ApiError as error:
        if search and error.code in _UNREADABLE:
            raise CommandError(str(error), _QUOTE) from error
        if error.code not in _MISSING:
            raise
        raise CommandError(
            f"the logs can't be read from {project}/{logstore}: {error.code}",
            _MISSING[error.code],
            code=exit_codes.NOT_FOUND,
        ) from error


class Printer:
    """Prints lines: objects with `--json`, coloured on a terminal, plain otherwise.

    Args:
        output: Where to.
        match: Text to highlight.
    """

    def __init__(self, output: Output, match: str | None = None) -> None:
        self._output = output
        self._match = re.compile(re.escape(match)) if match else None
        self._colours: dict[str, str] = {}

    def show(self, records: Iterable[LogRecord]) -> None:
        """Print some lines."""
        for record in records:
            if self._output.as_json:
                self._output.record(as_data(record))
            else:
                self._output.text(self._line(record))

    def _line(self, record: LogRecord) -> str:
        time = f"{datetime.fromtimestamp(record.time).astimezone():%Y-%m-%d %H:%M:%S}"
        instance, message = clean(record.instance_id), clean(record.message)
        if not self._output.drawn:
            return " ".join(part for part in (time, instance, message) if part)
        if self._match:
            message = self._match.sub(lambda found: click.style(found[0], reverse=True), message)
        colour = self._colours.setdefault(instance, _COLOURS[len(self._colours) % len(_COLOURS)])
        parts = [click.style(time, dim=True), click.style(instance, fg=colour) if instance else ""]
        return " ".join(part for part in (*parts, message) if part)


def as_data(record: LogRecord) -> dict[str, Any]:
    """A line as scripts get it; fields that are empty are left out."""
    at = datetime.fromtimestamp(record.time, timezone.utc)
    known = {"message", "instanceID", "qualifier", "__time__", "__time_ns_part__"}
    data = {
        "time": at.isoformat().replace("+00:00", "Z"),
        "timestamp": record.time,
        "message": record.message,
        "instanceId": record.instance_id,
        "version": record.qualifier,
        "requestId": Failures().request_of(record),
        "fields": {key: value for key, value in record.fields.items() if key not in known},
    }
    return {key: value for key, value in data.items() if value not in ("", {}) or key == "message"}


def _place(target: Target) -> tuple[str, str]:
    """Project and logstore that the runtime writes to."""
    log = target.live.get("logConfiguration") or {}
    project, logstore = log.get("project"), log.get("logstore")
    if not (project and logstore):
        raise CommandError(
            f"runtime {target.runtime_name} keeps no logs: it has no log project",
            f"Declare `{_AUTO}` for it and deploy",
            code=exit_codes.NOT_FOUND,
        )
    return str(project), str(logstore)


def _span(start: str | None, end: str | None, now: datetime) -> tuple[float, float]:
    until = _moment(end, now, "--end-time") if end else now
    since = _moment(start, now, "--start-time").timestamp() if start else None
    # Nothing was logged before 1970, whatever `99999d` may mean.
    first = max(0.0, until.timestamp() - _DEFAULT_SECONDS if since is None else since)
    if first > until.timestamp():
        raise CommandError(
            f"the time span ends ({shown(until.timestamp())}) before it begins ({shown(first)})"
        )
    return first, until.timestamp()


def _moment(text: str, now: datetime, option: str) -> datetime:
    try:
        return moment(text, now)
    except AgentRunError as error:
        raise CommandError(f"{option}: {error}", f"Write it like {FORMS}") from error


def _show(
    history: History,
    printer: Printer,
    output: Output,
    kind: str | None,
    span: tuple[float, float],
    *,
    reverse: bool,
) -> None:
    records = _of_kind(history.records, kind, Failures())
    # Of what was not looked at nothing can be said.
    first = max(span[0], history.records[0].time) if history.cut else span[0]
    count = f"{len(records)} line{'' if len(records) == 1 else 's'}" if records else "no lines"
    output.note(f"{count} from {shown(first)} to {shown(span[1])}")
    if history.cut:
        output.warn(
            f"only the newest {len(history.records)} lines were looked at: narrow the search or "
            "raise --limit"
        )
    if not history.complete:
        output.warn(
            "the log service has not looked everywhere: take a shorter time, or search for less"
        )
    printer.show(reversed(records) if reverse else records)


def _follow(
    reader: LogReader,
    printer: Printer,
    output: Output,
    kind: str | None,
    start: float | None,
    target: Target,
) -> None:
    def now() -> float:
        return target.session.client.clock().timestamp()

    def trouble(error: AgentRunError) -> None:
        output.warn(f"{error.one_line()}; trying again")

    failures = Failures()
    output.note(f"following {target.runtime_name}; times are {datetime.now().astimezone():%z}")
    try:
        for records in reader.follow(now() if start is None else start, now, trouble):
            printer.show(_of_kind(records, kind, failures))
    except KeyboardInterrupt:
        # The way to end it; nothing failed.
        return


def _of_kind(records: Sequence[LogRecord], kind: str | None, failures: Failures) -> list[LogRecord]:
    if kind is None:
        return list(records)
    wanted = kind == "fail"
    marks = failures.marks(records)
    return [record for record, failed in zip(records, marks, strict=True) if failed == wanted]
