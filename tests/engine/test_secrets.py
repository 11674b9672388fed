"""Secrets: what the CLI sealed can be opened, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi_local.errors import SecretsError
from pulumi_local.secrets import Crypter, read_passphrase

# Made by the CLI with the empty passphrase.
CLI_SALT = "v1:7c/zYn/ghvo=:v1:CR9fgfVGnVDrsNAt:fLV84OmcZlk1BZU5fLeGr34ZMZu+4g=="
CLI_SEALED = "v1:dkCW0+hmEcFjWheY:fNxrrrnvydDFjkbEMbn+cZ/jutN3PA=="


@pytest.fixture(scope="module")
def crypter() -> Crypter:
    return Crypter("", CLI_SALT)


def test_a_value_sealed_by_the_cli_is_opened(crypter: Crypter) -> None:
    assert crypter.decrypt(CLI_SEALED) == "sesame"


def test_a_sealed_value_opens_again_and_never_looks_the_same(crypter: Crypter) -> None:
    first, second = crypter.encrypt("héllo"), crypter.encrypt("héllo")
    assert first != second
    assert crypter.decrypt(first) == crypter.decrypt(second) == "héllo"


def test_a_new_salt_serves_a_second_crypter_with_the_same_passphrase() -> None:
    maker = Crypter.create("correct horse")
    assert Crypter("correct horse", maker.salt).decrypt(maker.encrypt("x")) == "x"


def test_a_wrong_passphrase_is_named_as_such() -> None:
    with pytest.raises(SecretsError, match="incorrect passphrase"):
        Crypter("wrong", CLI_SALT).decrypt(CLI_SEALED)


def test_warming_up_keeps_the_failure_for_the_first_use() -> None:
    crypter = Crypter("wrong", CLI_SALT)
    crypter.warm()
    with pytest.raises(SecretsError, match="incorrect passphrase"):
        crypter.encrypt("x")


@pytest.mark.parametrize(
    "sealed",
    [
        "",
        "sesame",
        "v2:dkCW0+hmEcFjWheY:fNxrrrnvydDFjkbEMbn+cZ/jutN3PA==",
        "v1:AAAA:fNxrrrnvydDFjkbEMbn+cZ/jutN3PA==",
        "v1:dkCW0+hmEcFjWheY:not base64",
        "v1:dkCW0+hmEcFjWheY:gNxrrrnvydDFjkbEMbn+cZ/jutN3PA==",
    ],
)
def test_a_broken_or_altered_value_is_refused(crypter: Crypter, sealed: str) -> None:
    with pytest.raises(SecretsError):
        crypter.decrypt(sealed)


@pytest.mark.parametrize("salt", ["", "v1", "v2:AAAA:v1:x:y", "v1::v1:x:y"])
def test_a_malformed_salt_is_refused(salt: str) -> None:
    with pytest.raises(SecretsError, match="salt"):
        Crypter("", salt).decrypt(CLI_SEALED)


def test_the_passphrase_may_be_empty_but_must_be_given() -> None:
    assert read_passphrase({"PULUMI_CONFIG_PASSPHRASE": ""}) == ""
    with pytest.raises(SecretsError, match="PULUMI_CONFIG_PASSPHRASE"):
        read_passphrase({})


def test_the_passphrase_can_come_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "phrase").write_text("  open sesame\n")
    environ = {"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "phrase")}
    assert read_passphrase(environ) == "open sesame"
    with pytest.raises(SecretsError, match="unable to read"):
        read_passphrase({"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "nowhere")})
