"""Secrets are not printed."""

from __future__ import annotations

import json

from pulumi_local.events import Diagnostic
from pulumi_local.masking import SecretMask
from pulumi_local.values import Secret

from .rendering import document, human, planned, resource, run


def test_known_secrets_are_masked_in_whatever_is_printed() -> None:
    thing = resource("a", inputs={"pw": Secret({"deep": ["hunter2"]})}, outputs={})
    events = run(
        *planned("create", thing),
        Diagnostic("info", "the password is hunter2"),
        Diagnostic("error", "cannot log in with hunter2 or sesame"),
        config={"demo:pw": Secret("sesame")},
    )
    for text in (human(events), human(events, full_diff=True), json.dumps(document(events))):
        assert "hunter2" not in text
        assert "sesame" not in text
        assert "[secret]" in text


def test_words_too_common_to_be_secret_are_not_masked() -> None:
    mask = SecretMask()
    mask.learn([Secret("true"), Secret("ab"), Secret(""), Secret("longer"), Secret("longer still")])
    assert mask.apply("true ab longer still") == "true ab [secret]"
