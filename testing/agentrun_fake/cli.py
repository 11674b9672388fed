"""`pulumi-agentrun fake`: the fake service as a program."""

from __future__ import annotations

import json
import logging
import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

import click

from .cloud import FakeCloud
from .persistence import DataFolder, claim
from .server import ThreadedServer
from .settings import FakeSettings, Key
from .unverified import Unverified, parse_assumption

if TYPE_CHECKING:
    from .tls import LocalAuthority

_DEFAULTS = FakeSettings()
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


@click.command("fake")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=0, show_default=True, help="Port; 0 picks a free one.")
@click.option("--https", is_flag=True, help="Listen on a second port that speaks HTTPS.")
@click.option("--https-port", default=0, show_default=True, help="That port; 0 picks a free one.")
@click.option(
    "--ca-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=lambda: Path(click.get_app_dir("pulumi-agentrun")) / "fake-ca",
    show_default="in the user's configuration",
    help="Folder of the certificate authority for HTTPS; made if it does not exist.",
)
@click.option("--latency-ms", default=0.0, show_default=True, help="Added to each request.")
@click.option(
    "--ready-ms", default=0.0, show_default=True, help="How long creating and updating take."
)
@click.option("--ready-reads", type=int, help="Let them end after so many reads instead.")
@click.option("--account-id", default=_DEFAULTS.account_id, show_default=True)
@click.option("--access-key-id", default=_DEFAULTS.access_key_id, show_default=True)
@click.option(
    "--access-key-secret", default=_DEFAULTS.access_key_secret, help="A demo key if not given."
)
@click.option("--region", default=_DEFAULTS.region, show_default=True)
@click.option(
    "--keys",
    type=click.File(encoding="utf-8"),
    help="JSON list of more keys: {keyId, secret, account, user, allow, deny}.",
)
@click.option("--no-auth", is_flag=True, help="Take requests without verifying signatures.")
@click.option(
    "--run/--no-run", default=True, show_default=True, help="Run deployed programs when called."
)
@click.option(
    "--max-instances",
    type=click.IntRange(min=0),
    default=_DEFAULTS.max_instances,
    show_default=True,
    help="How many instances a runtime may have on this machine.",
)
@click.option("--seed", type=int, help="Make ids repeatable.")
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that keeps the state, so that it survives a restart.",
)
@click.option("--assume", multiple=True, metavar="NAME=VALUE", help="Switch an assumption.")
@click.option(
    "--log-level",
    default="warning",
    show_default=True,
    type=click.Choice(["debug", "info", "warning", "error"]),
)
def fake_command(
    host: str,
    port: int,
    https: bool,
    https_port: int,
    ca_dir: Path,
    keys: TextIO | None,
    no_auth: bool,
    data: Path | None,
    assume: tuple[str, ...],
    log_level: str,
    **settings: Any,
) -> None:
    """Run a fake AgentRun service on this machine until it is interrupted.

    It answers the control plane, Function Compute's temporary bucket and concurrency, the object
    storage behind it, log projects and STS, all on one port, and runs what is deployed to it when
    an endpoint is called. Nothing leaves the machine.
    """
    logging.basicConfig(level=log_level.upper(), format="%(asctime)s %(message)s")
    try:
        unverified = Unverified().changed(**dict(parse_assumption(item) for item in assume))
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--assume") from error
    if data is not None and settings["seed"] is not None:
        raise click.UsageError("--seed and --data exclude each other: ids would repeat")
    more = _more_keys(keys, settings["account_id"]) if keys else ()
    cloud = FakeCloud(
        FakeSettings(verify=not no_auth, keys=more, **settings), unverified=unverified
    )
    if data is not None:
        _attach(data, cloud)
    servers = [ThreadedServer(cloud, host=host, port=port)]
    advice = ""
    if https:
        authority = _authority(ca_dir, host)
        servers.append(ThreadedServer(cloud, host=host, port=https_port, authority=authority))
        advice = f"Clients trust it with\n{authority.advice()}"
    _serve(servers, advice)


def _more_keys(file: TextIO, account_id: str) -> tuple[Key, ...]:
    try:
        return tuple(Key.from_json(item, account_id) for item in json.load(file))
    except (ValueError, TypeError, AttributeError) as error:
        raise click.BadParameter(str(error), param_hint="--keys") from error


def _authority(folder: Path, host: str) -> LocalAuthority:
    # Imported when asked for: `cryptography` is large.
    from .tls import LocalAuthority

    try:
        authority = LocalAuthority(folder)
        authority.context(host)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"can't speak HTTPS: {error}") from error
    return authority


def _attach(folder: Path, cloud: FakeCloud) -> None:
    try:
        claim(folder)
        DataFolder(folder).attach(cloud)
    except (OSError, ValueError) as error:
        raise click.ClickException(f"can't use {folder}: {error}") from error


def _serve(servers: list[ThreadedServer], advice: str) -> None:
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    for server in servers:
        try:
            server.start()
        except OSError as error:
            text = f"can't listen on {server.address}: {error.strerror}"
            raise click.ClickException(text) from error
    before = {number: signal.signal(number, on_signal) for number in _SIGNALS}
    try:
        click.echo(f"Fake AgentRun is ready on {' and '.join(item.url for item in servers)}")
        if advice:
            click.echo(advice)
        sys.stdout.flush()
        stop.wait()
    finally:
        for server in servers:
            server.stop()
        for number, handler in before.items():
            signal.signal(number, handler)
