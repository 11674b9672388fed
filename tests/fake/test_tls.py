"""HTTPS with a certificate authority of this machine."""

from __future__ import annotations

import os
import re
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from agentrun_fake import FakeCloud, FakeSettings, Fault, ThreadedServer
from agentrun_fake.tls import LocalAuthority

from .conftest import Api


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> LocalAuthority:
    return LocalAuthority(tmp_path_factory.mktemp("ca"))


def trusting(authority: LocalAuthority) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=authority.certificate_path)
    # What newer Pythons do by default.
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_clients_that_trust_the_authority_are_served(authority: LocalAuthority, name: str) -> None:
    with (
        ThreadedServer(authority=authority) as server,
        httpx.Client(verify=trusting(authority)) as client,
    ):
        assert server.url == f"https://127.0.0.1:{server.port}"
        Api(client, f"https://{name}:{server.port}").create("demo")
        assert set(server.cloud.runtimes()) == {"demo"}


def test_others_refuse_it_and_the_server_goes_on(authority: LocalAuthority) -> None:
    with (
        ThreadedServer(authority=authority) as server,
        httpx.Client(verify=trusting(authority)) as client,
    ):
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"{server.url}/_fake/health")
        with pytest.raises(httpx.HTTPError):
            httpx.get(f"http://{server.host_and_port}/_fake/health")
        # One that says nothing must not hold up the next.
        with socket.create_connection(("127.0.0.1", server.port)):
            assert client.get(f"{server.url}/_fake/health").status_code == 200


def test_two_servers_show_one_cloud(authority: LocalAuthority) -> None:
    cloud = FakeCloud()
    with (
        ThreadedServer(cloud) as plain,
        ThreadedServer(cloud, authority=authority) as secure,
        httpx.Client(verify=trusting(authority)) as client,
    ):
        Api(client, plain.url).create("demo")
        listed = Api(client, secure.url).list()["items"]
        assert [item["agentRuntimeName"] for item in listed] == ["demo"]


@pytest.mark.parametrize("kind", ["drop", "truncate"])
def test_faults_break_secure_connections_too(authority: LocalAuthority, kind: str) -> None:
    cloud = FakeCloud(FakeSettings(verify=False))
    cloud.faults.add(Fault(kind=kind, when="after"))
    with (
        ThreadedServer(cloud, authority=authority) as server,
        httpx.Client(verify=trusting(authority)) as client,
        pytest.raises(httpx.TransportError),
    ):
        client.get(f"{server.url}/2025-09-10/agents/runtimes")


def test_stopping_ends_connections_that_are_kept_open(authority: LocalAuthority) -> None:
    server = ThreadedServer(authority=authority).start()
    with httpx.Client(verify=trusting(authority)) as client:
        assert client.get(f"{server.url}/_fake/health").status_code == 200
        url = server.url
        server.stop()
        with pytest.raises(httpx.TransportError):
            client.get(f"{url}/_fake/health")


def test_the_authority_is_kept_and_its_key_is_private(tmp_path: Path) -> None:
    first = LocalAuthority(tmp_path / "ca")
    before = first.certificate_path.read_bytes()
    second = LocalAuthority(tmp_path / "ca")
    assert second.certificate_path.read_bytes() == before
    assert stat.S_IMODE((tmp_path / "ca/ca-key.pem").stat().st_mode) == 0o600
    with ThreadedServer(authority=second) as server:
        health = httpx.get(f"{server.url}/_fake/health", verify=trusting(first))
    assert health.status_code == 200
    names = {item.name for item in (tmp_path / "ca").iterdir()}
    assert names == {"ca.pem", "ca-key.pem", "bundle.pem"}


def test_the_bundle_trusts_public_authorities_as_well(authority: LocalAuthority) -> None:
    context = ssl.create_default_context(cafile=authority.bundle_path)
    subjects = str(context.get_ca_certs())
    assert "agentrun-fake local CA" in subjects
    assert len(context.get_ca_certs()) > 50


def test_without_certifi_the_bundle_holds_the_authority_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "certifi", None)
    authority = LocalAuthority(tmp_path)
    assert authority.bundle_path.read_bytes() == authority.certificate_path.read_bytes()


def test_it_signs_for_this_machine_only(authority: LocalAuthority) -> None:
    assert authority.context("::1")
    for host in ("192.0.2.1", "agentrun.cn-hangzhou.aliyuncs.com"):
        with pytest.raises(ValueError, match="loopback addresses only"):
            authority.context(host)


def test_trusting_it_does_not_make_others_names_trusted(authority: LocalAuthority) -> None:
    """Whoever gets hold of the key can't pretend to be another host."""
    from cryptography import x509
    from cryptography.x509.oid import ExtensionOID

    certificate = x509.load_pem_x509_certificate(authority.certificate_path.read_bytes())
    found = certificate.extensions.get_extension_for_oid(ExtensionOID.NAME_CONSTRAINTS)
    assert found.critical
    assert isinstance(found.value, x509.NameConstraints)
    assert {str(name.value) for name in found.value.permitted_subtrees or []} == {
        "localhost",
        "127.0.0.0/8",
        "::1/128",
    }


def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")
    with pytest.raises(ValueError, match="PEM"):
        LocalAuthority(tmp_path)


def test_an_expiring_authority_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from datetime import timedelta

    monkeypatch.setattr("agentrun_fake.tls._CA_LIFE", timedelta(days=60))
    with pytest.raises(ValueError, match="remove the folder"):
        LocalAuthority(tmp_path)


def test_a_key_of_another_sort_is_refused(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ed25519

    LocalAuthority(tmp_path)
    other = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (tmp_path / "ca-key.pem").write_bytes(other)
    with pytest.raises(ValueError, match="no key of this program"):
        LocalAuthority(tmp_path)


def test_the_command_tells_how_to_trust_it(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "agentrun_fake", "--https", "--ca-dir", str(tmp_path / "c a")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            first = process.stdout.readline()
            match = re.fullmatch(r"Fake .* ready on (http://\S+) and (https://\S+)\n", first)
            assert match, first
            advice = [process.stdout.readline() for _ in range(4)]
            assert advice[0] == "Clients trust it with\n"
            script = f'{"".join(advice[1:])}\n{sys.executable} -c "$CODE"'
            code = f"import httpx; print(httpx.get('{match[2]}/_fake/health').json()['status'])"
            done = subprocess.run(
                ["sh", "-c", script],
                env={**os.environ, "CODE": code},
                capture_output=True,
                text=True,
                timeout=60,
            )
            assert done.stdout == "ok\n", done.stderr
            assert httpx.get(f"{match[1]}/_fake/health").json()["status"] == "ok"
        finally:
            process.terminate()
        assert process.wait(timeout=10) == 0


def test_the_command_refuses_to_speak_https_to_other_machines(tmp_path: Path) -> None:
    from agentrun_fake.cli import fake_command
    from click.testing import CliRunner

    options = ["--https", "--ca-dir", str(tmp_path), "--host", "192.0.2.1"]
    result = CliRunner().invoke(fake_command, options)
    assert result.exit_code == 1
    assert "can't speak HTTPS" in result.output
