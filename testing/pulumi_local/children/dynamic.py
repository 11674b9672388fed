"""Runs the dynamic provider server of the `pulumi` package, and ends it with its engine.

Started by path with the interpreter of the program, where only `pulumi` is sure to be installed.
The server itself never ends: it would outlive an engine that is killed. So standard input is a
pipe that the engine holds open, and its end is the end of this process.
"""

import os
import runpy
import sys
import threading


def _end_with_engine() -> None:
    # Bypasses sys.stdin, whose lock would be held by this thread when the interpreter ends.
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    # The folder of this script must not shadow modules; the program's own are to be found.
    sys.path[0] = os.getcwd()
    threading.Thread(target=_end_with_engine, daemon=True).start()
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
