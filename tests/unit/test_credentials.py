"""Keys come from the settings, a profile or the official library's chain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from agentrun_provider.config import Settings
from agentrun_provider.credentials import Credentials, provider_for
from agentrun_provider.errors import ConfigError
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.utils import auth_constant
from pydantic import SecretStr
from Tea.exceptions import RetryError

BARE = Settings(region="cn-hangzhou")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for the library, which fixes it when it is imported."""
    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    return tmp_path


def write_profiles(home: Path, *profiles: dict[str, str]) -> None:
    folder = home / ".aliyun"
    folder.mkdir()
    content = {"current": profiles[0]["name"], "profiles": list(profiles)}
    (folder / "config.json").write_text(json.dumps(content), encoding="utf-8")


def run(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter of its own, where the library is imported anew."""
    return subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class StubChain:
    """Stands for the library's default chain."""

    def __init__(self, *answers: object) -> None:
        self._answers = list(answers)

    def get_credentials(self) -> object:
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class Keys:
    def __init__(self, key_id: str | None, secret: str | None, token: str | None) -> None:
        self._values = key_id, secret, token

    def get_access_key_id(self) -> str | None:
        return self._values[0]

    def get_access_key_secret(self) -> str | None:
        return self._values[1]

    def get_security_token(self) -> str | None:
        return self._values[2]


def use_chain(monkeypatch: pytest.MonkeyPatch, chain: StubChain) -> None:
    monkeypatch.setattr("agentrun_provider.credentials._default_chain", lambda: chain)


def test_secrets_are_not_shown() -> None:
    shown = repr(Credentials("id", "hidden-secret", "hidden-token"))

    assert "id" in shown
    assert "hidden" not in shown


def test_keys_of_the_settings_are_used_as_they_are() -> None:
    settings = replace(
        BARE,
        access_key_id="id",
        access_key_secret=SecretStr("secret"),
        security_token=SecretStr("token"),
    )

    assert provider_for(settings)() == Credentials("id", "secret", "token")


def test_keys_without_a_token_are_permanent(settings: Settings) -> None:
    assert provider_for(settings)() == Credentials("testak", "testsecret", None)


def test_a_profile_is_read_from_the_config_file_of_the_cli(home: Path) -> None:
    write_profiles(
        home,
        {"name": "default", "mode": "AK", "access_key_id": "a", "access_key_secret": "b"},
        {
            "name": "prod",
            "mode": "StsToken",
            "access_key_id": "c",
            "access_key_secret": "d",
            "sts_token": "e",
        },
    )

    provide = provider_for(replace(BARE, profile="prod"))

    assert provide() == Credentials("c", "d", "e")


def test_a_profile_that_does_not_exist_is_named(home: Path) -> None:
    write_profiles(home, {"name": "default", "mode": "AK"})

    with pytest.raises(ConfigError, match="profile prod"):
        provider_for(replace(BARE, profile="prod"))()


def test_a_profile_without_keys_is_named(home: Path) -> None:
    write_profiles(home, {"name": "empty", "mode": "AK"})

    with pytest.raises(ConfigError, match="profile empty"):
        provider_for(replace(BARE, profile="empty"))()


def test_without_settings_the_default_chain_is_asked_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use_chain(monkeypatch, StubChain(Keys("a", "b", "old"), Keys("a", "b", "new")))

    provide = provider_for(BARE)

    assert provide() == Credentials("a", "b", "old")
    assert provide() == Credentials("a", "b", "new")


def test_an_empty_token_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    use_chain(monkeypatch, StubChain(Keys("a", "b", "")))

    assert provider_for(BARE)() == Credentials("a", "b", None)


@pytest.mark.parametrize(
    "answer",
    [
        CredentialException("unable to load"),
        RetryError("HTTPSConnectionPool: /?Action=AssumeRole&Signature=hidden (timed out)"),
        OSError("unreachable"),
        KeyError("Credentials"),
        CredentialException("long " * 1000),
        Keys(None, None, None),
    ],
    ids=["refused", "unreachable role", "unreachable", "malformed", "long", "empty"],
)
def test_without_any_keys_all_ways_to_give_them_are_listed(
    monkeypatch: pytest.MonkeyPatch, answer: object
) -> None:
    use_chain(monkeypatch, StubChain(answer))

    with pytest.raises(ConfigError) as refused:
        provider_for(BARE)()

    line = refused.value.one_line()
    for way in ("agentrun:accessKeyId", "ALIBABA_CLOUD_ACCESS_KEY_ID", "agentrun:profile", "ECS"):
        assert way in line
    assert "hidden" not in line
    assert len(line) < 700


def test_a_bug_is_not_taken_for_missing_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    use_chain(monkeypatch, StubChain(AssertionError("bug")))

    with pytest.raises(AssertionError):
        provider_for(BARE)()


ROLE_THAT_CAN_NOT_BE_ASSUMED = """
import sys
from Tea.core import TeaCore
from Tea.exceptions import RetryError
from agentrun_provider.config import Settings
from agentrun_provider.credentials import provider_for
from agentrun_provider.errors import ConfigError

def unreachable(*args, **options):
    raise RetryError("can't reach sts: /?Signature=hidden")

TeaCore.do_action = unreachable
try:
    provider_for(Settings(region="cn-hangzhou", profile="role"))()
except ConfigError as error:
    sys.stdout.write(error.one_line())
"""


def test_a_role_that_can_not_be_assumed_is_told_in_one_line_and_nothing_else_is_printed(
    tmp_path: Path,
) -> None:
    role = {
        "name": "role",
        "mode": "RamRoleArn",
        "access_key_id": "a",
        "access_key_secret": "b",
        "ram_role_arn": "acs:ram::1:role/deployer",
        "ram_session_name": "s",
    }
    write_profiles(tmp_path, role)

    done = run(ROLE_THAT_CAN_NOT_BE_ASSUMED, HOME=str(tmp_path), USERPROFILE=str(tmp_path))

    assert done.stderr == ""
    assert done.stdout.startswith("profile role gives no keys: can't reach sts")
    assert "hidden" not in done.stdout


def test_the_default_chain_is_the_one_of_the_library(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alibabacloud_credentials.utils import auth_util

    monkeypatch.setattr(auth_util, "environment_access_key_id", "env-id")
    monkeypatch.setattr(auth_util, "environment_access_key_secret", "env-secret")

    assert provider_for(BARE)() == Credentials("env-id", "env-secret", None)


def test_the_library_is_imported_only_when_it_is_needed() -> None:
    program = (
        "import sys\n"
        "from agentrun_provider.config import Settings\n"
        "from agentrun_provider.credentials import provider_for\n"
        "import agentrun_provider.client, agentrun_provider.packaging, agentrun_provider.upload\n"
        "provider_for(Settings(region='cn-hangzhou'))\n"
        "heavy = ('alibabacloud_credentials', 'fastcrc', 'pathspec', 'pulumi', 'grpc')\n"
        "found = [name for name in heavy if name in sys.modules]\n"
        "sys.exit(f'imported too early: {found}' if found else 0)\n"
    )

    done = run(program)

    assert done.returncode == 0, done.stderr
