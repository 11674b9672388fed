"""A program whose agent has requirements, through engine, provider process and fake service."""

from __future__ import annotations

import json
from pathlib import Path

import httpx
import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings

from ..building.conftest import offline
from ..building.wheels import make_wheel
from .conftest import Project

pytestmark = pytest.mark.e2e

PROGRAM = """
import pulumi
import pulumi_agentrun as agentrun

runtime = agentrun.Runtime(
    "agent",
    code=agentrun.CodeArgs(
        src="./code",
        language="python3.12",
        command=["python3", "app.py"],
        requirements="requirements.txt",
    ),
)
endpoint = agentrun.RuntimeEndpoint("production", runtime_id=runtime.id, target_version="LATEST")
pulumi.export("url", endpoint.url)
"""
AGENT = """
import os
from http.server import BaseHTTPRequestHandler, HTTPServer
import phrases

class Agent(BaseHTTPRequestHandler):
    def do_GET(self):
        body = phrases.greeting().encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass

HTTPServer(("0.0.0.0", int(os.environ["PORT"])), Agent).serve_forever()
"""


def project_with_requirements(folder: Path, server: ThreadedServer) -> Project:
    """A project whose agent needs `phrases`, which needs `words`."""
    needs = {"phrases.py": "import words\ndef greeting():\n    return words.TEXT\n"}
    make_wheel(folder / "wheels", "phrases", files=needs, needs=["words"])
    make_wheel(folder / "wheels", "words", files={"words.py": "TEXT = 'hello from a wheel'\n"})
    files = {
        "Pulumi.yaml": "name: shop\nruntime: python\nconfig: {agentrun:region: cn-hangzhou}\n",
        "Pulumi.dev.yaml": "config: {}\n",
        "__main__.py": PROGRAM,
        "code/app.py": AGENT,
        "code/requirements.txt": "phrases\n",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    (folder / "state").mkdir()
    return Project(folder, server, environment=offline(folder))


def test_the_deployed_agent_runs_with_what_it_requires(tmp_path: Path) -> None:
    with ThreadedServer(FakeCloud(FakeSettings(run=True))) as server:
        project = project_with_requirements(tmp_path, server)
        planned = project.json("preview")
        assert planned.changes == {"create": 3}
        assert not (tmp_path / "cache").exists(), "a preview installs nothing"

        first = project.run("up")
        assert "Installed 2 packages" in first.text + first.errors
        reply = httpx.get(f"{project.outputs()['url']}/", timeout=30)
        assert (reply.status_code, reply.text) == (200, "hello from a wheel")
        assert sorted(path.name for path in (tmp_path / "code").iterdir()) == [
            "app.py",
            "requirements.txt",
        ]

        # Without uv's folder of packages nothing could be installed any more.
        (tmp_path / "wheels").rename(tmp_path / "gone")
        again = project.json("up")
        assert again.changes == {"same": 3}
        project.edit("code/app.py", "greeting().encode()", "greeting().upper().encode()")
        project.run("up")
        reply = httpx.get(f"{project.outputs()['url']}/", timeout=30)
        assert reply.text == "HELLO FROM A WHEEL"


def test_a_list_that_can_not_be_installed_stops_before_anything_is_made(
    tmp_path: Path, server: ThreadedServer
) -> None:
    project = project_with_requirements(tmp_path, server)
    project.edit("code/requirements.txt", "phrases", "nowhere")
    failed = project.run("up", good=False)
    assert failed.code != 0
    said = failed.text + failed.errors
    assert "code/requirements.txt: no package nowhere was found" in said
    assert "Traceback" not in said
    assert project.writes() == []


def test_a_missing_list_is_refused_at_preview(tmp_path: Path, server: ThreadedServer) -> None:
    project = project_with_requirements(tmp_path, server)
    (tmp_path / "code/requirements.txt").unlink()
    failed = project.run("preview", good=False)
    said = failed.text + failed.errors
    assert "code/requirements.txt does not exist" in said
    assert "code.requirements" in said


def test_the_stack_tells_which_packages_to_build(tmp_path: Path, server: ThreadedServer) -> None:
    import subprocess
    import sys

    project = project_with_requirements(tmp_path, server)
    project.run("up")
    done = subprocess.run(
        [sys.executable, "-m", "agentrun_provider", "build", "-C", str(tmp_path), "--json"],
        env={**project.environment_of_runs(), "PULUMI_STACK": "dev"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (package,) = json.loads(done.stdout)["packages"]
    assert package["name"] == "agent"
    assert [item["name"] for item in package["packages"]] == ["phrases", "words"]
    assert not package["installed"], "the deployment left it in the cache"
