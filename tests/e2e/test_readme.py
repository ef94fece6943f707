"""The commands of the README do what it says: run as they stand there, against the sandbox of the tests."""

import json
import os
import re
import shutil
import subprocess

import pytest

from infra.local.processes import ROOT
from infra.local.stack import Stack
from tests.e2e.client import Client

README = (ROOT / "README.md").read_text()
BY_HAND = README[README.index("## Try it by hand") : README.index("## The interface")]
BLOCKS = re.findall(r"^```sh\n(.*?)^```", BY_HAND, re.DOTALL | re.MULTILINE)


def script() -> tuple[str, list[str]]:
    """All commands, each with a promise (`…   # promise`) followed by a mark; and the promises."""
    promises: list[str] = []
    lines = []
    for line in "\n".join(BLOCKS).splitlines():
        lines.append(line)
        command, mark, promise = line.partition("   # ")
        if mark and not command.startswith("eval"):
            promises.append(promise)
            lines.append(f"echo; echo '=== {len(promises)}'")
    return "\n".join(lines), promises


def test_each_command_gives_what_is_promised_behind_it(sandbox: Stack, bron: Client, doel: Client) -> None:
    for tool in ("bash", "curl", "make"):
        if shutil.which(tool) is None:
            pytest.skip(f"there is no {tool} here")
    addresses = {"API": f"{sandbox.portal}/v1", "SOAP-deur": sandbox.wire, "Traffic Center": sandbox.center.adres}
    (sandbox.folder / "adressen.json").write_text(json.dumps(addresses))
    commands, promises = script()
    environment = {**os.environ, "OSO_VAR": str(sandbox.folder)}
    try:
        done = subprocess.run(["bash", "-c", commands], cwd=ROOT, env=environment, capture_output=True, timeout=300)
    finally:
        for client, pupil in ((bron, "l-1"), (doel, "l-2")):
            client.ask("DELETE", f"/leerlingen/{pupil}", if_match="*")
    answers = re.split(r"^=== \d+$", done.stdout.decode(), flags=re.MULTILINE)
    assert len(answers) == len(promises) + 1, done.stderr.decode()[-2000:]
    assert len(promises) >= 13
    for promise, answer in zip(promises, answers, strict=False):
        assert promise in answer, f"{promise}: {answer[-600:]}"
