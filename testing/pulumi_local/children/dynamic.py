"""Runs the dynamic provider server of the `pulumi` package, and ends it with its engine.

Started by path with the interpreter of the program, where only `pulumi` is sure to be installed.
The server itself never ends: it would outlive an engine that is killed. So standard input is a
pipe that the engine holds open, and its end is the end of this process.
"""

import os
import runpy
import sys
import threading


def _take_lifeline() -> int:
    """Return the pipe that the engine holds open, and leave an empty standard input instead."""
    lifeline = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return lifeline


def _end_with_engine(lifeline: int) -> None:
    while os.read(lifeline, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    # The folder of this script must not shadow modules; the program's own are to be found.
    sys.path[0] = os.getcwd()
    threading.Thread(target=_end_with_engine, args=(_take_lifeline(),), daemon=True).start()
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
