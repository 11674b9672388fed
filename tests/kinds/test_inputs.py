"""What a program declares is refused at preview, with every path, and without any request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from agentrun_provider.config import resolve
from agentrun_provider.kind import check
from agentrun_provider.kinds import load
from agentrun_provider.session import Session
from agentrun_provider.unknown import UNKNOWN

Check = Callable[..., tuple[dict[str, Any], dict[str, str]]]

VPC = {"vpc_id": "vpc-1", "vswitch_ids": ["vsw-1"], "security_group_id": "sg-1"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "code").mkdir()
    (tmp_path / "code/app.py").write_text("print('hello')\n")
    return tmp_path


@pytest.fixture
def checked(folder: Path) -> Check:
    """Check inputs of a kind; the session has no way to send anything."""

    def run(kind: str, **inputs: Any) -> tuple[dict[str, Any], dict[str, str]]:
        settings = resolve({"agentrun:region": "cn-hangzhou"}, {})
        session = Session(settings, client=None, folder=folder)
        result = check(load(kind), inputs, session)
        assert "client" not in session.__dict__, "a check must not connect"
        return result.inputs, {".".join(map(str, p.path)): p.reason for p in result.problems}

    return run


CODE = {"src": "./code", "language": "python3.12", "command": ["python3", "app.py"]}


def test_the_defaults_of_the_guide_are_filled_in(checked: Check) -> None:
    inputs, problems = checked("Runtime", name="a", code=CODE)
    assert problems == {}
    assert (inputs["cpu"], inputs["memory"], inputs["port"]) == (1.0, 2048, 9000)
    assert inputs["region"] == "cn-hangzhou"


def test_all_of_the_bad_input_is_told_at_once(checked: Check) -> None:
    _, problems = checked(
        "Runtime",
        name="a",
        memory=1,
        code={**CODE, "src": "./missing"},
        container={"image": "registry/agent:1"},
        vpc={**VPC, "vswitch_ids": ["vsw-1", "subnet-7"]},
        memry=3,
    )
    assert set(problems) == {"memory", "container", "code.src", "vpc.vswitch_ids.1", "memry"}
    assert problems["code.src"].endswith("missing does not exist")
    assert problems["memry"].endswith("did you mean memory?")


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"cpu": 0.01}, "cpu"),
        ({"cpu": 17}, "cpu"),
        ({"memory": 64}, "memory"),
        ({"memory": 2048.5}, "memory"),
        ({"port": 0}, "port"),
        ({"disk_size": 1024}, "disk_size"),
        ({"name": "1st"}, "name"),
        ({"name": None}, "name"),
        ({"description": "x" * 257}, "description"),
        ({"role": "acs:ram::x:role/r"}, "role"),
        ({"credential": "-"}, "credential"),
        ({"instance_concurrency": 201}, "instance_concurrency"),
        ({"session_idle_timeout_seconds": 59}, "session_idle_timeout_seconds"),
        ({"session_affinity_type": "HEADER_FIELD"}, "header_field_name"),
        ({"session_affinity_type": "STICKY"}, "session_affinity_type"),
        ({"environment_variables": {"KEY": 1}}, "environment_variables.KEY"),
        ({"log": {"project": "prod-logs"}}, "log.logstore"),
        ({"log": {"project": "Not_Valid", "logstore": "ls"}}, "log.project"),
        ({"health_check": {"timeout_seconds": 61}}, "health_check.timeout_seconds"),
        ({"protocol": {"type": "GOPHER"}}, "protocol.type"),
        ({"protocol": {"settings": [{}]}}, "protocol.settings.0.type"),
        ({"nas": {"mount_points": [{"server_addr": "a:/b", "mount_dir": "/m"}]}}, "nas"),
        ({"vpc": VPC, "nas": {"mount_points": []}}, "nas.mount_points"),
        (
            {"oss_mount": {"mount_points": [{"bucket_name": "bkt"}]}},
            "oss_mount.mount_points.0.mount_dir",
        ),
        ({"vpc": {**VPC, "vpc_id": "net-1"}}, "vpc.vpc_id"),
        ({"vpc": {**VPC, "security_group_id": ""}}, "vpc.security_group_id"),
        ({"vpc": {**VPC, "vswitch_ids": []}}, "vpc.vswitch_ids"),
        ({"timeouts": {"create": "soon"}}, "timeouts.create"),
        ({"code": None}, "code"),
        ({"code": {"language": "python3.12"}}, "code"),
        ({"code": {**CODE, "language": "cobol"}}, "code.language"),
        ({"code": {**CODE, "oss_bucket_name": "b"}}, "code"),
        ({"code": {"language": "custom", "oss_bucket_name": "b"}}, "code.oss_object_name"),
        ({"code": {**CODE, "checksum": "12"}}, "code.checksum"),
        ({"code": None, "container": {"image": ""}}, "container.image"),
        (
            {"code": None, "container": {"image": "i", "image_registry_type": "ACREE"}},
            "container.acr_instance_id",
        ),
        (
            {"code": None, "container": {"image": "i", "registry": {"auth": {"user_name": "u"}}}},
            "container.registry.auth.password",
        ),
    ],
)
def test_a_wrong_runtime_field_is_named(checked: Check, inputs: dict[str, Any], path: str) -> None:
    _, problems = checked("Runtime", **{"name": "a", "code": CODE, **inputs})
    assert set(problems) == {path}


@pytest.mark.parametrize(
    ("inputs", "path", "words"),
    [
        ({"runtime_id": None}, "runtime_id", "required"),
        ({"target_version": "newest"}, "target_version", "LATEST"),
        ({"target_version": 0}, "target_version", "pattern"),
        ({"canary": {"version": 2, "weight": 2}}, "canary.weight", "for 2 % write 0.02"),
        ({"canary": {"version": 2, "weight": 10}}, "canary.weight", "for 10 % write 0.1"),
        ({"canary": {"version": 2, "weight": 0}}, "canary.weight", "greater than 0"),
        ({"canary": {"version": 2, "weight": 1.0}}, "canary.weight", "between 0 and 1"),
        ({"canary": {"version": "LATEST", "weight": 0.1}}, "canary.version", "pattern"),
        (
            {"target_version": 2, "canary": {"version": 2, "weight": 0.1}},
            "canary.version",
            "target",
        ),
        (
            {"version_weights": [{"version": 1, "weight": 0.6}, {"version": 2, "weight": 0.5}]},
            "version_weights",
            "leaves none",
        ),
        (
            {"version_weights": [{"version": 1, "weight": 0.1}, {"version": 1, "weight": 0.1}]},
            "version_weights.1.version",
            "already",
        ),
        (
            {
                "canary": {"version": 1, "weight": 0.1},
                "version_weights": [{"version": 2, "weight": 0.1}],
            },
            "version_weights",
            "excludes canary",
        ),
        ({"scaling": {"min_instances": -1}}, "scaling.min_instances", "greater"),
    ],
)
def test_a_wrong_endpoint_field_is_named(
    checked: Check, inputs: dict[str, Any], path: str, words: str
) -> None:
    _, problems = checked(
        "RuntimeEndpoint", **{"name": "e", "runtime_id": "r", "target_version": "3", **inputs}
    )
    assert set(problems) == {path}
    assert words in problems[path]


def test_an_endpoint_follows_the_latest_version_and_says_so(checked: Check) -> None:
    inputs, problems = checked("RuntimeEndpoint", name="e", runtime_id="r")
    assert problems == {}
    assert inputs["target_version"] == "LATEST"


def test_versions_may_be_numbers(checked: Check) -> None:
    inputs, _ = checked(
        "RuntimeEndpoint",
        name="e",
        runtime_id="r",
        target_version=3,
        canary={"version": 4.0, "weight": 0.1},
    )
    assert inputs["target_version"] == "3"
    assert inputs["canary"] == {"version": "4", "weight": 0.1}


def test_unknown_values_pass_and_stay_unknown(checked: Check) -> None:
    inputs, problems = checked(
        "Runtime",
        name="a",
        code=UNKNOWN,
        role=UNKNOWN,
        vpc={**VPC, "vswitch_ids": [UNKNOWN]},
        environment_variables={"HOST": UNKNOWN},
    )
    assert problems == {}
    assert inputs["code"] is UNKNOWN
    assert inputs["vpc"]["vswitch_ids"] == [UNKNOWN]


def test_a_vpc_comes_with_internet_access_unless_told_otherwise(checked: Check) -> None:
    inputs, _ = checked("Runtime", name="a", code=CODE, vpc=VPC)
    assert inputs["internet_access"] is True


def test_an_empty_list_or_map_is_the_same_as_none(checked: Check) -> None:
    bare, _ = checked("Runtime", name="a", code=CODE)
    empty, _ = checked(
        "Runtime", name="a", code=CODE, environment_variables={}, system_tags=[], description=""
    )
    assert empty == bare


def test_a_changed_byte_changes_the_content_hash_and_a_time_stamp_does_not(
    checked: Check, folder: Path
) -> None:
    def content_hash() -> str:
        inputs, _ = checked("Runtime", name="a", code=CODE)
        return str(inputs["code"]["content_hash"])

    first = content_hash()
    app = folder / "code/app.py"
    import os

    os.utime(app, (1, 1))
    assert content_hash() == first
    app.write_text("print('hullo')\n")
    assert content_hash() != first


def test_both_spellings_of_a_program_give_the_same_inputs(checked: Check) -> None:
    snake, _ = checked("Runtime", name="a", code=CODE, environment_variables={"A_b": "1"})
    camel, _ = checked("Runtime", name="a", code=CODE, environmentVariables={"A_b": "1"})
    assert snake == camel
