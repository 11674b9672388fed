"""Stands in for the command `s` in the tests of the documentation: `s deploy -t FILE`.

It sends what the Serverless Devs component sends, which the converter's tests know independently of
the converter.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Deploy one file."""
    from agentrun_provider.config import resolve
    from agentrun_provider.session import Session

    from tests.convert.component import Component

    assert arguments[:2] == ["deploy", "-t"], arguments
    settings = resolve({"agentrun:region": "cn-hangzhou"}, os.environ)
    Component(Session(settings), os.environ).deploy(Path(arguments[2]).absolute())
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    sys.exit(main(sys.argv[1:]))
