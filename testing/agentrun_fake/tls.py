"""A certificate authority of this machine, so that the fake can be reached by HTTPS.

Some clients always use TLS (section 1.8). The authority's key stays in its folder, and what it
signs is good for this machine's own addresses only, so trusting it opens nothing else.
"""

from __future__ import annotations

import ipaddress
import os
import shlex
import ssl
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_OURS = ("localhost", "127.0.0.0/8", "::1/128")
_CA_LIFE = timedelta(days=730)
_SERVER_LIFE = timedelta(days=90)
_PEM = serialization.Encoding.PEM


class LocalAuthority:
    """The authority kept in a folder, which is made if it does not exist.

    Args:
        folder: Where `ca.pem`, its key, and `bundle.pem` are kept.

    Raises:
        OSError: The folder can't be used.
        ValueError: What it holds is no authority of ours, or has expired.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        if not self.certificate_path.exists():
            self._make()
        self._certificate, self._key = self._load()

    @property
    def certificate_path(self) -> Path:
        """The certificate to trust."""
        return self.folder / "ca.pem"

    @property
    def bundle_path(self) -> Path:
        """The public authorities that `certifi` knows, and this one."""
        return self.folder / "bundle.pem"

    @property
    def _key_path(self) -> Path:
        return self.folder / "ca-key.pem"

    def context(self, host: str) -> ssl.SSLContext:
        """What a server on `host` needs: a new certificate for it and for loopback names.

        Raises:
            ValueError: The authority must not sign for that host.
        """
        names = [_general_name(name) for name in dict.fromkeys((host, "localhost", "127.0.0.1"))]
        if not _is_ours(host):
            raise ValueError(f"the certificate is good for loopback addresses only, not for {host}")
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._sign(key.public_key(), names)
        path = self.folder / f"server-{os.getpid()}.pem"
        # The ssl module reads certificates from files only.
        _write_private(path, _private_bytes(key) + certificate.public_bytes(_PEM))
        try:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(path)
        finally:
            path.unlink()
        return context

    def environment(self) -> dict[str, str]:
        """Environment variables that make clients trust the authority: OpenSSL, and through it
        httpx and the official SDKs, read the first; requests the second; Node.js the third."""
        return {
            "SSL_CERT_FILE": str(self.bundle_path),
            "REQUESTS_CA_BUNDLE": str(self.bundle_path),
            "NODE_EXTRA_CA_CERTS": str(self.certificate_path),
        }

    def advice(self) -> str:
        """How to trust it, as lines for a shell."""
        values = self.environment().items()
        return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in values)

    def _make(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "agentrun-fake local CA")])
        usage = x509.KeyUsage(
            digital_signature=False,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            key_cert_sign=True,
            crl_sign=True,
            encipher_only=False,
            decipher_only=False,
        )
        permitted = [_general_name(part) for part in _OURS]
        certificate = (
            _builder(name, name, key.public_key(), _CA_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.NameConstraints(permitted, None), critical=True)
            .sign(key, hashes.SHA256())
        )
        _write_private(self._key_path, _private_bytes(key))
        self.certificate_path.write_bytes(certificate.public_bytes(_PEM))

    def _load(self) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
        certificate = x509.load_pem_x509_certificate(self.certificate_path.read_bytes())
        key = serialization.load_pem_private_key(self._key_path.read_bytes(), None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{self._key_path} is no key of this program")
        if certificate.not_valid_after_utc < datetime.now(timezone.utc) + _SERVER_LIFE:
            raise ValueError(f"{self.certificate_path} expires; remove the folder for a new one")
        self.bundle_path.write_bytes(_public_authorities() + certificate.public_bytes(_PEM))
        return certificate, key

    def _sign(
        self, key: ec.EllipticCurvePublicKey, names: Sequence[x509.GeneralName]
    ) -> x509.Certificate:
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "agentrun-fake")])
        issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            _builder(subject, self._certificate.subject, key, _SERVER_LIFE)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName(names), critical=False)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(issuer_id, critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, life: timedelta
) -> x509.CertificateBuilder:
    now = datetime.now(timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + life)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _is_ours(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _general_name(text: str) -> x509.GeneralName:
    """A name, an address, or a network."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return x509.DNSName(text)
    return x509.IPAddress(network if "/" in text else network.network_address)


def _private_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _public_authorities() -> bytes:
    """What clients trust anyway: pointing them at a bundle must not cut them off from the rest."""
    try:
        import certifi
    except ModuleNotFoundError:
        return b""
    return Path(certifi.where()).read_bytes()
