"""The SDK in the repository is what the models say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from agentrun_provider.fields import Computed, Internal, Shape, has, shape_of
from agentrun_provider.kinds import KINDS, load
from agentrun_provider.sdk_source import sources
from agentrun_provider.sdk_types import nested_shapes

ROOT = Path(__file__).resolve().parents[2]
SDK = ROOT / "sdk/python/pulumi_agentrun"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdk")
    for name, text in sources().items():
        (folder / name).write_text(text, encoding="utf-8")
    ruff = str(Path(sys.executable).parent / "ruff")
    config = ["--config", str(ROOT / "pyproject.toml")]
    ignored = ["--ignore", "E501,UP007,UP045"]
    subprocess.run([ruff, "check", "-q", "--fix", *ignored, *config, folder], check=True)
    subprocess.run([ruff, "format", "-q", *config, folder], check=True)
    return folder


@pytest.mark.parametrize("name", sorted(sources()))
def test_the_repository_holds_what_is_generated(generated: Path, name: str) -> None:
    assert (SDK / name).read_text(encoding="utf-8") == (generated / name).read_text(
        encoding="utf-8"
    ), "run `make format`"


def every_shape() -> list[type[Shape]]:
    kinds = [load(name) for name in KINDS]
    models = [model for kind in kinds for model in (kind.Inputs, kind.Outputs)]
    return list(dict.fromkeys([*models, *(s for model in models for s in nested_shapes(model))]))


@pytest.mark.parametrize("shape", every_shape(), ids=lambda shape: shape.__name__)
def test_every_field_is_described(shape: type[Shape]) -> None:
    assert shape.__doc__
    for name, field in shape.model_fields.items():
        assert field.description, f"{shape.__name__}.{name}"
        assert field.description.endswith("."), f"{shape.__name__}.{name}"


@pytest.mark.parametrize("shape", every_shape(), ids=lambda shape: shape.__name__)
def test_items_of_lists_and_maps_may_be_unknown(shape: type[Shape]) -> None:
    """A list whose third item is an output of another resource must pass the preview."""
    from agentrun_provider.checking import validate
    from agentrun_provider.unknown import UNKNOWN

    for name, field in shape.model_fields.items():
        if "list[" not in str(field.annotation) and "dict[str, str" not in str(field.annotation):
            continue
        if has(field, Computed) or has(field, Internal) or "Any" in str(field.annotation):
            continue
        for value in ([UNKNOWN], {"key": UNKNOWN}):
            _, problems = validate(shape, {name: value})
            if not [p for p in problems if p.path[:1] == (name,)]:
                break
        else:
            pytest.fail(f"{shape.__name__}.{name} does not take an unknown item")


def test_nested_shapes_are_found_in_optional_lists() -> None:
    endpoint = load("RuntimeEndpoint").Inputs
    field = endpoint.model_fields["version_weights"]
    assert shape_of(field.annotation) is not None
