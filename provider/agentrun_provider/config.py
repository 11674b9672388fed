"""Settings of the provider, and how they are found.

The first of these that has a value decides, setting by setting: the resource's own setting, stack
config `agentrun:<key>`, environment variables `AGENTRUN_*`, then `ALIBABA_CLOUD_*` and `FC_*` of
the same meaning, `alicloud:region` for the region, the default. Keys are taken together from one
place, so that an id is never paired with the secret of another. Empty values count as not given.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from .errors import ConfigError
from .setting_forms import READERS
from .settings_table import SETTINGS, Setting

__all__ = ["SETTINGS", "Setting", "Settings", "resolve"]

_BY_NAME = {setting.name: setting for setting in SETTINGS}
_BY_KEY = {setting.key: setting for setting in SETTINGS}
_KEY_NAMES = ("access_key_id", "access_key_secret", "security_token")
_CREDENTIAL_NAMES = (*_KEY_NAMES, "profile")

_ACCELERATED_OSS = "oss-accelerate.aliyuncs.com"

_REGION_HINT = (
    "Run `pulumi config set agentrun:region cn-hangzhou`, or set alicloud:region, AGENTRUN_REGION, "
    "ALIBABA_CLOUD_REGION or FC_REGION"
)


@dataclass(frozen=True)
class Settings:
    """Where, as whom and how patiently to call the services. Endpoints are base URLs or None."""

    region: str
    account_id: str | None = None
    access_key_id: str | None = None
    access_key_secret: SecretStr | None = None
    security_token: SecretStr | None = None
    profile: str | None = None
    control_endpoint: str | None = None
    fc_endpoint: str | None = None
    sls_endpoint: str | None = None
    oss_endpoint: str | None = None
    sts_endpoint: str | None = None
    data_endpoint: str | None = None
    workspace: str | None = None
    adopt: bool = False
    max_retries: int = 5
    connect_timeout: float = 5.0
    read_timeout: float = 60.0
    create_timeout: float = 900.0
    update_timeout: float = 900.0
    delete_timeout: float = 900.0
    oss_host: str = field(default=_ACCELERATED_OSS, repr=False)
    """Where OSS is reached when there is no `oss_endpoint`; chosen by `resolve`."""

    @property
    def control_url(self) -> str:
        """Base URL of the control plane."""
        return self.control_endpoint or f"https://agentrun.{self.region}.aliyuncs.com"

    @property
    def fc_url(self) -> str:
        """Base URL of Function Compute's older API, which needs the account in its host.

        Raises:
            ConfigError: The account id is not in the settings; see `fc_url_of`.
        """
        if self.fc_endpoint:
            return self.fc_endpoint
        if not self.account_id:
            raise ConfigError(
                "the account id is not known", "Set agentrun:accountId or AGENTRUN_ACCOUNT_ID"
            )
        return self.fc_url_of(self.account_id)

    def fc_url_of(self, account_id: str) -> str:
        """Base URL of Function Compute's older API for an account."""
        return self.fc_endpoint or f"https://{account_id}.{self.region}.fc.aliyuncs.com"

    @property
    def fcv3_url(self) -> str:
        """Base URL of Function Compute 3.0."""
        return self.fc_endpoint or f"https://fcv3.{self.region}.aliyuncs.com"

    @property
    def sls_url(self) -> str:
        """Base URL of the log service, without a project."""
        return self.sls_endpoint or f"https://{self.region}.log.aliyuncs.com"

    @property
    def sts_url(self) -> str:
        """Base URL of STS."""
        return self.sts_endpoint or f"https://sts.{self.region}.aliyuncs.com"

    @property
    def oss_url(self) -> str:
        """Base URL of OSS, without a bucket."""
        return self.oss_endpoint or f"https://{self.oss_host}"

    def data_url(self, account_id: str) -> str:
        """Base URL of the data plane for an account."""
        host = f"{account_id}.agentrun-data.{self.region}.aliyuncs.com"
        return self.data_endpoint or f"https://{host}"


def resolve(
    config: Mapping[str, Any],
    environ: Mapping[str, str],
    overrides: Mapping[str, Any] | None = None,
) -> Settings:
    """Find all settings.

    Args:
        config: Stack config by full key, e.g. `agentrun:region`; secrets in plain text.
        environ: Environment variables.
        overrides: Settings of one resource, by key in either spelling; None counts as not given.

    Raises:
        ConfigError: Something is missing or wrong; the message names every problem, and for each
            the config key or environment variable it comes from.
    """
    problems: list[str] = []
    places = [
        _overrides_place(overrides or {}, problems),
        _place(config, "stack config", lambda setting: (setting.config_key,)),
        *(_environment_place(environ, prefix) for prefix in _ENVIRONMENT_PREFIXES),
        _Place({"region": (config.get("alicloud:region"), "alicloud:region")}).without_empty(),
    ]
    credentials = next((place for place in places if place.has_any(_CREDENTIAL_NAMES)), _Place({}))
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        among = [credentials] if setting.name in _CREDENTIAL_NAMES else places
        found = next((place.found[setting.name] for place in among if place.has(setting)), None)
        if found:
            values[setting.name] = _read(setting, *found, problems)
        elif setting.default is not None:
            values[setting.name] = setting.default
    problems += _key_problems(credentials)
    if "region" not in values:
        problems.insert(0, "no region is given")
    if problems:
        hint = "" if "region" in values else _REGION_HINT
        raise ConfigError("; ".join(problems), hint)
    return Settings(**values, oss_host=_oss_host(values["region"], environ))


_ENVIRONMENT_PREFIXES = ("AGENTRUN_", "ALIBABA_CLOUD_", "FC_")

_Found = tuple[Any, str]


@dataclass(frozen=True)
class _Place:
    """Raw values from one place by name of the setting, each with the words for where it is."""

    found: dict[str, _Found]

    def has(self, setting: Setting) -> bool:
        return setting.name in self.found

    def has_any(self, names: tuple[str, ...]) -> bool:
        return any(name in self.found for name in names)

    def without_empty(self) -> _Place:
        return _Place(
            {
                name: found
                for name, found in self.found.items()
                if found[0] is not None and str(found[0]).strip()
            }
        )


def _place(
    source: Mapping[str, Any], words: str, keys_of: Callable[[Setting], tuple[str, ...]]
) -> _Place:
    return _Place(
        {
            setting.name: (source[key], words or key)
            for setting in SETTINGS
            for key in reversed(keys_of(setting))
            if key in source
        }
    ).without_empty()


def _environment_place(environ: Mapping[str, str], prefix: str) -> _Place:
    # An empty variable must not hide a later one of the same meaning.
    given = {key: value for key, value in environ.items() if value.strip()}
    return _place(
        given,
        "",
        lambda setting: tuple(name for name in setting.environment if name.startswith(prefix)),
    )


def _overrides_place(overrides: Mapping[str, Any], problems: list[str]) -> _Place:
    for key in overrides:
        if key not in _BY_NAME and key not in _BY_KEY:
            near = difflib.get_close_matches(key, [*_BY_KEY, *_BY_NAME], n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            problems.append(f"{key} is not a known setting{meant}")
    return _place(overrides, "the resource", lambda setting: (setting.key, setting.name))


def _read(setting: Setting, raw: Any, words: str, problems: list[str]) -> Any:
    """Read one value; a problem never quotes it, since it may be a secret in the wrong place."""
    try:
        value = READERS[setting.form](raw)
    except ValueError as error:
        names = f"{setting.config_key} ({setting.environment[0]})"
        problems.append(f"{names} {error}, unlike the value from {words}")
        return None
    return SecretStr(value) if setting.secret else value


def _key_problems(place: _Place) -> list[str]:
    """Refuse half a pair of keys: the other half may not come from somewhere else."""
    if not place.has_any(_KEY_NAMES):
        return []
    words = next(place.found[name][1] for name in _KEY_NAMES if name in place.found)
    return [
        f"{_BY_NAME[name].config_key} ({_BY_NAME[name].environment[0]}) is missing beside the "
        f"keys from {words}"
        for name in _KEY_NAMES[:2]
        if name not in place.found
    ]


def _oss_host(region: str, environ: Mapping[str, str]) -> str:
    """Choose the OSS host for uploads as the Serverless Devs component does (reference 6.2)."""
    inside = environ.get("FC_REGION") == region
    if region == "cn-heyuan-acdr-1":
        return f"oss-{region}-internal.aliyuncs.com"
    if region == "cn-shanghai-finance-1":
        return f"oss-{region}-pub{'-internal' if inside else ''}.aliyuncs.com"
    if environ.get("AGENTRUN_CUSTOM_ENDPOINT"):
        return f"oss-{region}.aliyuncs.com"
    return f"oss-{region}-internal.aliyuncs.com" if inside else _ACCELERATED_OSS
