"""An adoption tells whether the deployed code is the local code, and sends it only if it is not."""

from __future__ import annotations

import base64
import io
import logging
import stat
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest
from agentrun_fake.unverified import Unverified
from agentrun_provider import remote_file
from agentrun_provider.checksum import crc64
from agentrun_provider.errors import ConfigError
from agentrun_provider.kind import State, foresee
from agentrun_provider.kinds import deployed_code, load
from agentrun_provider.unknown import UNKNOWN

from .conftest import CODE, Stage
from .runtimes import IMAGE, OWNER, created

APP = "print('hello')\n"
TAKEN = "the local code is taken for the deployed code, and sent when it changes: they can't be"


def packed(files: Mapping[str, str], executable: tuple[str, ...] = ()) -> bytes:
    """A package as the Serverless Devs component makes it: another order, real times, bits."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(files.items(), reverse=True):
            info = zipfile.ZipInfo(name, (2026, 9, 1, 12, 0, 0))
            info.create_system = 3
            mode = 0o755 if name in executable else 0o644
            info.external_attr = (stat.S_IFREG | mode) << 16
            archive.writestr(info, text)
    return stream.getvalue()


def deploy(stage: Stage, package: bytes, *, checksum: str | None = None, **more: Any) -> str:
    """What `s deploy` leaves behind: no mark of ours, and no checksum."""
    code = {
        "language": "python3.12",
        "command": ["python3", "app.py"],
        "zipFile": base64.b64encode(package).decode(),
        **({"checksum": checksum} if checksum else {}),
    }
    body = {"agentRuntimeName": "demo", "artifactType": "Code", "codeConfiguration": code}
    body |= {"cpu": 1.0, "memory": 2048, "port": 9000, **more}
    made = stage.session.client.call("CreateAgentRuntime", "POST", "/agents/runtimes", body=body)
    runtime_id = str(made["agentRuntimeId"])
    stage.clock.advance(10)
    stage.recorder.bodies.clear()
    stage.operations()
    return runtime_id


def previewed(stage: Stage, **more: Any) -> str:
    """What a preview tells, without the runtime's id at the beginning."""
    inputs = {"name": "demo", "code": CODE, "owner": OWNER, "adopt": True, **more}
    told = foresee(load("Runtime"), stage.session, stage.checked("Runtime", inputs))
    assert told is not None
    assert stage.cloud.calls.writes == []
    return told.partition(", ")[2]


def taken_over(stage: Stage, **more: Any) -> tuple[State, str]:
    """The state after an `up`, and what it told."""
    state = created(stage, adopt=True, **more)
    [told] = [text for _, text in stage.progress if text.startswith("adopts")]
    return state, told.partition(", ")[2]


def test_the_same_files_in_another_package_are_the_same_code(stage: Stage) -> None:
    package = packed({"app.py": APP})
    deploy(stage, package)
    expected = "nothing changes; the deployed code is the local one"
    assert previewed(stage) == expected
    state, told = taken_over(stage)
    assert told == expected
    assert "UpdateAgentRuntime" not in stage.operations()
    assert state.outputs["code_checksum"] == crc64(package)
    (stage.folder / "code/more.py").write_text("# changed")
    again = {"name": "demo", "code": CODE, "owner": OWNER, "adopt": True}
    assert [change.field for change in stage.changes("Runtime", state, **again)] == ["code"]


def test_other_code_is_told_file_by_file_and_sent(stage: Stage) -> None:
    deploy(stage, packed({"app.py": "print('old')\n", "gone.py": "", "old/gone.py": ""}))
    (stage.folder / "code/new.py").write_text("# new")
    expected = (
        "changes codeConfiguration, systemTags; code: 1 differs (app.py), "
        "2 only deployed (gone.py, old/gone.py), 1 only here (new.py)"
    )
    assert previewed(stage) == expected
    state, told = taken_over(stage)
    assert told == expected
    sent = stage.body("UpdateAgentRuntime")["codeConfiguration"]
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(sent["zipFile"]))) as archive:
        assert archive.namelist() == ["app.py", "new.py"]
    assert state.outputs["code_checksum"] == sent["checksum"]


def test_the_same_files_with_another_checksum_are_not_sent_either(stage: Stage) -> None:
    package = packed({"app.py": APP})
    checksum = crc64(package)
    deploy(stage, package, checksum=checksum)
    state, told = taken_over(stage)
    assert told == "nothing changes; the deployed code is the local one"
    assert state.outputs["code_checksum"] == checksum
    now = stage.read("Runtime", state)
    assert now is not None
    assert now.inputs == state.inputs, "what was taken over is no drift"


def test_a_package_with_our_checksum_is_not_even_looked_into(stage: Stage) -> None:
    created(stage, owner=None)
    code = stage.cloud.runtimes()["demo"]["codeConfiguration"]
    stage.cloud.mutate({"runtime": "demo"}, set={"codeConfiguration": {**code, "checksum": ""}})
    stage.cloud.calls.clear()
    assert previewed(stage) == "nothing changes; the deployed code is the local one"
    assert "GetFunctionCode" in stage.cloud.calls.operations
    assert "GetObject" not in stage.cloud.calls.operations


def test_a_package_of_another_checksum_that_can_not_be_looked_into_is_replaced(
    stage: Stage,
) -> None:
    package = packed({"app.py": APP})
    deploy(stage, package, checksum=crc64(package))
    stage.cloud.faults.add(operation="GetFunctionCode", status=404, code="FunctionNotFound")
    told = previewed(stage)
    assert told.startswith("changes codeConfiguration, systemTags; the code can't be compared with")
    assert "FunctionNotFound" in told


def test_what_packages_leave_out_is_no_difference_but_is_named(stage: Stage) -> None:
    left_out = {".env": "KEY=1", ".git/HEAD": "", ".git/config": "", "env/pyvenv.cfg": ""}
    left_out |= {"pkg/__pycache__/x.pyc": "", "__pycache__/y.pyc": "", "data/big.bin": ""}
    deploy(stage, packed({"app.py": APP, **left_out}))
    (stage.folder / "code/.arignore").write_text("data/\n")
    text = "deployed, but left out of packages, so gone with {when}: "
    text += ".env, .git/ (2 files), __pycache__/ (2 files), 2 more"
    kept = "nothing changes; the deployed code is the local one; "
    assert previewed(stage) == kept + text.format(when="the next change of the code")
    (stage.folder / "code/app.py").write_text("print('new')\n")
    assert previewed(stage).endswith("1 differs (app.py); " + text.format(when="this change"))


def test_installed_requirements_that_are_not_here_are_told_before_they_are_lost(
    stage: Stage,
) -> None:
    installed = {f"python/httpx/{n}.py": "" for n in range(20)}
    deploy(stage, packed({"app.py": APP, **installed}))
    assert previewed(stage).endswith(
        "code: 20 only deployed (python/ (20 files)); what is installed in python/ is not here, "
        "the agent would start without"
    )


def test_an_execute_bit_counts_unless_the_deployed_package_has_none(stage: Stage) -> None:
    files = {"app.py": APP, "run.sh": "#!/bin/sh\n"}
    (stage.folder / "code/run.sh").write_text(files["run.sh"])
    runtime_id = deploy(stage, packed(files, executable=("run.sh",)))
    assert "code: 1 is executable on one side only (run.sh)" in previewed(stage)
    # As from Windows, where the component makes all of them executable.
    windows = packed(files, executable=("app.py", "run.sh"))
    code = {"language": "python3.12", "command": ["python3", "app.py"]}
    code["zipFile"] = base64.b64encode(windows).decode()
    stage.session.client.call(
        "UpdateAgentRuntime",
        "PUT",
        f"/agents/runtimes/{runtime_id}",
        body={"codeConfiguration": code},
    )
    stage.cloud.calls.clear()
    assert previewed(stage) == "nothing changes; the deployed code is the local one"


def test_names_that_others_chose_can_not_write_into_the_terminal(stage: Stage) -> None:
    deploy(stage, packed({"app.py": APP, "a\x1b[2J\nadopts": "", "x" * 300: ""}))
    told = previewed(stage)
    assert told.isprintable()
    assert len(told) < 300


def test_a_changed_command_is_sent_with_the_same_code(stage: Stage) -> None:
    deploy(stage, packed({"app.py": APP}))
    code = {**CODE, "command": ["python3", "-u", "app.py"]}
    told = previewed(stage, code=code)
    assert told == "changes codeConfiguration, systemTags; the deployed code is the local one"
    taken_over(stage, code=code)
    sent = stage.body("UpdateAgentRuntime")["codeConfiguration"]
    assert sent["zipFile"]
    assert sent["command"] == code["command"]


@pytest.mark.parametrize("listing", ["in parts", "whole", "too large"])
def test_a_large_package_is_read_from_its_end(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, listing: str
) -> None:
    import secrets

    blob = secrets.token_hex(300_000)
    (stage.folder / "code/blob").write_text(blob)
    deploy(stage, packed({"app.py": "print('old')\n", "blob": blob}))
    replies = []
    answer = stage.recorder.inner.handle_request

    def noting(request: Any) -> Any:
        if listing != "in parts":
            request.headers.pop("range", None)
        reply = answer(request)
        if request.headers.get("x-acs-action") is None:
            replies.append((request, len(reply.read())))
        return reply

    monkeypatch.setattr(stage.recorder.inner, "handle_request", noting)
    monkeypatch.setattr(remote_file, "MOST_WHOLE_BYTES", 1000 if listing == "too large" else 1e6)
    told = previewed(stage)
    if listing == "too large":
        assert told.startswith(f"nothing changes; {TAKEN} compared, the deployed package can't be")
        assert "the server gives no parts of it" in told
    else:
        assert told == "changes codeConfiguration, systemTags; code: 1 differs (app.py)"
    [(request, size)] = replies
    assert size <= remote_file.BLOCK_BYTES or listing != "in parts"
    assert not {"authorization", "x-oss-security-token", "x-acs-date"} & set(request.headers)


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ({"operation": "GetFunctionCode", "status": 404, "code": "FunctionNotFound"}, "FunctionN"),
        ({"operation": "GetFunctionCode", "status": 503, "times": None}, "GetFunctionCode failed"),
        ({"operation": "GetObject", "status": 403, "code": "AccessDenied"}, "answers AccessDenied"),
        ({"operation": "GetObject", "status": 502, "code": "<a>", "times": 9}, "answers HTTP 502"),
        ({"operation": "GetObject", "kind": "drop", "times": None}, "the answer broke off"),
    ],
)
def test_what_can_not_be_fetched_is_taken_for_deployed(
    stage: Stage, trouble: dict[str, Any], told: str
) -> None:
    deploy(stage, packed({"app.py": "print('old')\n"}))
    stage.cloud.faults.add(**trouble)
    line = previewed(stage)
    assert line.startswith(f"nothing changes; {TAKEN} compared, ")
    assert told in line
    assert "Signature" not in line
    stage.cloud.faults.clear()
    stage.cloud.faults.add(**trouble)
    taken_over(stage)
    assert "UpdateAgentRuntime" not in stage.operations()


def test_a_key_that_may_not_ask_is_told_which_permission_it_lacks(stage: Stage) -> None:
    deploy(stage, packed({"app.py": "print('old')\n"}))
    stage.cloud.unverified = Unverified().changed(function_code=False)
    assert "Grant the RAM action fc:GetFunctionCode to " in previewed(stage)


def test_it_is_not_asked_for_where_it_is_known_not_to_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deployed_code, "FUNCTION_TELLS_CODE", False)
    deploy(stage, packed({"app.py": "print('old')\n"}))
    assert previewed(stage).startswith(f"nothing changes; {TAKEN}")
    assert "GetFunctionCode" not in stage.operations()


def test_a_package_that_is_no_archive_is_taken_for_deployed(stage: Stage) -> None:
    stage.cloud.unverified = Unverified().changed(code_must_be_zip=False)
    deploy(stage, b"#!/bin/sh\n" * 100)
    assert "no zip archive that can be read" in previewed(stage)


def test_what_a_build_command_makes_is_not_known_before(stage: Stage) -> None:
    deploy(stage, packed({"app.py": APP}))
    told = previewed(stage, code={**CODE, "build": "exit 1"})
    assert (
        told == f"nothing changes; {TAKEN} compared, what the build command makes is not there yet"
    )
    taken_over(stage, code={**CODE, "build": "exit 1"})
    assert "UpdateAgentRuntime" not in stage.operations()


def test_the_address_of_a_package_is_in_no_log(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    deploy(stage, packed({"app.py": APP}))
    previewed(stage)
    lines = [record.getMessage() for record in caplog.records]
    assert any("GetObject" in line for line in lines)
    assert any("HTTP Request: GET https://fake-fc-code" in line for line in lines)
    assert not [line for line in lines if "Signature=" in line or "security-token" in line]


def test_nothing_but_an_adoption_asks_for_the_code(stage: Stage) -> None:
    state = created(stage)
    stage.read("Runtime", state)
    (stage.folder / "code/app.py").write_text("print('new')\n")
    stage.update("Runtime", state, name="demo", code=CODE, owner=OWNER)
    assert "GetFunctionCode" not in stage.operations()
    inputs = {"name": "demo", "code": CODE, "owner": OWNER}
    assert foresee(load("Runtime"), stage.session, stage.checked("Runtime", inputs)) is None
    stage.cloud.calls.clear()
    assert previewed(stage) == "nothing changes"
    assert "GetFunctionCode" not in stage.operations(), "the checksum tells that it is the same"


def test_a_preview_refuses_what_an_up_would_refuse(stage: Stage) -> None:
    deploy(stage, packed({"app.py": APP}))
    with pytest.raises(ConfigError, match="runs Code, Container is declared"):
        previewed(stage, code=None, container=IMAGE)


def test_a_preview_tells_another_place_of_the_logs(stage: Stage) -> None:
    deploy(
        stage,
        packed({"app.py": APP}),
        logConfiguration={"project": "theirs", "logstore": "agent"},
    )
    assert previewed(stage, log={"project": "theirs", "logstore": "agent"}).startswith("nothing")
    for other in ({"project": "ours", "logstore": "agent"}, {"auto": True}):
        assert previewed(stage, log=other).startswith("changes logConfiguration")


def test_a_runtime_that_failed_is_not_one_to_adopt(stage: Stage) -> None:
    deploy(stage, packed({"app.py": APP}))
    stage.cloud.mutate({"runtime": "demo"}, status="CREATE_FAILED")
    inputs = {"name": "demo", "code": CODE, "owner": OWNER, "adopt": True}
    assert foresee(load("Runtime"), stage.session, stage.checked("Runtime", inputs)) is None


def test_what_is_not_known_yet_at_a_preview_is_not_refused(stage: Stage) -> None:
    image = {"agentRuntimeName": "demo", "artifactType": "Container"}
    image |= {"containerConfiguration": IMAGE, "cpu": 1.0, "memory": 2048, "port": 9000}
    stage.session.client.call("CreateAgentRuntime", "POST", "/agents/runtimes", body=image)
    stage.clock.advance(10)
    stage.cloud.calls.clear()
    unknown = {**IMAGE, "image": UNKNOWN}
    told = previewed(stage, code=None, container=unknown)
    assert told == "nothing changes; what it is to run is not known yet"


def test_a_package_in_a_bucket_is_known_by_its_place(stage: Stage) -> None:
    for key in ("one.zip", "two.zip"):
        stage.cloud.put_object("packages", key, packed({"app.py": f"print({key!r})\n"}))
    place = {"ossBucketName": "packages", "ossObjectName": "one.zip"}
    deploy(stage, b"", codeConfiguration={"language": "python3.12", **place})
    code = {"language": "python3.12", "oss_bucket_name": "packages"}
    assert previewed(stage, code={**code, "oss_object_name": "one.zip"}) == "nothing changes"
    told = previewed(stage, code={**code, "oss_object_name": "two.zip"})
    assert told == "changes codeConfiguration, systemTags"
