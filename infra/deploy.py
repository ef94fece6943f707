"""`python -m infra.deploy STAGE [--truststore FILE] [--release ID | --releases]`, `make deploy`: put a stage on AWS.

Takes what `make package` built, keeps it under an id made of its content in the bucket of releases, and lets
CloudFormation bring the stacks `oso-STAGE-portal` and `oso-STAGE-wire` to it. `--release`: back to an earlier one,
program and template. Also with the same release a secret that changed makes every function start anew and read it.
`--truststore`: PEM of who may open a connection to the wire; kept by version, needed once. Ends with a smoke test
(infra/smoke.py) when the secret is filled. Credentials and region are those of any AWS client.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra import package, smoke
from infra.stacks import StackError, Stacks
from infra.stage import reason, run, secret_name

_TEMPLATE = package.ROOT / "infra" / "releases.yaml"
TRUSTSTORE = "truststore.pem"
Template = dict[str, Any]


@dataclass(frozen=True)
class Target:
    """One stage in one account and region."""

    stage: str
    settings: Mapping[str, str]
    session: Any = field(default_factory=boto3.Session, repr=False)
    pause: float = 2
    build: Path = package.BUILD

    @cached_property
    def stacks(self) -> Stacks:
        """Its stacks."""
        return Stacks(self.session.client("cloudformation"), self.pause)

    @cached_property
    def bucket(self) -> str:
        """The bucket of releases, made or brought up to date."""
        parameters = {"Stage": self.stage}
        text = {"TemplateBody": _TEMPLATE.read_text()}
        return self.stacks.apply(f"oso-{self.stage}-releases", text, parameters)["Bucket"]

    @cached_property
    def s3(self) -> Any:
        """The client of S3."""
        return self.session.client("s3")


def main(arguments: list[str]) -> int:
    """Deploy, print what came of it; 1 if something is wrong."""
    asked = _arguments(arguments)
    return run(lambda: _deploy(asked))


def _deploy(asked: argparse.Namespace) -> int:
    settings = package.stage_settings(asked.stage)
    if reasons := [*package.readable(settings), *package.unsafe(asked.stage, settings)]:
        print(*reasons, f"make deploy: {asked.stage} wordt zo niet uitgerold", sep="\n")
        return 1
    target = Target(asked.stage, settings, pause=asked.pause)
    if not (target.session.region_name or "").startswith("eu-"):
        print("make deploy: de regio ligt niet in de EU")
        return 1
    if asked.releases:
        print("\n".join(releases(target)))
        return 0
    try:
        if asked.truststore:
            keep_truststore(target, asked.truststore.read_bytes())
        release = asked.release or upload(target)
        roll_out(target, release)
    except (StackError, ClientError) as error:
        print(error)
        return 1
    print(f"uitgerold: {asked.stage}, release {release}")
    return smoke.main([asked.stage])


def keep_truststore(target: Target, pem: bytes) -> None:
    """Keep a new version of who may open a connection to the wire; the next deployment takes the newest."""
    _keep(target, TRUSTSTORE, pem)


def roll_out(target: Target, release: str) -> None:
    """Bring both doors to a release that is kept, the portal first. Raises StackError, ClientError."""
    templates = {door: _template(target, door, release) for door in package.DOORS}
    _eis_concurrency(
        target, [one for door, one in templates.items() if not target.stacks.is_there(_stack(target, door))]
    )
    for door, template in templates.items():
        _apply(target, door, release, template)


_AWS_KEEPS = 100
"""Concurrent runs of an account that AWS lets nobody reserve."""


def _eis_concurrency(target: Target, new: list[Template]) -> None:
    """Whether the account can give what new functions reserve, before anything is made. Raises StackError."""
    functions = [one for template in new for one in template["Resources"].values()]
    needed = sum(one.get("Properties", {}).get("ReservedConcurrentExecutions", 0) for one in functions)
    limit = target.session.client("lambda").get_account_settings()["AccountLimit"]
    short = needed - (limit["UnreservedConcurrentExecutions"] - _AWS_KEEPS)
    if needed and short > 0:
        raise StackError(
            f"Lambda: de functies vragen samen {needed} gelijktijdige uitvoeringen, en dit account heeft er {short} te "
            f"weinig vrij. Vraag AWS (Service Quotas, Lambda, Concurrent executions) om ten minste "
            f"{limit['ConcurrentExecutions'] + short}. Er is niets gemaakt"
        )


def _stack(target: Target, door: str) -> str:
    return f"oso-{target.stage}-{door}"


def _template(target: Target, door: str, release: str) -> Template:
    kept = target.s3.get_object(Bucket=target.bucket, Key=_key(release, door, "sam.json"))
    template: Template = json.loads(kept["Body"].read())
    return template


def upload(target: Target) -> str:
    """Keep what `make package` built; give the id of the release. The same content has the same id."""
    files = {(door, name): (target.build / door / name).read_bytes() for door in package.DOORS for name in _FILES}
    release = hashlib.sha256(b"".join(hashlib.sha256(files[key]).digest() for key in sorted(files))).hexdigest()[:12]
    for (door, name), data in files.items():
        if name == "sam.json":
            data = _with_code(data, target.bucket, _key(release, door, "deployment.zip"))
        _keep(target, _key(release, door, name), data)
    return release


_FILES = ("deployment.zip", "sam.json", "sbom.cdx.json")


def _key(release: str, door: str, name: str) -> str:
    return f"releases/{release}/{door}/{name}"


def _with_code(template: bytes, bucket: str, key: str) -> bytes:
    """The template with the zip of its own release, wherever that is kept."""
    read = json.loads(template)
    for resource in read["Resources"].values():
        if resource.get("Type") == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = {"Bucket": bucket, "Key": key}
    return json.dumps(read).encode()


def _keep(target: Target, key: str, data: bytes) -> None:
    target.s3.put_object(Bucket=target.bucket, Key=key, Body=data)


def releases(target: Target) -> list[str]:
    """Every release that is kept: when it was made and its id, the newest first."""
    pages = target.s3.get_paginator("list_objects_v2").paginate(Bucket=target.bucket, Prefix="releases/")
    made = {
        one["Key"].split("/")[1]: one["LastModified"].strftime("%Y-%m-%d %H:%M:%S")
        for page in pages
        for one in page.get("Contents", [])
        if one["Key"].endswith("portal/sam.json")
    }
    return [f"{moment}  {release}" for release, moment in sorted(made.items(), key=lambda one: one[1], reverse=True)]


def _apply(target: Target, door: str, release: str, template: Template) -> None:
    """Bring the stack of one door to a release. Raises StackError, ClientError."""
    name = _stack(target, door)
    url = f"https://s3.{target.session.region_name}.amazonaws.com/{target.bucket}/{_key(release, door, 'sam.json')}"
    given = _parameters(target, door)
    wanted = {naam: given[naam] for naam in template["Parameters"] if naam in given}
    if _PROTECTS in template["Parameters"] and not target.stacks.is_there(name):
        # a protected table cannot be rolled back, and what stays keeps its name from the next try
        target.stacks.apply(name, {"TemplateURL": url}, wanted | {_PROTECTS: "false"})
    outputs = target.stacks.apply(name, {"TemplateURL": url}, wanted)
    domain = target.settings.get(f"OSO_DOMEIN_{door.upper()}", "")
    print(f"{door}: laat {domain} in DNS wijzen naar {outputs['DoelVanDomein']}", flush=True)


_PROTECTS = "Bescherming"


def _parameters(target: Target, door: str) -> dict[str, str]:
    """What the template of a door asks for, from the settings of the stage and from what AWS already has."""
    domain = package.domain(target.stage, target.settings, door)
    given = {"Stage": target.stage, "Domein": domain, "CertificaatArn": _certificate(target, domain)}
    given[_PROTECTS] = "true"
    given["GeheimVersie"] = _secret_version(target)
    given |= {naam: target.settings[naam] for naam in ("AlarmEmail", "CorsOrigins") if naam in target.settings}
    if origins := given.get("CorsOrigins"):  # CloudFormation splits at the comma, and a space would be of the origin
        given["CorsOrigins"] = ",".join(filter(None, map(str.strip, origins.split(","))))
    if door == "wire":
        try:
            version = target.s3.head_object(Bucket=target.bucket, Key=TRUSTSTORE)["VersionId"]
        except ClientError:
            raise StackError("er is nog geen truststore: geef de eerste keer --truststore mee") from None
        given |= {"TruststoreUri": f"s3://{target.bucket}/{TRUSTSTORE}", "TruststoreVersie": version}
    return given


def _secret_version(target: Target) -> str:
    """The id of what stands in the secret now; empty before the first deployment made one, or before it was filled."""
    client = target.session.client("secretsmanager")
    try:
        versions = client.describe_secret(SecretId=secret_name(target.stage)).get("VersionIdsToStages", {})
    except ClientError as error:
        if reason(error) != "ResourceNotFoundException":
            raise
        return ""
    return next((version for version, labels in versions.items() if "AWSCURRENT" in labels), "")


def _certificate(target: Target, domain: str) -> str:
    """The newest certificate for this domain that ACM issued in this region. Raises StackError if there is none."""
    acm = target.session.client("acm")
    pages = acm.get_paginator("list_certificates").paginate(CertificateStatuses=["ISSUED"])
    found: list[str] = [
        one["CertificateArn"] for page in pages for one in page["CertificateSummaryList"] if one["DomainName"] == domain
    ]
    if not found:
        raise StackError(f"ACM heeft geen uitgegeven certificaat voor {domain}: python -m infra.certificates")
    return max(found, key=lambda arn: str(acm.describe_certificate(CertificateArn=arn)["Certificate"]["NotAfter"]))


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("stage")
    parser.add_argument("--truststore", type=Path, help="PEM of who may open a connection to the wire")
    parser.add_argument("--release", help="an earlier release, to roll back to")
    parser.add_argument("--releases", action="store_true", help="list them")
    parser.add_argument("--pause", type=float, default=2, help="seconds between two looks at CloudFormation")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
