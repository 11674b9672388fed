"""Runs a Pulumi program against the engine that started this process.

Started by path with the interpreter of the program, where only `pulumi` is sure to be installed:
``program.py <settings as JSON>``. Standard input is a pipe that the engine holds open; this
process ends when it ends. Exit codes: 0 done, 1 failed, 32 failed and the user has been told.
"""

import asyncio
import json
import logging
import os
import runpy
import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

USER_WAS_TOLD = 32


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
    os._exit(1)


def _import_pulumi() -> Any:
    try:
        import pulumi
        import pulumi.runtime
    except ImportError as error:
        sys.stderr.write(
            f"The interpreter {sys.executable} cannot import the Pulumi SDK ({error}).\n"
            "Install the program's requirements into it, or name its virtual environment in"
            " Pulumi.yaml (runtime.options.virtualenv).\n"
        )
        sys.exit(USER_WAS_TOLD)
    return pulumi


def _configure(pulumi: Any, settings: dict[str, Any]) -> None:
    runtime = pulumi.runtime
    runtime.set_all_config(runtime.get_config_env(), runtime.get_config_secret_keys_env())
    runtime.configure(
        runtime.Settings(
            project=settings["project"],
            stack=settings["stack"],
            organization=settings["organization"],
            root_directory=settings["root_directory"],
            monitor=settings["monitor"],
            engine=settings["engine"],
            parallel=settings["parallel"],
            dry_run=settings["dry_run"],
        )
    )


def _user_trace(program: str, error: BaseException) -> str:
    """Return an exception's traceback from the user's first own frame on."""
    frames = traceback.extract_tb(error.__traceback__)
    root = os.path.dirname(program) if program.endswith(".py") else program
    # What is compiled from no file, as in "<frozen runpy>", is nobody's own.
    names = [frame.filename for frame in frames]
    mine = [
        index
        for index, name in enumerate(names)
        if not name.startswith("<") and os.path.abspath(name).startswith(root + os.sep)
    ]
    limit = mine[0] - len(frames) if mine else None
    return "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=limit))


def _run(pulumi: Any, program: str, parallel: int) -> int:
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # As many registrations at once as the engine takes, with some to spare for invokes.
    executor = ThreadPoolExecutor(max_workers=max(parallel, 1) * 4)
    loop.set_default_executor(executor)
    # A program that failed leaves futures nobody waits for; asyncio's words on that help no one.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    def user_program() -> None:
        runpy.run_path(program, run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(user_program))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception as error:
        trace = _user_trace(program, error)
        pulumi.log.error(f"Program failed with an unhandled exception:\n{trace}")
        return USER_WAS_TOLD
    finally:
        executor.shutdown(wait=True)
        loop.close()
    return 0


def main() -> None:
    """Run the program that the argument describes, and exit with its code."""
    settings = json.loads(sys.argv[1])
    program = settings["program"]
    # The folder of this script must not shadow modules; run_path puts the program's in front.
    sys.path.pop(0)
    if program.endswith(".py"):
        sys.path.insert(0, os.path.dirname(program))
    threading.Thread(target=_end_with_engine, args=(_take_lifeline(),), daemon=True).start()
    pulumi = _import_pulumi()
    _configure(pulumi, settings)
    sys.argv = [program]
    code = _run(pulumi, program, settings["parallel"])
    sys.stdout.flush()
    sys.stderr.flush()
    sys.exit(code)


if __name__ == "__main__":
    main()
