"""Secrets encrypted with a passphrase, in the format of the CLI's ``passphrase`` provider.

A key is derived with PBKDF2-HMAC-SHA256 (1,000,000 rounds, 8 byte salt); each value is sealed with
AES-256-GCM as ``v1:<nonce>:<ciphertext>``, both in base64. The *salt* kept in the stack file and in
the state is ``v1:<salt>:<sealed word>``: the sealed word tells a right passphrase from a wrong one
(facts: pkg/secrets/passphrase/manager.go and sdk/go/common/resource/config/crypt.go of Pulumi).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import os
import threading
from collections.abc import Mapping
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pulumi_local.errors import SecretsError

PASSPHRASE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE"  # noqa: S105 - the variable's name
PASSPHRASE_FILE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105 - the variable's name

_ROUNDS = 1_000_000
_KEY_BYTES = 32
_SALT_BYTES = 8
_NONCE_BYTES = 12
_PROOF = "pulumi"


def has_passphrase(environ: Mapping[str, str]) -> bool:
    """Whether the environment gives a passphrase, be it empty."""
    return PASSPHRASE_VARIABLE in environ or bool(environ.get(PASSPHRASE_FILE_VARIABLE))


def read_passphrase(environ: Mapping[str, str]) -> str:
    """Return the passphrase given by the environment; it may be empty, but must be given.

    Raises SecretsError if neither variable is set or the file cannot be read.
    """
    if PASSPHRASE_VARIABLE in environ:
        return environ[PASSPHRASE_VARIABLE]
    file_name = environ.get(PASSPHRASE_FILE_VARIABLE)
    if not file_name:
        raise SecretsError(
            f"passphrase must be set with {PASSPHRASE_VARIABLE} or {PASSPHRASE_FILE_VARIABLE}"
            " environment variables"
        )
    try:
        return Path(file_name).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SecretsError(f"unable to read {PASSPHRASE_FILE_VARIABLE}: {error}") from error


class Crypter:
    """Encrypts and decrypts the values of one stack.

    The key takes some tenths of a second to derive, so that is done when it is first needed;
    `warm` starts it in the background. Safe to use from several threads.
    """

    def __init__(self, passphrase: str, salt: str) -> None:
        """Take the passphrase and the stack's salt (``v1:...``) without checking either yet."""
        self.salt = salt
        self._passphrase = passphrase
        self._lock = threading.Lock()
        self._cipher: AESGCM | None = None

    @classmethod
    def create(cls, passphrase: str) -> Crypter:
        """Make a new salt for a passphrase."""
        raw_salt = os.urandom(_SALT_BYTES)
        cipher = AESGCM(_derive(passphrase, raw_salt))
        crypter = cls(passphrase, f"v1:{_encode(raw_salt)}:{_seal(cipher, _PROOF)}")
        crypter._cipher = cipher
        return crypter

    def warm(self) -> None:
        """Start deriving the key in the background; a failure shows at the first use."""
        threading.Thread(target=self._try_unlock, name="derive-key", daemon=True).start()

    def encrypt(self, plaintext: str) -> str:
        """Return a text sealed under a fresh nonce. Raises SecretsError for a wrong passphrase."""
        return _seal(self._unlock(), plaintext)

    def decrypt(self, sealed: str) -> str:
        """Return the text that was sealed.

        Raises SecretsError for a wrong passphrase or a value that was changed or is malformed.
        """
        return _open(self._unlock(), sealed)

    def _try_unlock(self) -> None:
        # The first real use meets, and reports, the same failure.
        with contextlib.suppress(SecretsError):
            self._unlock()

    def _unlock(self) -> AESGCM:
        with self._lock:
            if self._cipher is None:
                self._cipher = self._unlocked_cipher()
            return self._cipher

    def _unlocked_cipher(self) -> AESGCM:
        version, _, rest = self.salt.partition(":")
        raw_salt, _, proof = rest.partition(":")
        if version != "v1" or not raw_salt or not proof:
            raise SecretsError(f"malformed encryption salt {self.salt!r}")
        cipher = AESGCM(_derive(self._passphrase, _decode(raw_salt)))
        try:
            opened = _open(cipher, proof)
        except SecretsError as error:
            raise SecretsError(_WRONG) from error
        if opened != _PROOF:
            raise SecretsError(_WRONG)
        return cipher


_WRONG = (
    f"incorrect passphrase: {PASSPHRASE_VARIABLE} does not match the one this stack's"
    " secrets were encrypted with"
)


def _derive(passphrase: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", passphrase.encode(), salt, _ROUNDS, _KEY_BYTES)


def _seal(cipher: AESGCM, plaintext: str) -> str:
    nonce = os.urandom(_NONCE_BYTES)
    return f"v1:{_encode(nonce)}:{_encode(cipher.encrypt(nonce, plaintext.encode(), None))}"


def _open(cipher: AESGCM, sealed: str) -> str:
    parts = sealed.split(":")
    if len(parts) != 3 or parts[0] != "v1":
        raise SecretsError("malformed encrypted value: not of the form v1:<nonce>:<ciphertext>")
    nonce, ciphertext = _decode(parts[1]), _decode(parts[2])
    if len(nonce) != _NONCE_BYTES:
        raise SecretsError("malformed encrypted value: the nonce has a wrong size")
    try:
        return cipher.decrypt(nonce, ciphertext, None).decode()
    except InvalidTag as error:
        raise SecretsError("an encrypted value does not match the stack's key") from error


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise SecretsError(f"malformed encrypted value: {error}") from error
