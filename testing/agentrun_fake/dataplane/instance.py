"""One instance: a program that was started for a revision, and the calls it serves."""

from __future__ import annotations

import re
import secrets
import threading
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from . import ports
from .environment import NoCommand, command_of, environment_of
from .folders import Folders
from .interpreter import interpreter_for
from .program import Program
from .revision import Revision

_POLL_SECONDS = 0.02
_PORT_TROUBLE = re.compile("address already in use|does not listen", re.IGNORECASE)


class StartFailed(Exception):
    """The program did not come up; the text tells why, with its last lines."""


def _new_id() -> str:
    """An id in the form Function Compute uses. Not from the cloud's own source: programs start
    at any moment, and repeatable ids would be no longer repeatable."""
    return f"c-{secrets.token_hex(4)}-{secrets.token_hex(4)}-{secrets.token_hex(6)}"


@dataclass(eq=False)
class Instance:
    """An instance. `Fleet` guards all that changes after `launch`.

    Attributes:
        revision: What it runs.
        created_at: When it was made, in seconds since 1970.
        last_used: When its last call ended, or it was made.
        destroyed_at: When it ended.
        port: Where it listens, once it does.
        program: Its process, once there is one.
        doubt: Why the Python it runs with may be the wrong one.
        calls: Calls being served, by session; calls of no session have a name each.
        sessions: Sessions that belong here and when each was last called.
        retired: Whether it takes no new calls and ends with its last one.
        failure: Why it did not come up.
        up: Set once it listens or has failed.
    """

    revision: Revision
    created_at: float
    id: str = field(default_factory=_new_id)
    last_used: float = 0
    destroyed_at: float | None = None
    port: int = 0
    program: Program | None = None
    doubt: str = ""
    calls: Counter[str] = field(default_factory=Counter)
    sessions: dict[str, float] = field(default_factory=dict)
    retired: bool = False
    failure: StartFailed | None = None
    up: threading.Event = field(default_factory=threading.Event)

    @property
    def status(self) -> str:
        """Its status in the list of instances."""
        if self.destroyed_at is not None:
            return "Destroyed"
        return "Running" if self.up.is_set() else "Creating"

    @property
    def busy(self) -> bool:
        """Whether it serves calls."""
        return bool(self.calls)

    @property
    def ended(self) -> bool:
        """Whether its program has ended by itself."""
        return self.program is not None and self.program.exit_code is not None

    def last_lines(self) -> str:
        """The end of the program's output. Waits a moment: a program that broke a connection is
        usually about to end, and must not be taken for a running one by the next call."""
        return self.program.last_lines() if self.program is not None else ""

    def has_room(self, session: str) -> bool:
        """Whether it can take a call of a session."""
        if self.revision.isolated and any(name != session for name in self.sessions):
            return False
        return session in self.calls or len(self.calls) < self.revision.sessions_per_instance

    def launch(
        self, folders: Folders, on_line: Callable[[str], None], on_start: Callable[[Program], None]
    ) -> None:
        """Start the program; `wait_until_up` tells when it serves.

        Raises:
            StartFailed: It can't be started.
        """
        if self.revision.package is None:
            raise StartFailed("there is no code package")
        self.port = ports.free_port()
        try:
            folder = folders.code(self.revision.digest, self.revision.package)
            home = folders.home(self.id)
            python, self.doubt = interpreter_for(self.revision, folder)
            command = command_of(self.revision, folder, self.port, python)
            environment = environment_of(self.revision, folder, home, self.port, self.id, python)
            self.program = Program(command, folder, environment, on_line)
        except zipfile.BadZipFile as error:
            raise StartFailed(f"the package can't be unpacked: {error}") from error
        except NoCommand as error:
            raise StartFailed(str(error)) from error
        except OSError as error:
            words = " ".join(self.revision.command)
            raise StartFailed(f"{words!r} can't be started: {error}") from error
        on_start(self.program)

    def wait_until_up(self, most_seconds: float, configured: int | None) -> None:
        """Wait until the program listens.

        Args:
            most_seconds: How long at most.
            configured: The configured port, if nobody but this program can be behind it.

        Raises:
            StartFailed: It ended, or does not listen in time.
        """
        assert self.program is not None, "launched before"
        deadline = time.monotonic() + most_seconds
        while not ports.listens(self.port):
            if configured is not None and ports.listens(configured):
                self.port = configured
                return
            if self.ended:
                raise StartFailed(self._with_output(f"ended with code {self.program.exit_code}"))
            if time.monotonic() > deadline:
                text = f"does not listen on port {self.revision.port} after {most_seconds:g} s"
                raise StartFailed(self._with_output(text))
            time.sleep(_POLL_SECONDS)

    def _with_output(self, what: str) -> str:
        lines = self.last_lines()
        text = f"the program {what}" + (
            f"; its last lines:\n{lines}" if lines else " and is silent"
        )
        return text + self.doubt_of(lines)

    def explained(self, failure: StartFailed, *, port_taken: bool) -> StartFailed:
        """The failure with what else is known of it.

        Args:
            failure: Why it did not come up, as far as its program tells.
            port_taken: Whether the configured port could not be had.
        """
        if self.destroyed_at is not None:
            return StartFailed("the instance was ended while it was being started")
        text = str(failure)
        if port_taken and _PORT_TROUBLE.search(text):
            text += f"; port {self.revision.port} is in use on this machine"
        return StartFailed(text)

    def doubt_of(self, lines: str) -> str:
        """What to add to the last lines of a program that failed: whether that may be since the
        Python is the wrong one. A program that ends for another reason tells of no error."""
        return f"\n({self.doubt})" if self.doubt and "Error" in lines else ""
