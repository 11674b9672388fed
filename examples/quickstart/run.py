"""What `make up`, `make preview` and `make down` do: the fake service, the engine, the stack.

Nothing here is needed in a project of your own, where `pulumi up` does it all.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = ROOT / ".agentrun"
STATE = ROOT / ".pulumi-state"
INSTALL = "https://www.pulumi.com/docs/install/"
STARTUP_SECONDS = 20


def say(text: str) -> None:
    """Tell the user one line."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


class Fake:
    """The fake service as a background process, known by a file with its process id."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.pid_file = RUN / "fake.pid"
        self.log_file = RUN / "fake.log"

    def answers(self) -> bool:
        """Tell whether it serves."""
        try:
            with urllib.request.urlopen(f"{self.url}/_fake/health", timeout=2):  # noqa: S310
                return True
        except (urllib.error.URLError, OSError):
            return False

    def start(self) -> None:
        """Start it unless it runs already, and wait until it serves."""
        if self.answers():
            return
        RUN.mkdir(exist_ok=True)
        port = self.url.rpartition(":")[2]
        command = [sys.executable, "-m", "agentrun_provider", "fake", "--port", port]
        command += ["--ready-ms", os.environ.get("FAKE_READY_MS", "1000")]
        command += ["--access-key-id", os.environ["AGENTRUN_ACCESS_KEY_ID"]]
        command += ["--access-key-secret", os.environ["AGENTRUN_ACCESS_KEY_SECRET"]]
        command += ["--account-id", os.environ["AGENTRUN_ACCOUNT_ID"]]
        with self.log_file.open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)  # noqa: S603
        self.pid_file.write_text(str(process.pid))
        deadline = time.monotonic() + STARTUP_SECONDS
        while not self.answers():
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"the fake service did not start:\n{self.log_file.read_text()}")
            time.sleep(0.05)
        log_name = self.log_file.relative_to(ROOT)
        say(f"The fake AgentRun service runs at {self.url} (log: {log_name})")

    def address_of(self, stack: str) -> str:
        """Where it serves the quickstart's agent."""
        return f"{self.url}/agent-runtimes/agent-{stack}/endpoints/production/invocations"

    def holds(self) -> int:
        """Number of runtimes and endpoints it has."""
        with urllib.request.urlopen(f"{self.url}/_fake/state", timeout=10) as reply:  # noqa: S310
            records = json.load(reply)["records"]
        return sum(record["kind"] in ("runtime", "endpoint") for record in records)

    def stop(self) -> None:
        """End it, if it was started from here."""
        if not self.pid_file.exists():
            return
        try:
            os.kill(int(self.pid_file.read_text()), signal.SIGTERM)
        except ProcessLookupError:
            say("The fake service was gone already")
        else:
            say("Stopped the fake service")
        self.pid_file.unlink()


class Engine:
    """The real Pulumi CLI, or the embedded engine in its place."""

    def __init__(self, choice: str) -> None:
        found = shutil.which("pulumi")
        self.real = choice == "pulumi" or (choice == "auto" and found is not None)
        if self.real and found is None:
            raise SystemExit(f"ENGINE=pulumi, but there is no pulumi on the PATH; see {INSTALL}")
        STATE.mkdir(exist_ok=True)
        os.environ.setdefault("PULUMI_CONFIG_PASSPHRASE", "")
        os.environ["PULUMI_BACKEND_URL"] = f"file://{STATE}"
        os.environ["PULUMI_SKIP_UPDATE_CHECK"] = "1"
        if not self.real and choice == "auto":
            say(f"No pulumi on the PATH, so the embedded engine deploys; install it: {INSTALL}")

    def run(self, operation: str, stack: str, *options: str) -> int:
        """Run one operation on one stack and return its exit code."""
        if self.real:
            self._select(stack)
            command = ["pulumi", operation, "--stack", stack, "--non-interactive"]
            command += [] if operation == "preview" else ["--yes"]
        else:
            command = [sys.executable, "-m", "agentrun_provider", "local", operation]
            command += ["--stack", stack, "--cwd", str(ROOT)]
            command += [] if operation == "preview" else ["--yes"]
        return subprocess.run([*command, *options], cwd=ROOT, check=False).returncode  # noqa: S603

    def _select(self, stack: str) -> None:
        command = ["pulumi", "stack", "select", "--create", stack]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)  # noqa: S603

    def stacks(self) -> list[str]:
        """The stacks that have a state; both engines keep it in the same place."""
        folder = STATE / ".pulumi" / "stacks" / "quickstart"
        return sorted(path.stem for path in folder.glob("*.json"))


def up(engine: Engine, stack: str, fake: Fake | None) -> int:
    """Deploy a stack and tell how to go on."""
    code = engine.run("up", stack)
    if code == 0:
        other = "dev" if stack == "prod" else "prod"
        say("")
        if fake:
            say("The fake service runs the agent; ask it:")
            say(f"  curl {fake.address_of(stack)}/openai/v1/chat/completions \\")
            say("""    -d '{"messages": [{"role": "user", "content": "what time is it?"}]}'""")
            say("")
        say("Go on with:")
        say("  make up                 again: nothing changes")
        say("  make preview            after a change in Pulumi.dev.yaml or in the agent's code")
        say(f"  make up STACK={other:<9} the other environment")
        say("  make down               remove it all" + (" and stop the service" if fake else ""))
    return code


def down(engine: Engine, stacks: list[str], fake: Fake | None) -> int:
    """Destroy stacks, then stop the service."""
    codes = [engine.run("destroy", stack) for stack in stacks]
    if any(codes):
        return max(codes)
    if fake:
        say(f"The fake service holds {fake.holds()} runtimes and endpoints")
        fake.stop()
    return 0


def main() -> int:
    """Run one of the quickstart's operations."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("operation", choices=["up", "preview", "refresh", "down"])
    parser.add_argument("--stack", default="")
    parser.add_argument("--engine", choices=["auto", "local", "pulumi"], default="auto")
    parser.add_argument("--fake", default="", help="address of the fake service; none: the cloud")
    arguments, rest = parser.parse_known_args()
    # Programs and providers are started by name, so this interpreter's folder goes first.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    fake = Fake(arguments.fake) if arguments.fake else None
    engine = Engine(arguments.engine)
    if fake:
        fake.start()
    stack = arguments.stack or "dev"
    if arguments.operation == "up":
        return up(engine, stack, fake)
    if arguments.operation == "down":
        return down(engine, [arguments.stack] if arguments.stack else engine.stacks(), fake)
    return engine.run(arguments.operation, stack, *rest)


if __name__ == "__main__":
    sys.exit(main())
