"""Settings come from the right place, and all that is wrong with them is told at once."""

from __future__ import annotations

import pickle
from dataclasses import fields
from typing import Any

import pytest
from agentrun_provider.config import SETTINGS, Settings, resolve
from agentrun_provider.errors import ConfigError
from pydantic import SecretStr

REGION = {"agentrun:region": "cn-hangzhou"}


def refusal(
    config: dict[str, Any],
    environ: dict[str, str] | None = None,
    overrides: dict[str, Any] | None = None,
) -> ConfigError:
    with pytest.raises(ConfigError) as refused:
        resolve(config, environ or {}, overrides)
    return refused.value


def test_the_table_and_the_settings_name_the_same_things() -> None:
    attributes = {field.name for field in fields(Settings)} - {"oss_host"}

    assert {setting.name for setting in SETTINGS} == attributes
    assert len({setting.key for setting in SETTINGS}) == len(SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_each_setting_has_an_agentrun_variable_and_documentation(setting: Any) -> None:
    assert setting.environment[0] == "AGENTRUN_" + setting.name.upper()
    assert setting.doc
    assert not setting.doc.endswith(".")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_the_defaults_of_the_table_are_those_of_the_settings(setting: Any) -> None:
    default = {field.name: field.default for field in fields(Settings)}[setting.name]

    if setting.key != "region":
        assert default == setting.default


EXAMPLES: dict[str, tuple[Any, Any]] = {
    "text": ("some-text", "some-text"),
    "key": ("some-key", "some-key"),
    "region": ("cn-shanghai", "cn-shanghai"),
    "digits": ("1234567890123456", "1234567890123456"),
    "endpoint": ("http://127.0.0.1:9", "http://127.0.0.1:9"),
    "count": ("3", 3),
    "seconds": ("90", 90.0),
    "flag": ("true", True),
}


def _with_pair(setting: Any, source: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """Complete half a pair of keys, which is refused otherwise."""
    if setting.key in ("accessKeyId", "accessKeySecret", "securityToken"):
        return {names["accessKeyId"]: "id", names["accessKeySecret"]: "secret", **source}
    return source


def _plain(value: Any) -> Any:
    return value.get_secret_value() if isinstance(value, SecretStr) else value


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.key)
def test_each_setting_is_read_from_stack_config(setting: Any) -> None:
    raw, expected = EXAMPLES[setting.form]
    names = {each.key: each.config_key for each in SETTINGS}

    found = resolve(REGION | _with_pair(setting, {setting.config_key: raw}, names), {})

    assert _plain(getattr(found, setting.name)) == expected


@pytest.mark.parametrize(
    ("setting", "variable"),
    [(setting, name) for setting in SETTINGS for name in setting.environment],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_each_setting_is_read_from_each_of_its_variables(setting: Any, variable: str) -> None:
    raw, expected = EXAMPLES[setting.form]
    prefix = "ALIBABA_CLOUD_" if variable.startswith("ALIBABA") else "AGENTRUN_"
    names = {each.key: prefix + each.name.upper() for each in SETTINGS}
    config = {} if setting.key == "region" else REGION

    found = resolve(config, _with_pair(setting, {variable: raw}, names))

    assert _plain(getattr(found, setting.name)) == expected


def test_the_resource_outranks_stack_config_which_outranks_the_environment() -> None:
    config = {"agentrun:region": "cn-shanghai", "alicloud:region": "eu-west-1"}
    environ = {"AGENTRUN_REGION": "cn-beijing", "ALIBABA_CLOUD_REGION": "cn-shenzhen"}

    assert resolve(config, environ, {"region": "cn-hangzhou"}).region == "cn-hangzhou"
    assert resolve(config, environ, {"region": None}).region == "cn-shanghai"
    assert resolve({"alicloud:region": "eu-west-1"}, environ).region == "cn-beijing"
    del environ["AGENTRUN_REGION"]
    assert resolve({"alicloud:region": "eu-west-1"}, environ).region == "cn-shenzhen"
    assert resolve({"alicloud:region": "eu-west-1"}, {}).region == "eu-west-1"


def test_empty_values_count_as_not_given() -> None:
    environ = {"AGENTRUN_REGION": " ", "ALIBABA_CLOUD_REGION": "", "FC_REGION": "cn-beijing"}

    assert resolve({"agentrun:region": ""}, environ).region == "cn-beijing"


def test_an_empty_variable_does_not_hide_a_later_one_of_the_same_meaning() -> None:
    environ = {"ALIBABA_CLOUD_REGION": "", "ALIBABA_CLOUD_REGION_ID": "cn-beijing"}

    assert resolve({}, environ).region == "cn-beijing"


def test_a_missing_region_names_all_ways_to_give_it() -> None:
    error = refusal({})

    for way in ("agentrun:region", "alicloud:region", "AGENTRUN_REGION", "ALIBABA_CLOUD_REGION"):
        assert way in error.one_line()


def test_keys_are_taken_together_from_one_place() -> None:
    config = {"agentrun:accessKeyId": "config-id", "agentrun:accessKeySecret": "config-secret"}
    environ = {
        "AGENTRUN_ACCESS_KEY_ID": "env-id",
        "AGENTRUN_ACCESS_KEY_SECRET": "env-secret",
        "AGENTRUN_SECURITY_TOKEN": "env-token",
    }

    found = resolve(REGION | config, environ)

    assert found.access_key_id == "config-id"
    assert _plain(found.access_key_secret) == "config-secret"
    assert found.security_token is None


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ("agentrun:accessKeyId", ["agentrun:accessKeySecret"]),
        ("agentrun:accessKeySecret", ["agentrun:accessKeyId"]),
        ("agentrun:securityToken", ["agentrun:accessKeyId", "agentrun:accessKeySecret"]),
    ],
)
def test_half_a_pair_of_keys_is_not_completed_from_elsewhere(
    given: str, missing: list[str]
) -> None:
    environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "b"}

    error = refusal(REGION | {given: "x"}, environ)

    for name in missing:
        assert f"{name} (AGENTRUN_" in str(error)
    assert "stack config" in str(error)


def test_a_profile_in_stack_config_outranks_keys_in_the_environment() -> None:
    environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "a", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "b"}

    found = resolve(REGION | {"agentrun:profile": "prod"}, environ)

    assert (found.profile, found.access_key_id) == ("prod", None)


def test_all_problems_are_told_at_once_with_key_variable_and_place() -> None:
    config = {"agentrun:maxRetries": "many", "agentrun:readTimeout": "-1"}
    environ = {"AGENTRUN_CONTROL_ENDPOINT": "ftp://x", "AGENTRUN_ACCOUNT_ID": "me"}

    text = str(refusal(config, environ, {"regoin": "cn-hangzhou"}))

    assert "no region is given" in text
    assert "regoin is not a known setting; did you mean region?" in text
    assert "agentrun:maxRetries (AGENTRUN_MAX_RETRIES) must be a whole number" in text
    assert "agentrun:readTimeout (AGENTRUN_READ_TIMEOUT) must be a time" in text
    assert "agentrun:accountId (AGENTRUN_ACCOUNT_ID) must be a number" in text
    assert "agentrun:controlEndpoint (AGENTRUN_CONTROL_ENDPOINT) must be a host" in text
    assert "from AGENTRUN_CONTROL_ENDPOINT" in text
    assert "from stack config" in text


def test_a_region_of_the_wrong_form_is_not_called_missing() -> None:
    error = refusal({"agentrun:region": "https://evil.example/"})

    assert "must be a region id" in str(error)
    assert "no region" not in str(error)


def test_problems_do_not_quote_values() -> None:
    error = refusal(
        REGION | {"agentrun:accessKeyId": "id", "agentrun:accessKeySecret": "my secret"}
    )

    assert "agentrun:accessKeySecret" in str(error)
    assert "my secret" not in error.one_line()


def test_overrides_may_be_spelled_either_way() -> None:
    assert resolve(REGION, {}, {"maxRetries": 1}).max_retries == 1
    assert resolve(REGION, {}, {"max_retries": 0}).max_retries == 0


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("agentrun-vpc.cn-hangzhou.aliyuncs.com", "https://agentrun-vpc.cn-hangzhou.aliyuncs.com"),
        ("127.0.0.1:8080", "https://127.0.0.1:8080"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("https://fake.test:8443", "https://fake.test:8443"),
        ("http://[::1]:8080", "http://[::1]:8080"),
        ("HTTP://localhost", "http://localhost"),
    ],
)
def test_an_endpoint_is_a_host_with_or_without_port_or_a_url(written: str, url: str) -> None:
    found = resolve(REGION | {"agentrun:controlEndpoint": written}, {})

    assert found.control_url == url


@pytest.mark.parametrize(
    "written",
    [
        "ftp://host",
        "http://",
        "http://host/path",
        "host/path",
        "http://user:password@host",
        "host:port",
        "http://host:99999",
        "host?x=1",
        "two words",
        "http://[::1",
    ],
)
def test_anything_else_is_no_endpoint(written: str) -> None:
    assert "controlEndpoint" in str(refusal(REGION | {"agentrun:controlEndpoint": written}))


@pytest.mark.parametrize(
    ("written", "seconds"),
    [(30, 30.0), ("30", 30.0), ("2.5", 2.5), ("90s", 90.0), ("15m", 900.0), ("1h30m", 5400.0)],
)
def test_a_time_is_seconds_or_hours_minutes_and_seconds(written: Any, seconds: float) -> None:
    assert resolve(REGION | {"agentrun:createTimeout": written}, {}).create_timeout == seconds


@pytest.mark.parametrize("written", ["0", "-5", "soon", "25h", "1m2h", True, "s", "nan", "inf"])
def test_anything_else_is_no_time(written: Any) -> None:
    assert "createTimeout" in str(refusal(REGION | {"agentrun:createTimeout": written}))


@pytest.mark.parametrize("written", ["-1", "21", "1.5", True])
def test_retries_are_a_whole_number_within_bounds(written: Any) -> None:
    assert "maxRetries" in str(refusal(REGION | {"agentrun:maxRetries": written}))


@pytest.mark.parametrize("written", ["12a", True, 1.5])
def test_an_account_is_a_number(written: Any) -> None:
    assert "accountId" in str(refusal(REGION | {"agentrun:accountId": written}))


def test_an_account_may_be_given_as_a_number() -> None:
    found = resolve(REGION | {"agentrun:accountId": 1234567890123456}, {})

    assert found.account_id == "1234567890123456"


@pytest.mark.parametrize("written", ["two\nlines", 5])
def test_text_is_text_on_one_line(written: Any) -> None:
    assert "workspace" in str(refusal(REGION | {"agentrun:workspace": written}))


def test_the_line_end_of_a_pasted_key_is_forgiven() -> None:
    found = resolve(
        REGION | {"agentrun:accessKeyId": "id\n", "agentrun:accessKeySecret": " secret\n"}, {}
    )

    assert (found.access_key_id, _plain(found.access_key_secret)) == ("id", "secret")


def test_secrets_are_not_shown() -> None:
    found = resolve(
        REGION
        | {
            "agentrun:accessKeyId": "id",
            "agentrun:accessKeySecret": "hidden-secret",
            "agentrun:securityToken": "hidden-token",
        },
        {},
    )

    assert "hidden" not in repr(found)
    assert "hidden" not in str(found)


def test_settings_can_be_compared_and_pickled() -> None:
    found = resolve(REGION, {})

    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - our own bytes


def test_default_addresses_follow_the_region() -> None:
    found = resolve(REGION | {"agentrun:accountId": "12"}, {})

    assert found.control_url == "https://agentrun.cn-hangzhou.aliyuncs.com"
    assert found.fcv3_url == "https://fcv3.cn-hangzhou.aliyuncs.com"
    assert found.fc_url == "https://12.cn-hangzhou.fc.aliyuncs.com"
    assert found.sls_url == "https://cn-hangzhou.log.aliyuncs.com"
    assert found.sts_url == "https://sts.cn-hangzhou.aliyuncs.com"
    assert found.oss_url == "https://oss-accelerate.aliyuncs.com"
    assert found.data_url("12") == "https://12.agentrun-data.cn-hangzhou.aliyuncs.com"


def test_every_address_can_be_overridden() -> None:
    config = {
        f"agentrun:{name}Endpoint": f"http://{name}.test"
        for name in ("control", "fc", "sls", "sts", "oss", "data")
    }

    found = resolve(REGION | config, {})

    assert found.control_url == "http://control.test"
    assert found.fc_url == found.fcv3_url == found.fc_url_of("12") == "http://fc.test"
    assert found.sls_url == "http://sls.test"
    assert found.sts_url == "http://sts.test"
    assert found.oss_url == "http://oss.test"
    assert found.data_url("12") == "http://data.test"


def test_the_older_fc_address_needs_the_account() -> None:
    with pytest.raises(ConfigError) as refused:
        _ = resolve(REGION, {}).fc_url

    assert "agentrun:accountId" in refused.value.hint


@pytest.mark.parametrize(
    ("region", "environ", "host"),
    [
        ("cn-hangzhou", {}, "oss-accelerate"),
        ("cn-hangzhou", {"FC_REGION": "cn-beijing"}, "oss-accelerate"),
        ("cn-hangzhou", {"FC_REGION": "cn-hangzhou"}, "oss-cn-hangzhou-internal"),
        (
            "cn-hangzhou",
            {"FC_REGION": "cn-hangzhou", "AGENTRUN_CUSTOM_ENDPOINT": "x"},
            "oss-cn-hangzhou",
        ),
        ("cn-shanghai-finance-1", {}, "oss-cn-shanghai-finance-1-pub"),
        (
            "cn-shanghai-finance-1",
            {"FC_REGION": "cn-shanghai-finance-1"},
            "oss-cn-shanghai-finance-1-pub-internal",
        ),
        ("cn-heyuan-acdr-1", {}, "oss-cn-heyuan-acdr-1-internal"),
    ],
)
def test_oss_is_reached_where_the_component_reaches_it(
    region: str, environ: dict[str, str], host: str
) -> None:
    found = resolve({"agentrun:region": region}, environ)

    assert found.oss_url == f"https://{host}.aliyuncs.com"


def test_the_variable_of_the_component_overrides_the_oss_address() -> None:
    found = resolve(REGION, {"FC_CODE_TEMP_OSS_ENDPOINT": "oss.example.test"})

    assert found.oss_url == "https://oss.example.test"
