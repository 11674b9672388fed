"""The command: where it reads and writes, what it posts, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from agentrun_provider.cli.main import main
from click.testing import CliRunner, Result

from .documents import RECORDED, document, recorded_text, step
from .site import Site

RELEASE = str(RECORDED / "pulumi/canary_release.json")
RISKY = str(RECORDED / "pulumi/risky.json")
NOTHING = document()


def run(*arguments: str, text: str = "", **environment: str) -> Result:
    return CliRunner().invoke(
        main, ["plan-comment", *arguments], input=text or None, env=environment
    )


def on_github(site: Site, tmp_path: Path, **more: str) -> dict[str, str]:
    """The environment of a job of pull request 7."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"number": 7, "pull_request": {"head": {"sha": "c0ffee" * 7}}}))
    return {
        "GITHUB_API_URL": site.url,
        "GITHUB_REPOSITORY": "team/shop",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_SERVER_URL": "https://github.example.com",
        "GITHUB_RUN_ID": "99",
        "GITHUB_TOKEN": site.token,
        **more,
    }


def on_gitlab(site: Site) -> dict[str, str]:
    """The environment of a job of merge request 7."""
    return {
        "CI_API_V4_URL": f"{site.url}/api/v4",
        "CI_PROJECT_ID": "12",
        "CI_MERGE_REQUEST_IID": "7",
        "CI_COMMIT_SHA": "c0ffee" * 7,
        "CI_JOB_URL": "https://gitlab.example.com/team/shop/-/jobs/99",
        "GITLAB_TOKEN": site.token,
    }


def test_it_prints_one_comment_for_each_file() -> None:
    result = run(RELEASE, RISKY)
    assert result.exit_code == 0
    markers = [line for line in result.stdout.splitlines() if line.startswith("<!--")]
    assert markers == [
        "<!-- pulumi-agentrun:plan canary/prod -->",
        "<!-- pulumi-agentrun:plan shop/prod -->",
    ]


@pytest.mark.parametrize("arguments", [(), ("-",)])
def test_it_reads_standard_input(arguments: tuple[str, ...]) -> None:
    result = run(*arguments, text=recorded_text("local", "canary_release"))
    assert "publishes **v2**" in result.stdout


def test_out_writes_a_file_and_prints_nothing(tmp_path: Path) -> None:
    result = run(RELEASE, "--out", str(tmp_path / "comment.md"))
    assert result.stdout == ""
    assert "publishes **v2**" in (tmp_path / "comment.md").read_text(encoding="utf-8")


def test_json_is_one_document_with_risks_and_body() -> None:
    data = json.loads(run(RISKY, "--json").stdout)
    assert [(each["project"], each["stack"], each["changes"]) for each in data] == [
        ("shop", "prod", 6)
    ]
    assert {"risk": "deletion", "resource": "staging", "text": "is deleted"} in data[0]["risks"]
    assert data[0]["body"].startswith("<!-- pulumi-agentrun:plan shop/prod -->")


def test_it_comments_on_the_pull_request_of_a_github_job(site: Site, tmp_path: Path) -> None:
    first = run(RELEASE, "--post", "github", **on_github(site, tmp_path))
    second = run(RELEASE, "--post", "github", **on_github(site, tmp_path))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "created http://127.0.0.1" in first.stderr
    assert "unchanged" in second.stderr
    body = site.comments[0]["body"]
    assert "Commit `c0ffeec0ffee`" in body
    assert "https://github.example.com/team/shop/actions/runs/99" in body
    assert len(site.comments) == 1


def test_it_comments_on_the_merge_request_of_a_gitlab_job(site: Site) -> None:
    assert run(RELEASE, "--post", "gitlab", **on_gitlab(site)).exit_code == 0
    assert "https://gitlab.example.com/team/shop/-/jobs/99" in site.comments[0]["body"]


def test_a_changed_plan_updates_the_comment_in_place(site: Site, tmp_path: Path) -> None:
    environment = on_github(site, tmp_path)
    for name in ("canary_release", "canary_promote"):
        text = recorded_text("pulumi", name)
        assert run("--post", "github", text=text, **environment).exit_code == 0
    assert len(site.comments) == 1
    assert "promotes v2" in site.comments[0]["body"]


def test_drift_opens_an_issue_and_closes_it_when_it_is_gone(site: Site, tmp_path: Path) -> None:
    environment = on_github(site, tmp_path)
    drift = str(RECORDED / "pulumi/canary_drift_preview.json")
    assert run(drift, "--drift", "--post", "github", **environment).exit_code == 0
    assert site.issues[0]["title"] == "Drift of canary / prod"
    assert site.issues[0]["labels"] == ["drift"]
    gone = NOTHING.replace("shop", "canary")
    closed = run("--drift", "--post", "github", text=gone, **environment)
    assert "closed" in closed.stderr
    assert site.issues[0]["state"] == "closed"
    assert site.comments == []


@pytest.mark.parametrize(
    ("post", "variable"), [("github", "GITHUB_TOKEN"), ("gitlab", "GITLAB_TOKEN")]
)
def test_without_a_token_nothing_is_written(post: str, variable: str, tmp_path: Path) -> None:
    out = tmp_path / "comment.md"
    result = run(RELEASE, "--post", post, "--out", str(out), "--repository", "a/b")
    assert result.exit_code == 4
    assert result.stderr.startswith(f"error: --post {post} needs {variable}, which is not set")
    assert not out.exists()


def test_a_refused_token_ends_with_4(site: Site, tmp_path: Path) -> None:
    environment = on_github(site, tmp_path, GITHUB_TOKEN="wrong")
    result = run(RELEASE, "--post", "github", **environment)
    assert result.exit_code == 4
    assert "pull-requests: write" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_fault_of_the_site_ends_with_1(site: Site, tmp_path: Path) -> None:
    site.fail_with = 502
    assert run(RELEASE, "--post", "github", **on_github(site, tmp_path)).exit_code == 1


def test_a_job_of_no_pull_request_needs_a_number(site: Site, tmp_path: Path) -> None:
    environment = on_github(site, tmp_path)
    del environment["GITHUB_EVENT_PATH"]
    result = run(RELEASE, "--post", "github", **environment)
    assert result.exit_code == 2
    assert "--number" in result.stderr
    assert run(RELEASE, "--post", "github", "--number", "7", **environment).exit_code == 0


@pytest.mark.parametrize(
    ("wanted", "code"),
    [("traffic-shift", 5), ("any", 5), ("deletion", 0), ("replacement", 0)],
)
def test_fail_on_ends_with_5_if_there_is_such_a_risk(wanted: str, code: int) -> None:
    result = run(RELEASE, "--fail-on", wanted)
    assert result.exit_code == code
    assert "publishes **v2**" in result.stdout
    assert ("traffic-shift in prod" in result.stderr) == (code == 5)


def test_fail_on_posts_before_it_fails(site: Site, tmp_path: Path) -> None:
    environment = on_github(site, tmp_path)
    assert run(RELEASE, "--post", "github", "--fail-on", "any", **environment).exit_code == 5
    assert len(site.comments) == 1


def test_an_unknown_risk_is_refused_with_the_known_ones() -> None:
    result = run(RELEASE, "--fail-on", "bad-luck")
    assert result.exit_code == 2
    assert "public-access" in result.stderr


def test_which_stack_is_production_can_be_said() -> None:
    latest = {"name": "live", "runtimeId": "r", "targetVersion": "LATEST"}
    token = "pulumi-python:dynamic/agentrun:RuntimeEndpoint"
    text = document(step("create", None, latest, token=token))
    assert "latest in production" in run(text=text).stdout
    assert "latest in production" not in run("--production", "live-*", text=text).stdout


@pytest.mark.parametrize(
    ("arguments", "text", "message"),
    [
        (("absent.json",), "", "there is no file absent.json. Write it with `pulumi preview"),
        ((), "no json", "standard input is not JSON"),
        ((), '{"steps": []}', "names no stack: give it with --stack"),
    ],
)
def test_bad_input_is_told_in_one_line(arguments: tuple[str, ...], text: str, message: str) -> None:
    result = run(*arguments, text=text)
    assert result.exit_code == 2
    assert result.stderr.startswith("error: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_preview_that_printed_nothing_replaces_the_comment_of_the_one_before(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Else what was good about the push before would be read as being good about this one.
    (tmp_path / "Pulumi.yaml").write_text("name: canary\nruntime: python\n")
    monkeypatch.chdir(tmp_path)
    environment = on_github(site, tmp_path)
    assert run(RELEASE, "--post", "github", **environment).exit_code == 0
    (tmp_path / "plan.json").write_text("")
    result = run("plan.json", "--stack", "prod", "--post", "github", **environment)
    assert result.exit_code == 0
    assert len(site.comments) == 1
    assert "**The preview failed.**" in site.comments[0]["body"]
    assert "the log says why" in site.comments[0]["body"]


def test_a_project_that_cannot_be_read_matters_only_where_the_preview_tells_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: [")
    monkeypatch.chdir(tmp_path)
    assert run(RELEASE).exit_code == 0
    failed = run("--stack", "prod", text='{"steps": []}')
    assert failed.exit_code == 2
    assert "Pulumi.yaml can't be read" in failed.stderr
    assert failed.stderr.count("\n") == 1


def test_a_file_of_powershell_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_text(recorded_text("pulumi", "canary_release"), encoding="utf-16")
    assert "publishes **v2**" in run(str(path)).stdout


def test_two_previews_of_one_stack_are_refused_since_one_would_hide_the_other() -> None:
    result = run(RELEASE, RISKY, RELEASE)
    assert result.exit_code == 2
    assert "two previews of canary/prod" in result.stderr


@pytest.mark.parametrize("token", ["s3cr3t\nvalue", "s3cr3t-välue", '"s3cr3t" value'])
def test_a_token_that_cannot_be_sent_is_not_shown_in_the_error(
    site: Site, tmp_path: Path, token: str
) -> None:
    environment = on_github(site, tmp_path, GITHUB_TOKEN=token)
    result = run(RELEASE, "--post", "github", **environment)
    assert result.exit_code == 2
    assert "GITHUB_TOKEN" in result.stderr
    assert "s3cr3t" not in result.stderr
    assert site.calls == []


def test_a_line_break_after_the_token_does_no_harm(site: Site, tmp_path: Path) -> None:
    environment = on_github(site, tmp_path, GITHUB_TOKEN=f"{site.token}\n")
    assert run(RELEASE, "--post", "github", **environment).exit_code == 0


def test_a_merge_request_of_a_fork_is_commented_on_where_it_is(site: Site) -> None:
    environment = on_gitlab(site) | {"CI_MERGE_REQUEST_PROJECT_ID": "99"}
    assert run(RELEASE, "--post", "gitlab", **environment).exit_code == 0
    assert {path.split("/")[4] for _, path in site.calls} == {"99"}


def test_the_comment_is_in_the_file_even_if_it_may_not_be_posted(
    site: Site, tmp_path: Path
) -> None:
    # So a job of a fork, whose token can only read, has it in its summary.
    site.failures = [(403, {})]
    out = tmp_path / "summary.md"
    environment = on_github(site, tmp_path)
    result = run(RELEASE, "--post", "github", "--out", str(out), **environment)
    assert result.exit_code == 4
    assert "of a fork" in result.stderr
    assert "publishes **v2**" in out.read_text(encoding="utf-8")


def test_a_file_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    result = run(RELEASE, "--out", str(tmp_path / "absent/comment.md"))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "can't be written" in result.stderr
