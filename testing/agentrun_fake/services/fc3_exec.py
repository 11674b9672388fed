"""InstanceExec: a command in a running instance, over a WebSocket.

No reference has it; what is known comes from the clients that call it (the `fc3` component and the
archived Go SDK). It runs commands on this machine, so it is the one operation that asks for a valid
signature even where the fake was told to check none.
"""

from __future__ import annotations

import contextlib
import socket
from typing import TYPE_CHECKING

from ..errors import ServiceError
from ..http import Request, Response, whole_number
from ..keyring import Refused
from ..routing import Exchange
from ..settings import Key
from ..store import Record
from ..verification import verify_fc

if TYPE_CHECKING:
    from ..cloud import FakeCloud
    from ..dataplane import Instance
    from ..dataplane.exec_session import ExecRequest

OPERATION = "InstanceExec"
_IDLE_SECONDS = 120
_MOST_IDLE_SECONDS = 86400
_FLAGS = ("stdin", "stdout", "stderr", "tty")


def is_exec(request: Request) -> bool:
    """Whether a request is for this operation, told by its path."""
    segments = request.segments
    return len(segments) == 6 and segments[3] == "instances" and segments[5] == "exec"


def signed_as_of_2016(request: Request, cloud: FakeCloud) -> Key | None:
    """Who signed a request for this operation in the way its known clients do; None if it is
    signed in another way.

    Raises:
        Refused: The signature is wrong.
    """
    if not (is_exec(request) and request.header("authorization").startswith("FC ")):
        return None
    return verify_fc(request, cloud.keys, cloud.signing_clock.now())


def run(exchange: Exchange, runtime: Record) -> Response:
    """Start the command once the connection is a WebSocket."""
    _need_signature(exchange)
    request = exchange.request
    if request.header("upgrade").lower() != "websocket":
        raise ServiceError(400, "InvalidArgument", "this operation is called over a WebSocket")
    wanted = exec_request(request)
    instance = _find(exchange, runtime)
    exchange.mark["resource"] += f"/instances/{instance.id}"
    cloud = exchange.cloud

    def takeover(connection: socket.socket) -> None:
        # Imported when needed: most fakes run no command.
        from ..dataplane.exec_session import ExecSession, Framing
        from ..dataplane.websocket import Closed, ServerSocket

        session = ExecSession(instance, wanted, Framing(stdout=1, stderr=2, error=3))
        with contextlib.suppress(Closed):
            session.serve(ServerSocket(connection, request), connection, cloud.programs.watched)

    return Response(101, takeover=takeover)


def exec_request(request: Request) -> ExecRequest:
    """Read the query.

    Raises:
        ServiceError: 400, there is no command, or a value is wrong.
    """
    from ..dataplane.exec_session import ExecRequest

    command = [value for name, value in request.pairs if name == "command"]
    if not command or not command[0]:
        raise ServiceError(400, "InvalidArgument", "command is required")
    flags = {name: request.params.get(name, "false") for name in _FLAGS}
    wrong = [name for name, value in flags.items() if value not in ("true", "false")]
    if wrong:
        raise ServiceError(400, "InvalidArgument", f"{wrong[0]} must be true or false")
    text = request.params.get("idleTimeout", str(_IDLE_SECONDS))
    idle = whole_number(text)
    if not idle or idle > _MOST_IDLE_SECONDS:
        whole = f"idleTimeout must be seconds up to {_MOST_IDLE_SECONDS}, not {text[:40]!r}"
        raise ServiceError(400, "InvalidArgument", whole)
    on = {name: value == "true" for name, value in flags.items()}
    return ExecRequest(command=command, idle_seconds=float(idle), **on)


def _need_signature(exchange: Exchange) -> None:
    if exchange.principal.key is not None:
        return
    # The fake checks nothing; this operation does.
    request, cloud = exchange.request, exchange.cloud
    try:
        key = signed_as_of_2016(request, cloud)
    except Refused:
        key = None
    if key is None:
        text = f"{OPERATION} runs commands on this machine, so it must be signed with a known key"
        raise ServiceError(403, "AccessDenied", text)


def _find(exchange: Exchange, runtime: Record) -> Instance:
    wanted = exchange.path["instance"]
    qualifier = exchange.request.params.get("qualifier")
    for item in exchange.cloud.programs.instances(runtime.id):
        if item.id == wanted and qualifier in (None, "", item.revision.version):
            return item
    raise ServiceError(404, "InstanceNotFound", f"instance {wanted} does not exist")
