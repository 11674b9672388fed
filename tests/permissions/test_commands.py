"""What each command needs is enough for it, and no action of it can be spared."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings, Key
from agentrun_provider.cli.main import main
from agentrun_provider.permission_table import ACTION_OF, COMMAND_ACTIONS
from agentrun_provider.permissions import needed
from click.testing import CliRunner

from ..e2e.conftest import ACCOUNT, Project

pytestmark = [
    pytest.mark.e2e,
    # A command that fails ends its process, and that closes its connections; here it goes on.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PROGRAM = """
import pulumi
import pulumi_agentrun as agentrun

agent = agentrun.Agent(
    "agent",
    name="demo",
    code={"src": "./code", "language": "python3.12", "command": ["python3", "app.py"]},
    role="agentRunRole",
    log={"auto": True},
    reserved_concurrency=3,
    custom_domain={"domain_name": "agents.example.com"},
)
pulumi.export("id", agent.runtime_id)
"""


@dataclass
class Deployed:
    """A stack that the owner of the account deployed."""

    project: Project
    runtime_id: str
    instance: str
    count: int = 0

    def run(self, allow: set[str], *arguments: str) -> str:
        """Run a command with a key that may do so much; returns all that it says."""
        self.count += 1
        key = Key(f"user-{self.count}", "usersecret", ACCOUNT, allow=tuple(allow))
        self.project.cloud.keys.add_temporary(key)
        environment = self.project.environment_of_runs() | {
            "AGENTRUN_ACCESS_KEY_ID": key.key_id,
            "AGENTRUN_ACCESS_KEY_SECRET": key.secret,
            "AGENTRUN_MAX_RETRIES": "0",
            "AGENTRUN_REGION": "cn-hangzhou",
        }
        done = CliRunner().invoke(main, list(arguments), env=environment)
        return done.output

    def says(self, command: str, allow: set[str]) -> Iterator[str]:
        """What a command says, called in each form: for the stack's runtime, by name, by id."""
        places = (
            ["--cwd", str(self.project.folder), "--stack", "dev"],
            ["--name", "demo"],
            ["--runtime-id", self.runtime_id],
        )
        for words in self.forms(command):
            for place in places:
                yield self.run(allow, *words, *place)

    def forms(self, command: str) -> list[list[str]]:
        """The ways to call a command that differ in what they need."""
        special: dict[str, list[list[str]]] = {
            "concurrency": [
                ["concurrency", "get"],
                ["concurrency", "remove", "--force"],
                ["concurrency", "put", "--reserved-concurrency", "3", "--force"],
            ],
            "instances": [
                ["instances", "list"],
                ["instances", "exec", self.instance, "--cmd", "true"],
            ],
            "invoke": [["invoke", "--message", "hello"]],
        }
        return special.get(command, [[command]])


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder: Path = tmp_path_factory.mktemp("project")
    (folder / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig:\n  agentrun:region:\n    value: cn-hangzhou\n"
    )
    (folder / "Pulumi.dev.yaml").write_text("config: {}\n")
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "code").mkdir()
    app = Path(__file__).resolve().parents[2] / "templates/agent-code/code/app.py"
    (folder / "code/app.py").write_bytes(app.read_bytes())
    (folder / "state").mkdir()
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        project = Project(folder, server)
        project.run("up")
        found = Deployed(project, project.outputs()["id"], "")
        found.run(set("*"), "invoke", "--name", "demo", "--message", "wake up")
        found.instance = first_instance(found)
        yield found


def first_instance(deployed: Deployed) -> str:
    """Id of an instance that runs."""
    said = deployed.run(set("*"), "instances", "list", "--name", "demo", "--json")
    return str(json.loads(said)["instances"][0]["instanceId"])


def modelled(actions: set[str]) -> set[str]:
    """Actions as the fake names them: always after the operation."""
    aliases = {
        f"{action.partition(':')[0]}:{operation}"
        for operation, action in ACTION_OF.items()
        if action in actions
    }
    return actions | aliases


def names_of(command: str) -> set[str]:
    return {action.name for action in needed(commands=[command])}


@pytest.fixture(autouse=True)
def no_connection_is_left_to_other_tests() -> Iterator[None]:
    """Connections that a failed command left open end here."""
    yield
    gc.collect()


REFUSED = "Grant the RAM action"


@pytest.mark.parametrize("command", COMMAND_ACTIONS)
def test_what_a_command_needs_is_enough(command: str, deployed: Deployed) -> None:
    for said in deployed.says(command, modelled(names_of(command))):
        assert REFUSED not in said, said
        assert "unexpected" not in said, said


@pytest.mark.parametrize(
    ("command", "action"),
    [(command, action) for command in COMMAND_ACTIONS for action in sorted(names_of(command))],
)
def test_without_one_action_a_command_names_it(
    command: str, action: str, deployed: Deployed
) -> None:
    heard = deployed.says(command, modelled(names_of(command) - {action}))
    assert any(f"{REFUSED} {action} " in said for said in heard), "no form of it fails for that"
