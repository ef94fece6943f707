"""The sandbox with the app deployed: packaged, rolled out by CloudFormation, run as Lambda functions with own roles.

The same `Stack` as infra/local/stack.py gives, so that the same stories can be told; here queues and functions are
those of the embedded AWS, and every call that a function makes is judged by its policy. Only the doors' sockets are
ours (infra/local/lambda_app.py).
"""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from socket import socket
from typing import Any

import boto3
import yaml

from chalicelib.config import IN_GEHEIM
from infra import certificates, deploy, package, vault
from infra.local import settings, world
from infra.local.aws import REGION, TEMPLATE, Aws, start_ministack
from infra.local.issuer import make_issuers
from infra.local.processes import LOOPBACK, Child, StartError, listen, port_of, ready, start
from infra.local.stack import Stack, ended, traffic_center
from infra.local.world import Center, Options

STAGE = "sandbox"
_ACCOUNT = "100000000002"


@dataclass(frozen=True)
class Session:
    """What infra/deploy.py needs of a boto3 session, of an embedded AWS instead of the real one."""

    aws: Aws
    region_name: str = REGION

    def client(self, service: str, config: Any = None) -> Any:
        """The client of a service."""
        if config is None:
            return self.aws.client(service)
        session: Any = boto3.Session(self.aws.account, "test", region_name=REGION)
        return session.client(service, endpoint_url=self.aws.endpoint, config=config)


@dataclass(frozen=True)
class Deployment:
    """A deployed sandbox: the stack as any other, and what was deployed."""

    stack: Stack
    target: deploy.Target
    release: str

    def function(self, door: str, logical: str) -> str:
        """The name of a function by its logical id."""
        return self.target.stacks.resources(f"oso-{STAGE}-{door}")[logical]


@contextmanager
def deployed(folder: Path, options: Options | None = None) -> Iterator[Deployment]:
    """Package and deploy everything, and serve both doors until the block ends. StartError where one does not come."""
    options = options or Options()
    with traffic_center(folder) as center, ended() as children, listen() as portal, listen() as wire:
        address = f"https://{LOOPBACK}:{port_of(wire)}/oso/{options.profiel}"
        issuers = make_issuers(folder / "issuer", options.scholen)
        told = world.settings(folder, options, center, issuers, address)
        endpoint, ministack = start_ministack(folder / "aws", roles=True)
        children.append(ministack)
        aws = Aws(endpoint, _ACCOUNT)
        plain = {naam: waarde for naam, waarde in told.items() if naam not in IN_GEHEIM}
        target = deploy.Target(STAGE, plain, Session(aws), pause=0.2, build=package.BUILD / STAGE)
        release = _deploy(target, center.pki.ca)
        _fill(aws, told, folder)
        _reapply(target)
        pki = center.pki
        tls = [f"--certificaat={pki.cert('server')}", f"--sleutel={pki.key('server')}", f"--client-ca={pki.ca}"]
        doors = [_door(folder, target, "portal", portal, []), _door(folder, target, "wire", wire, tls)]
        others = [_party(folder, naam, center, options) for naam in options.parties]
        children += [*doors, *others]
        stack = Stack(
            folder=folder,
            portal=ready(doors[0])["adres"],
            wire=(ready(doors[1]), address)[1],
            center=center,
            aws=aws,
            issuers=issuers,
            shift=timedelta(),
            parties={part.naam: ready(part)["standAdres"] for part in others},
            env={**aws.environment(), **told},
            children=tuple(children),
        )
        yield Deployment(stack, target, release)


def _deploy(target: deploy.Target, truststore: str) -> str:
    """As `make package`, infra.certificates and `make deploy` do; the id of the release."""
    if wrong := package.build(target.settings, target.build):
        raise StartError("\n".join(wrong))
    for door in package.DOORS:
        certificates.ask(target.session.client("acm"), target.settings[f"OSO_DOMEIN_{door.upper()}"])
    deploy.keep_truststore(target, Path(truststore).read_bytes())
    release = deploy.upload(target)
    deploy.roll_out(target, release)
    return release


def _fill(aws: Aws, told: Mapping[str, str], folder: Path) -> None:
    """As infra.vault does: what nobody may read goes into the secret."""
    files = {"client_cert": told["OSO_CLIENT_CERT"], "client_key": told["OSO_CLIENT_KEY"], "tc_ca": told["OSO_TC_CA"]}
    for name in ("zoeksleutel", "issuers", "leveranciers"):
        path = folder / f"geheim-{name}"
        path.write_text(told[f"OSO_{name.upper()}"])
        files[name] = str(path)
    secret = vault.merged({}, {**files, "pepper": "new"})
    aws.client("secretsmanager").put_secret_value(SecretId=f"oso-{STAGE}-geheimen", SecretString=json.dumps(secret))


def _reapply(target: deploy.Target) -> None:
    """What the embedded CloudFormation dropped, as for the plain sandbox.

    And the embedded AWS speaks plain HTTP, which the policies of our buckets refuse to everybody: they go.
    """
    name, client = f"oso-{STAGE}-portal", target.session.client
    template = yaml.safe_load(TEMPLATE.read_text())
    made = target.stacks.resources(name)
    settings.reapply(client, template, made, target.stacks.outputs(name) or {})
    for logical, resource in template["Resources"].items():
        if resource["Type"] == "AWS::S3::Bucket":
            client("s3").delete_bucket_policy(Bucket=made[logical])


def _party(folder: Path, naam: str, center: Center, options: Options) -> Child:
    """The system of somebody else who takes part."""
    theirs = [f"--pki={center.pki.map}", f"--tc={center.adres}", f"--zoeksleutel={center.sleutel}"]
    command = [sys.executable, "-m", f"infra.local.{naam}", *theirs, f"--generatie={options.profiel}"]
    return start(naam, command, folder / f"{naam}.log", {})


def _door(folder: Path, target: deploy.Target, door: str, listening: socket, tls: list[str]) -> Child:
    """One door: our socket before the deployed API and its function."""
    made = target.stacks.resources(f"oso-{STAGE}-{door}")
    api = json.loads((target.build / door / "sam.json").read_text())["Resources"]["RestAPI"]["Properties"]
    binary = ",".join(api["DefinitionBody"]["x-amazon-apigateway-binary-media-types"])
    env = {"OSO_DEPLOYED_API": made["RestAPI"], "OSO_DEPLOYED_FUNCTION": made["APIHandler"]}
    env["OSO_DEPLOYED_BINARY"] = binary
    command = [sys.executable, "-m", "infra.local.serve", "--app=infra.local.lambda_app", f"--deuren={door}"]
    command += [f"--fd={listening.fileno()}", *tls]
    return start(door, command, folder / f"{door}.log", {**target.session.aws.environment(), **env}, [listening])
