"""What the exit codes of all `pulumi-agentrun` commands mean, for scripts.

    0  done
    1  the service failed, or something else did
    2  bad input or usage, or settings that are missing or wrong
    3  what was asked for does not exist
    4  the service refused the credentials or a permission
    5  a check of `doctor` failed, or there are differences where they were asked for
  130  interrupted with Ctrl-C; `logs --tail` ends with 0 then

`pulumi-agentrun local …` keeps the exit codes of the Pulumi CLI instead, and `instances exec` ends
with that of the command it ran.
"""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
BAD_INPUT: Final = 2
NOT_FOUND: Final = 3
REFUSED: Final = 4
CHECK_FAILED: Final = 5
INTERRUPTED: Final = 128 + 2
