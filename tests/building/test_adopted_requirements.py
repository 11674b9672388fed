"""Code with requirements is taken over: own files count, and of the requirements their versions."""

from __future__ import annotations

import base64
import io
import zipfile

import pytest
from agentrun_provider.kind import foresee
from agentrun_provider.kinds import load

from ..kinds.conftest import Stage
from .conftest import Workshop
from .test_runtimes import CODE, DEMO
from .wheels import make_wheel


@pytest.fixture
def stage(workshop: Workshop) -> Stage:
    make_wheel(workshop.wheels, "demo")
    workshop.put("requirements.txt", "demo\n")
    return Stage(workshop.root)


def deploy(stage: Stage, workshop: Workshop, version: str = "1.0") -> None:
    """What `s build` and `s deploy` leave behind: files of pip, and no checksum."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as package:
        for path in workshop.code.iterdir():
            package.write(path, path.name)
        info = f"python/demo-{version}.dist-info"
        package.writestr(f"{info}/METADATA", f"Name: demo\nVersion: {version}\n")
        package.writestr(f"{info}/INSTALLER", "pip\n")
        package.writestr("python/demo.py", f'NAME = "demo"\nVERSION = "{version}"\n')
        package.writestr("python/__pycache__/demo.cpython-312.pyc", "compiled")
    code = {
        "language": "python3.12",
        "command": CODE["command"],
        "zipFile": base64.b64encode(stream.getvalue()).decode(),
    }
    body = {"agentRuntimeName": "demo", "artifactType": "Code", "codeConfiguration": code}
    body |= {"cpu": 1.0, "memory": 2048, "port": 9000}
    stage.session.client.call("CreateAgentRuntime", "POST", "/agents/runtimes", body=body)
    stage.clock.advance(10)
    stage.operations()


def previewed(stage: Stage) -> str:
    wanted = stage.checked("Runtime", {**DEMO, "adopt": True})
    told = foresee(load("Runtime"), stage.session, wanted)
    assert told is not None
    return told.partition(", ")[2]


def test_what_is_not_installed_yet_is_not_compared_and_not_installed(
    stage: Stage, workshop: Workshop
) -> None:
    deploy(stage, workshop)
    told = previewed(stage)
    assert told.startswith("nothing changes; the local code is taken for the deployed code")
    assert told.endswith("what the requirements install is not there yet")
    stage.create("Runtime", **DEMO, adopt=True)
    assert "UpdateAgentRuntime" not in stage.operations()
    assert workshop.installs == []


def test_own_files_that_differ_are_known_to_without_installing(
    stage: Stage, workshop: Workshop
) -> None:
    deploy(stage, workshop)
    workshop.put("app.py", "print('new')\n")
    assert previewed(stage).endswith("code: 1 differs (app.py)")
    assert workshop.installs == []


def test_installed_requirements_are_compared_by_their_versions(
    stage: Stage, workshop: Workshop
) -> None:
    workshop.package()
    deploy(stage, workshop)
    assert previewed(stage) == "nothing changes; the deployed code is the local one"


def test_other_versions_are_told_and_sent(stage: Stage, workshop: Workshop) -> None:
    workshop.package()
    deploy(stage, workshop, version="0.9")
    expected = "changes codeConfiguration, systemTags; code: requirements demo 0.9 => 1.0"
    assert previewed(stage) == expected
    stage.create("Runtime", **DEMO, adopt=True)
    assert stage.body("UpdateAgentRuntime")["codeConfiguration"]["zipFile"]
