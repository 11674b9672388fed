"""One session per set of settings, shared by all resources that a provider process serves."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from typing import Any

from ..config import SETTINGS, resolve
from ..holding import Holding
from ..session import Session
from .dynamic import tell_progress

_LOCK = threading.Lock()
_SESSIONS: dict[str, Session] = {}
HOLDING = Holding()


def configured(get: Callable[[str], Any]) -> dict[str, Any]:
    """Collect the provider's settings, by their full keys, through a getter of short keys."""
    values = {setting.config_key: get(setting.key) for setting in SETTINGS}
    return {key: value for key, value in values.items() if value is not None}


def session_for(config: Mapping[str, Any], overrides: Mapping[str, Any]) -> Session:
    """Return the session of a stack's configuration with a resource's own settings on top.

    Raises:
        ConfigError: The settings are incomplete or wrong.
    """
    key = json.dumps([dict(config), dict(overrides)], sort_keys=True, default=str)
    with _LOCK:
        if key not in _SESSIONS:
            settings = resolve(config, os.environ, overrides)
            _SESSIONS[key] = Session(settings, progress=tell_progress, holding=HOLDING)
        return _SESSIONS[key]
