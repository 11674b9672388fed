"""The operations: what an update, a refresh and a destroy consist of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import grpc
from pulumi.runtime.proto import resource_pb2_grpc

from pulumi_local.deleting import Deleter
from pulumi_local.monitor import MonitorService
from pulumi_local.plugins import CHANNEL_OPTIONS, program_folder
from pulumi_local.processes import OnLine
from pulumi_local.program import USER_WAS_TOLD, Program, ProgramSettings, RunningProgram
from pulumi_local.project import Project
from pulumi_local.providers import ProviderTable
from pulumi_local.refreshing import Refresher
from pulumi_local.registrar import Registrar
from pulumi_local.run import Run
from pulumi_local.state import STACK_TYPE
from pulumi_local.steps import Steps


def refresh(run: Run, providers: ProviderTable) -> None:
    """Bring the state in line with what is really there."""
    Refresher(run, providers).refresh_all()


def destroy(run: Run, providers: ProviderTable) -> None:
    """Delete everything that the state has."""
    Deleter(run, Steps(run, providers)).delete(run.journal.old_resources, set())


def update(
    run: Run,
    providers: ProviderTable,
    program: Program,
    *,
    project: Project,
    organization: str,
    engine_address: str,
    on_line: OnLine,
    on_start: Callable[[RunningProgram], None],
) -> None:
    """Run the program, bring about what it registers, and delete what it no longer has.

    ``on_start`` is given the running program, so that it can be ended from elsewhere.
    """
    steps = Steps(run, providers)
    registrar = Registrar(run, providers, steps)
    folder = program_folder(project)
    monitor = MonitorService(run, registrar, providers, project.root, folder, organization)
    with _served(monitor, run.parallel) as address:
        settings = ProgramSettings(
            project=run.project,
            stack=run.stack,
            organization=organization,
            monitor=address,
            engine=engine_address,
            config=run.config,
            preview=run.preview,
            parallel=run.parallel,
        )
        running = program.start(settings, on_line)
        on_start(running)
        try:
            code = running.wait()
        finally:
            running.stop()
    _note_exit(run, code)
    if run.failed or run.stopping:
        return
    _set_stack_outputs(run, monitor)
    condemned = [r for r in run.journal.old_resources if r.delete or not registrar.handled(r)]
    Deleter(run, steps).delete(condemned, registrar.deleted)


@contextmanager
def _served(monitor: MonitorService, parallel: int) -> Iterator[str]:
    """Serve the program's calls while the body runs, which gets the address."""
    # A registration occupies a thread until it is done, and a program may make many at once.
    pool = ThreadPoolExecutor(max_workers=parallel * 4 + 32, thread_name_prefix="monitor")
    server = grpc.server(pool, options=CHANNEL_OPTIONS)
    resource_pb2_grpc.add_ResourceMonitorServicer_to_server(monitor, server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        # Steps that a program left behind when it failed are finished, so that none is lost.
        server.stop(None).wait()
        pool.shutdown(wait=True)


def _note_exit(run: Run, code: int) -> None:
    if code == 0 or run.cancelled.is_set():
        return
    if code == USER_WAS_TOLD or run.failed or run.error_logged.is_set():
        run.fail_quietly()
    else:
        how = f"exit code {code}" if code > 0 else f"signal {-code}"
        run.fail(f"the program ended with {how}")


def _set_stack_outputs(run: Run, monitor: MonitorService) -> None:
    if not monitor.outputs_registered:
        return
    for resource in run.journal.new_resources().values():
        if resource.type == STACK_TYPE:
            run.journal.change(resource, outputs=monitor.stack_outputs)
