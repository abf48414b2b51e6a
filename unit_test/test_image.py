"""The Docker image, as an orchestrator uses it; IMAGE in the environment names it."""

from __future__ import annotations

import json
import re
import subprocess
import uuid
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from unit_test import outside

pytestmark = pytest.mark.image


@pytest.fixture(scope="module")
def image():
    return outside.named("IMAGE")[0]


def docker(*arguments):
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def container(image):
    """Run a program in a container of the image and return its stdout."""

    def run(*arguments, flags=()):
        program, *rest = arguments
        return docker("run", "--rm", *flags, "--entrypoint", program, image, *rest)

    return run


@pytest.mark.parametrize("flags", [(), ("--read-only",)])
def test_sample_message_is_answered(image, flags):
    sample = json.loads(docker("run", "--rm", image, "sample", "list_project_issues"))
    # Without a network, since the sample names a real host.
    command = ["docker", "run", "--rm", "-i", "--network", "none", *flags, image]
    assert outside.answer(sample, command=command)["exception"]["code"] == "no_answer"


@pytest.mark.live
@pytest.mark.needs("ingest")
def test_event_is_submitted_and_found_with_a_read_only_file_system(image):
    names = ("URL", "TOKEN", "ORG", "PROJECT", "DSN")
    url, token, org, project, dsn = outside.named(*(f"SENTRY_LIVE_{name}" for name in names))
    words = f"live-{uuid.uuid4().hex[:12]}"

    def output(action, **given):
        connection = {"token": {"token": token}, "url": url}
        body = {"action": action, "meta": {}, "connection": connection, "input": given}
        message = {"version": "v1", "type": "action_start", "body": body}
        command = ["docker", "run", "--rm", "-i", "--read-only", "--network", "host", image]
        return outside.answer(message, command=command)["output"]

    output("submit_event", dsn=dsn, event_json={"logentry": {"formatted": words}})
    where = {"organization_slug": org, "project_slug": project, "query": words}
    (issue,) = outside.eventually(lambda: output("list_project_issues", **where)["issues"])
    assert words in issue["title"]


def test_user_is_not_root_and_is_a_number_for_kubernetes(image, container):
    user = docker("image", "inspect", "--format", "{{.Config.User}}", image).strip()
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user)
    assert container("id", "-u").strip() == user.partition(":")[0]


def test_compiler_caches_and_what_only_development_needs_are_not_in_it(container):
    tools = "for each in cc gcc g++ make git; do command -v $each; done; ls -A /root/.cache; true"
    assert not container("sh", "-c", tools, flags=["--user", "0"])
    unwanted = ("aiohttp", "pytest", "ruff", "yaml", "sentry_plugin.sandbox", "unit_test")
    find = f"from importlib.util import find_spec as f; print([e for e in {unwanted} if f(e)])"
    assert container("python", "-c", find).strip() == "[]"


def test_every_module_has_bytecode_since_the_user_cannot_write_it(container):
    code = (
        "import importlib.util as u, pathlib as p;"
        "print([str(e) for e in p.Path('/app').rglob('*.py')"
        " if not p.Path(u.cache_from_source(str(e))).exists()])"
    )
    assert container("python", "-c", code).strip() == "[]"


def test_list_of_what_is_in_it_names_the_locked_wheels_and_nothing_else(container):
    document = container("cat", "/sbom.cdx.json")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document) is None
    listed = {
        f"{each['name']}=={each['version']}": each["hashes"][0]["content"]
        for each in json.loads(document)["components"]
    }
    installed = container("pip", "list", "--path", "/app", "--format", "freeze").split()
    assert sorted(listed) == sorted(each.replace("_", "-") for each in installed)
    lock = (Path(__file__).parents[1] / "requirements.txt").read_text(encoding="utf-8")
    locked = {line.split()[0]: line for line in lock.splitlines()}
    for name, digest in listed.items():
        assert f"--hash=sha256:{digest}" in locked[name]


def test_state_folder_alone_is_writable_and_outlives_a_container(container):
    volume = docker("volume", "create").strip()
    flags = ["--read-only", "--volume", f"{volume}:/workspace/cache"]
    try:
        container("sh", "-c", "echo kept >/workspace/cache/state", flags=flags)
        assert container("cat", "/workspace/cache/state", flags=flags) == "kept\n"
    finally:
        docker("volume", "rm", volume)
    assert container("sh", "-c", "touch /app/state 2>/dev/null || echo refused") == "refused\n"


def test_sigterm_ends_it_while_it_waits_for_a_message(image):
    name = f"sentry-plugin-{uuid.uuid4().hex}"
    command = ["docker", "run", "--rm", "-i", "--name", name, image, "run"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:

        def ended():
            # Again and again: what comes before the plugin listens is lost on process 1.
            kill = ["docker", "kill", "--signal", "TERM", name]
            subprocess.run(kill, capture_output=True, check=False)
            return process.poll() is not None

        try:
            outside.eventually(ended)
        finally:
            subprocess.run(["docker", "rm", "--force", name], capture_output=True, check=False)
        event = json.loads(process.stdout.read())
    assert (process.returncode, event["body"]["exception"]["code"]) == (1, "stopped")
