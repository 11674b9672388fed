"""The fixtures, as a project that installs the distribution uses them."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]
PLUGIN = "agentrun_fake.pytest_plugin"
FIRST_LINES = """
import httpx
import os
import pytest
import requests
from agentrun_fake import FakeSettings
URL = f"https://agentrun.cn-hangzhou.aliyuncs.com/2025-09-10/agents/runtimes"
"""


def run(pytester: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    pytester.makepyfile(FIRST_LINES + tests)
    return pytester.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider", *options)


def test_each_test_has_a_cloud_of_its_own(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.mark.parametrize("_", [1, 2])
def test_cloud(agentrun_cloud, _):
    assert not agentrun_cloud.calls
    assert httpx.get(URL).status_code == 400
    assert requests.get(URL, timeout=1).json()["Code"] == "MissingAuthorization"
    assert len(agentrun_cloud.calls) == 2
    assert os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] == agentrun_cloud.settings.access_key_id

def test_after():
    assert "ALIBABA_CLOUD_ACCESS_KEY_ID" not in os.environ
""",
    )
    result.assert_outcomes(passed=3)


def test_settings_are_overridden_by_a_fixture(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
@pytest.fixture
def agentrun_settings():
    return FakeSettings(verify=False, region="cn-beijing")

def test_settings(agentrun_cloud):
    assert httpx.get(URL).json()["data"]["items"] == []
    assert os.environ["AGENTRUN_REGION"] == "cn-beijing"
""",
    )
    result.assert_outcomes(passed=1)


def test_a_server_shows_the_same_cloud(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
def test_server(agentrun_cloud, agentrun_server):
    assert httpx.get(f"{agentrun_server.url}/2025-09-10/agents/runtimes").status_code == 400
    assert len(agentrun_cloud.calls) == 1
""",
    )
    result.assert_outcomes(passed=1)


def test_two_processes_do_not_see_each_other(pytester: pytest.Pytester) -> None:
    result = run(
        pytester,
        """
import sys

@pytest.mark.parametrize("number", range(4))
def test_write(agentrun_cloud, agentrun_server, number):
    agentrun_cloud.put_object("mine", "key", str(number).encode())
    assert agentrun_cloud.get_object("mine", "key") == str(number).encode()
    assert list(agentrun_cloud.store.buckets) == ["mine"]
""",
        "-n",
        "2",
    )
    result.assert_outcomes(passed=4)


def test_the_plugin_alone_imports_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
import sys

def test_nothing():
    loaded = {name for name in sys.modules if name.startswith("agentrun_fake.")}
    assert loaded == {"agentrun_fake.pytest_plugin"}
    assert not {"httpx", "requests", "responses"} & set(sys.modules)
"""
    )
    pytester.runpytest_subprocess("-p", PLUGIN).assert_outcomes(passed=1)


def test_the_services_come_with_the_first_request_only(pytester: pytest.Pytester) -> None:
    """What makes the start of the fixture quick; `benchmarks/fixture.py` measures it."""
    pytester.makepyfile(
        """
import sys

def test_nothing_is_asked(agentrun_cloud):
    loaded = [name for name in sys.modules if name.startswith("agentrun_fake.services")]
    assert loaded == []
"""
    )
    pytester.runpytest_subprocess("-p", PLUGIN).assert_outcomes(passed=1)
