"""The README's `Deploy` and `Roll back`, pasted as they stand there, end in a working stack in the embedded AWS."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from infra.local import world
from infra.local.aws import Aws, start_ministack
from infra.local.issuer import make_issuers
from infra.local.pki import Pki, make_pki
from infra.local.processes import ROOT, stop

README = (ROOT / "README.md").read_text()
_ACCOUNT = "100000000003"


def blocks(head: str) -> list[str]:
    """The commands under a head of the README."""
    section = re.search(rf"^### {head}\n(.*?)^###? ", README, re.DOTALL | re.MULTILINE)
    assert section is not None, head
    return re.findall(r"^```sh\n(.*?)^```", section[1], re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    endpoint, child = start_ministack(tmp_path_factory.mktemp("aws"), roles=True)
    yield Aws(endpoint, _ACCOUNT)
    stop(child)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy of the project, with the environments and packages that are here already."""
    folder = tmp_path_factory.mktemp("checkout")
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    (folder / "build").mkdir()
    for kept in ("packages", "sandbox/portal", "sandbox/wire"):
        if (ROOT / "build" / kept).exists():
            shutil.copytree(ROOT / "build" / kept, folder / "build" / kept.rpartition("/")[2])
    return folder


def put_files(folder: Path, pki: Pki) -> None:
    """What an operator must have: here of the sandbox, in the forms that tools give it."""
    files = folder / "geheim"
    files.mkdir()
    chain = Path(pki.cert("leverancier-a")).read_text() + Path(pki.ca).read_text()
    (files / "keten.pem").write_text("Bag Attributes: <No Attributes>\n" + chain)
    key = load_pem_private_key(Path(pki.key("leverancier-a")).read_bytes(), None)
    (files / "sleutel.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
    for name in ("tc-ca.pem", "truststore.pem"):
        shutil.copyfile(pki.ca, files / name)
    world.secret(files / "zoeksleutel")
    issuers = make_issuers(folder / "issuer", world.Options().scholen)
    (files / "issuers.json").write_text(issuers.setting())
    (files / "leveranciers.json").write_text(world._leveranciers(pki))


def run(text: str, folder: Path, aws: Aws) -> str:
    """Paste it into a shell that stops where something fails."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "OSO_", "MAKE"))}
    env = {**kept, **aws.environment()}
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", text], cwd=folder, env=env, capture_output=True, timeout=600
    )
    assert done.returncode == 0, (done.stdout + done.stderr).decode()[-4000:]
    return done.stdout.decode()


def week(aws: Aws) -> str | None:
    """A setting of the portal's function that the test changes from one release to the next."""
    awslambda = aws.client("lambda")
    (name,) = (
        one["FunctionName"]
        for one in awslambda.list_functions()["Functions"]
        if one["FunctionName"].startswith("oso-dev-portal-APIHandler")
    )
    variables = awslambda.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    found: str | None = variables.get("OSO_AANMELDWEEK")
    return found


def test_the_deploy_section_ends_in_a_working_stack_and_the_next_one_takes_it_back(aws: Aws, checkout: Path) -> None:
    for tool in ("bash", "make", "git"):
        if shutil.which(tool) is None:
            pytest.skip(f"there is no {tool} here")
    put_files(checkout, make_pki(checkout / "pki"))
    told = run("\n".join(blocks("Deploy")), checkout, aws)
    assert re.findall(r"^(OK|MIS) ", told, re.MULTILINE) == ["OK"] * 4, told
    assert "uitgerold: dev, release" in told
    assert "api.voorbeeldbestuur.nl: ISSUED" in told
    assert week(aws) is None
    template = checkout / "build" / "portal" / "sam.json"
    next_one = json.loads(template.read_text())
    next_one["Globals"]["Function"]["Environment"]["Variables"]["OSO_AANMELDWEEK"] = "03-26"
    template.write_text(json.dumps(next_one))
    run("make deploy STAGE=dev", checkout, aws)
    assert week(aws) == "03-26"
    told = run("\n".join(blocks("Roll back")), checkout, aws)
    assert re.findall(r"^(OK|MIS) ", told, re.MULTILINE) == ["OK"] * 4, told
    assert week(aws) is None
