"""Running a command in an instance, or working in a shell there (reference 5.2; `unverified`).

The protocol carries bytes of the streams but, as far as its clients show, neither the command's
exit code nor the end of standard input. So the command is started by a small shell script, which
goes to the working folder, sets the size of the terminal, and in the end writes the exit code
behind a mark that nothing else can have written. The mark is taken out of the output here.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import httpx

from .classic_signing import FcAuth
from .client import path_segment
from .errors import AgentRunError, TransportFault
from .services import FC3, FC2016, base_url
from .session import Session
from .signing import encode
from .transport import USER_AGENT
from .unverified import EXEC_SERVER_ERROR, EXEC_STDERR, EXEC_STDIN_PREFIX, EXEC_STDOUT
from .websocket_client import WebSocket

OPERATION = "InstanceExec"

IDLE_SECONDS = 600
"""After how long without a byte the service ends a command; what the vendor's tool asks for."""

SHELL = ("sh", "-c", "command -v bash >/dev/null 2>&1 && exec bash; exec sh")
"""An interactive shell: the better one, if the image has it."""

_CODE = "/code"
# The arguments are the mark, the folder, rows and columns, and then the command with its own. The
# folder that the service unpacks code to is only tried: an image need not have it.
_SCRIPT = (
    "m=$1; d=$2; r=$3; c=$4; shift 4; "
    '[ -z "$r" ] || stty rows "$r" cols "$c" 2>/dev/null; '
    f'if [ -z "$d" ]; then cd {_CODE} 2>/dev/null || :; "$@"; '
    'else cd -- "$d" && "$@"; fi; '
    'printf \'\\036%s:%d\\036\' "$m" "$?" >&2'
)

OnBytes = Callable[[bytes], None]


class ExecFailed(AgentRunError):
    """The service could not run the command, or did not let it come to its end."""

    def __init__(self, instance_id: str, reason: str) -> None:
        self.instance_id = instance_id
        self.reason = reason
        super().__init__(instance_id, reason)

    def __str__(self) -> str:
        return f"the command in instance {self.instance_id} did not end: {self.reason}"

    @property
    def hint(self) -> str:
        """What to do next."""
        return "Instances come and go: see which are there with `pulumi-agentrun instances list`"


@dataclass(frozen=True)
class Terminal:
    """A terminal to work in.

    Attributes:
        rows: Its height.
        columns: Its width.
    """

    rows: int
    columns: int


class InstanceExec:
    """One command in an instance, started at once.

    Args:
        session: Connection.
        runtime_id: Runtime of the instance.
        instance_id: The instance.
        command: Program and arguments.
        qualifier: Version that the instance runs.
        workdir: Folder to start in; empty for the code's, if there is one.
        terminal: Give the command a terminal of this size, and take input.

    Raises:
        ApiError: The service refused.
        TransportFault: It could not be reached.
    """

    def __init__(
        self,
        session: Session,
        runtime_id: str,
        instance_id: str,
        command: Sequence[str],
        *,
        qualifier: str = "LATEST",
        workdir: str = "",
        terminal: Terminal | None = None,
    ) -> None:
        self._instance_id = instance_id
        mark = secrets.token_hex(16)
        self._filter = MarkFilter(mark)
        size = [str(terminal.rows), str(terminal.columns)] if terminal else ["", ""]
        words = ["sh", "-c", _SCRIPT, "sh", mark, workdir, *size, *command]
        interactive = "true" if terminal else "false"
        query = [
            *(("command", word) for word in words),
            ("stdin", interactive),
            ("stdout", "true"),
            ("stderr", "true"),
            ("tty", interactive),
            ("idleTimeout", str(IDLE_SECONDS)),
            ("qualifier", qualifier),
        ]
        account = session.account_id
        path = f"/functions/{path_segment(f'agentrun-{runtime_id}')}/instances"
        path = f"{FC3.prefix}{path}/{path_segment(instance_id)}/exec"
        # The order of the words is that of the command, so they must not be sorted.
        listed = "&".join(f"{name}={encode(value)}" for name, value in query)
        url = f"{base_url(FC2016, session.settings, account)}{path}?{listed}"
        request = httpx.Request("GET", url, headers={"user-agent": USER_AGENT})
        auth = FcAuth(session.client.credentials, account, clock=session.client.clock)
        signed = next(auth.auth_flow(request))
        headers = {name: value for name, value in signed.headers.items() if name != "host"}
        self._socket = WebSocket(
            url,
            headers,
            operation=OPERATION,
            service=FC2016,
            connect_seconds=session.settings.connect_timeout,
        )

    def type(self, data: bytes) -> None:
        """Send input to the command, which needs a terminal for it."""
        self._socket.send(EXEC_STDIN_PREFIX + data)

    def close(self) -> None:
        """Leave; the command ends."""
        self._socket.close()

    def run(self, on_stdout: OnBytes, on_stderr: OnBytes) -> int:
        """Hand on output until the command ends.

        Returns:
            The command's exit code.

        Raises:
            ExecFailed: The service told a failure, or ended the command.
            TransportFault: The connection broke.
        """
        try:
            while (messages := self._socket.receive()) is not None:
                for message in messages:
                    self._hand_on(message, on_stdout, on_stderr)
        except TransportFault:
            # Some ends are rude; what counts is whether the command came to its own.
            if self._filter.code is None:
                raise
        finally:
            self._socket.close()
        on_stderr(self._filter.rest())
        if self._filter.code is None:
            raise ExecFailed(self._instance_id, "the service closed the connection before")
        return self._filter.code

    def _hand_on(self, message: bytes, on_stdout: OnBytes, on_stderr: OnBytes) -> None:
        kind, data = message[:1], message[1:]
        if kind == bytes([EXEC_STDOUT]):
            # With a terminal both streams are one.
            on_stdout(self._filter.feed(data, "out"))
        elif kind == bytes([EXEC_STDERR]):
            on_stderr(self._filter.feed(data, "err"))
        elif kind == bytes([EXEC_SERVER_ERROR]):
            raise ExecFailed(self._instance_id, data.decode(errors="replace").strip())


class MarkFilter:
    """Takes the mark with the exit code out of output, wherever parts of it begin and end.

    Args:
        mark: What only the script knows.

    Attributes:
        code: The exit code, once the mark has come.
    """

    def __init__(self, mark: str) -> None:
        self._start = b"\x1e" + mark.encode() + b":"
        self._whole = re.compile(re.escape(self._start) + rb"(\d{1,3})\x1e")
        self._held = {"out": b"", "err": b""}
        self.code: int | None = None

    def feed(self, data: bytes, stream: str) -> bytes:
        """What of the output can be shown by now."""
        data = self._held[stream] + data
        found = self._whole.search(data)
        if found:
            self.code = int(found[1])
            data = data[: found.start()] + data[found.end() :]
        shown = len(data) - self._begun(data)
        self._held[stream] = data[shown:]
        return data[:shown]

    def rest(self) -> bytes:
        """What was held back and is no mark after all."""
        left, self._held = b"".join(self._held.values()), {"out": b"", "err": b""}
        return left

    def _begun(self, data: bytes) -> int:
        """How many bytes at the end may be the beginning of a mark."""
        at = data.rfind(b"\x1e")
        if at < 0:
            return 0
        tail = data[at:]
        if self._start.startswith(tail) or re.fullmatch(re.escape(self._start) + rb"\d{0,3}", tail):
            return len(tail)
        return 0
