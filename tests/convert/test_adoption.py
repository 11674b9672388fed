"""What the component deployed is taken over by the converted program without a change."""

from __future__ import annotations

import pytest
from agentrun_provider.errors import InvalidRequest

from .conftest import Migration

ENVIRONMENT = {
    "VPC_ID": "vpc-bp1234567890abcdef",
    "VSWITCH_ID": "vsw-bp1111111111111111",
    "SECURITY_GROUP_ID": "sg-bp1234567890abcdef",
}


def adopted_without_a_change(migration: Migration, stack: str) -> None:
    """Preview and `up` tell that nothing changes and write nothing; a second `up` is quiet."""
    project = migration.project
    migration.writes()
    preview = project.run("preview", stack=stack)
    told = [line for line in (preview.text + preview.errors).splitlines() if "adopts" in line]
    assert all("nothing changes" in line for line in told), told
    first = project.run("up", stack=stack)
    told = [line for line in (first.text + first.errors).splitlines() if "adopts" in line]
    assert told
    assert all("nothing changes" in line for line in told), told
    assert migration.writes() == []
    again = project.json("up", stack=stack)
    assert set(again.changes) == {"same"}
    assert migration.writes() == []


@pytest.mark.parametrize("sample", ["guide"], indirect=True)
def test_the_guides_two_files(sample: Migration) -> None:
    sample.environ = ENVIRONMENT
    with pytest.raises(InvalidRequest, match="Port is required"):
        sample.deploy("s.dev.yaml")
    for name in ("s.dev.yaml", "s.prod.yaml"):
        file = sample.folder / name
        text = file.read_text(encoding="utf-8")
        file.write_text(text.replace("        cpu:", "        port: 9000\n        cpu:"), "utf-8")
        sample.deploy(name)
    sample.convert("s.dev.yaml", "s.prod.yaml")
    for key, variable in (
        ("vpcId", "VPC_ID"),
        ("vswitchId", "VSWITCH_ID"),
        ("securityGroupId", "SECURITY_GROUP_ID"),
    ):
        sample.set("prod", key, ENVIRONMENT[variable])
    adopted_without_a_change(sample, "dev")
    adopted_without_a_change(sample, "prod")


@pytest.mark.parametrize("sample", ["every"], indirect=True)
def test_every_field_of_the_schema(sample: Migration) -> None:
    session = sample.session("cn-shanghai")
    session.client.call(
        "CreateCredential",
        "POST",
        "/agents/credentials",
        body={
            "credentialName": "callers",
            "credentialAuthType": "api_key",
            "credentialSourceType": "internal",
            "credentialSecret": "callers-secret",
        },
    )
    session.client.close()
    sample.deploy("s.prod.yaml", "cn-shanghai")
    sample.convert("s.prod.yaml")
    sample.set("prod", "databasePassword", "correct-horse-battery", secret=True)
    sample.set("prod", "armsLicenseKey", "abcdefgh@0123456789", secret=True)
    adopted_without_a_change(sample, "prod")
    state = (sample.out / "Pulumi.prod.yaml").read_text(encoding="utf-8")
    assert "correct-horse" not in state


@pytest.mark.parametrize("sample", ["several"], indirect=True)
def test_several_agents_with_templates_and_outputs(sample: Migration) -> None:
    sample.environ = {"PLANNER_API_KEY": "sk-planner"}
    sample.deploy("s.test.yaml")
    sample.convert("s.test.yaml", "s.live.yaml")
    adopted_without_a_change(sample, "test")


@pytest.mark.parametrize("sample", ["container"], indirect=True)
def test_an_image_from_a_private_registry(sample: Migration) -> None:
    component = sample.deploy_and_publish("s.yaml", "cn-beijing", "from-image")
    assert component.outputs["agent"]["agent"]["endpoints"][0]["name"] == "production"
    sample.convert("s.yaml")
    sample.set("dev", "containerRegistryAuthPassword", "hunter2hunter2", secret=True)
    adopted_without_a_change(sample, "dev")


@pytest.mark.parametrize("sample", ["bucket"], indirect=True)
def test_code_in_a_bucket_with_automatic_logs(sample: Migration) -> None:
    sample.put_package("agent-packages", "agent/1.0.zip", "s.dev.yaml")
    sample.deploy("s.dev.yaml")
    sample.convert("s.dev.yaml")
    adopted_without_a_change(sample, "dev")


@pytest.mark.parametrize("sample", ["weights"], indirect=True)
def test_endpoints_with_weights_that_split_nothing(sample: Migration) -> None:
    sample.deploy_and_publish("s.prod.yaml", "cn-hangzhou", "weights-prod", versions=2)
    sample.convert("s.prod.yaml")
    adopted_without_a_change(sample, "prod")
    assert set(sample.project.json("preview", stack="prod").changes) == {"same"}
    assert set(sample.project.json("refresh", stack="prod").changes) <= {"same"}
