"""A folder with files of Serverless Devs, a service, the component, and the converted project."""

from __future__ import annotations

import io
import shutil
import sys
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from agentrun_fake.cloud import FakeCloud
from agentrun_fake.server import ThreadedServer
from agentrun_fake.settings import FakeSettings
from agentrun_provider.cli.main import main
from agentrun_provider.config import resolve
from agentrun_provider.session import Session
from click.testing import CliRunner, Result
from fastcrc import crc64

from ..e2e.conftest import ACCOUNT, Project
from .component import Component

SAMPLES = Path(__file__).parent / "samples"


def convert(*arguments: str | Path, environ: Mapping[str, str | None] | None = None) -> Result:
    """Run the command."""
    given = {"PULUMI_CONFIG_PASSPHRASE": None, "PULUMI_CONFIG_PASSPHRASE_FILE": None}
    return CliRunner().invoke(
        main,
        ["convert", *map(str, arguments)],
        env={**given, **(environ or {})},
        catch_exceptions=False,
    )


@dataclass
class Migration:
    """One sample, on its way from the component to the new project.

    Attributes:
        folder: The folder with the files.
        server: The service.
        environ: Environment that the component reads `${env(X)}` from.
    """

    folder: Path
    server: ThreadedServer
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def out(self) -> Path:
        return self.folder / "infra"

    @property
    def project(self) -> Project:
        return Project(self.out, self.server)

    def session(self, region: str = "cn-hangzhou") -> Session:
        """A connection as the component has one."""
        config = {
            "agentrun:region": region,
            "agentrun:accountId": ACCOUNT,
            "agentrun:accessKeyId": "testak",
            "agentrun:accessKeySecret": "testsecret",
        }
        for name in ("control", "fc", "oss", "sls", "sts"):
            config[f"agentrun:{name}Endpoint"] = self.server.url
        return Session(resolve(config, {}))

    def deploy(self, file: str, region: str = "cn-hangzhou") -> Component:
        """`s deploy -t FILE`."""
        session = self.session(region)
        component = Component(session, self.environ)
        try:
            component.deploy(self.folder / file)
        finally:
            session.client.close()
        return component

    def deploy_and_publish(
        self, file: str, region: str, name: str, *, versions: int = 1
    ) -> Component:
        """As people get to numbered versions: deploy, publish, then deploy with endpoints."""
        session = self.session(region)
        component = Component(session, self.environ)
        try:
            for _ in range(versions):
                component.deploy(self.folder / file, endpoints=False)
                component.publish(name)
            component.deploy(self.folder / file)
        finally:
            session.client.close()
        return component

    def put_package(self, bucket: str, key: str, file: str) -> None:
        """Put a package of one's own into a bucket, and its checksum into a file of the sample."""
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("index.js", "console.log('hello')")
        self.server.cloud.put_object(bucket, key, stream.getvalue())
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        checksum = str(crc64.xz(stream.getvalue()))
        path.write_text(text.replace("11051210869376104954", checksum), encoding="utf-8")

    def convert(self, *files: str, adopt: bool = True, good: bool = True) -> Result:
        """Convert, and make the new project one that the embedded engine can run."""
        options = ["--adopt"] if adopt else []
        result = convert(*(self.folder / file for file in files), "--out", self.out, *options)
        if good:
            assert result.exit_code == 0, result.output
            (self.out / "venv").symlink_to(sys.prefix)
            (self.out / "state").mkdir()
        return result

    def set(self, stack: str, key: str, value: str, *, secret: bool = False) -> None:
        """`pulumi config set`."""
        options = ["--secret"] if secret else []
        self.project.run("config", "set", stack=stack, options=[key, value, *options])

    def writes(self) -> list[str]:
        """What was written to the service since the last look, but for logs and packages."""
        return self.project.writes()


@pytest.fixture
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Migration]:
    """The sample that the test names with `indirect`, in a folder and a service of its own."""
    shutil.copytree(SAMPLES / request.param, tmp_path / "app")
    with ThreadedServer(FakeCloud(FakeSettings())) as server:
        yield Migration(tmp_path / "app", server)
