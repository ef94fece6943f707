"""Which installation an operator's command is about: `--stage NAME`, read from what was deployed, or the environment.

With a stage everything comes from CloudFormation: the settings of the templates of `oso-STAGE-portal` and `-wire`, the
names of what they made, and the name of the secret. No key is needed for that, so it works while a key is off. Nothing
is taken from the operator's own `OSO_*` then: two installations are never mixed.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

OUTPUTS = {
    "TabelState": "OSO_TABEL_STATE",
    "TabelMutatielog": "OSO_TABEL_MUTATIELOG",
    "Bucket": "OSO_BUCKET",
    "KmsSleutel": "OSO_KMS_SLEUTEL",
    "BucketWortels": "OSO_BUCKET_WORTELS",
    "KmsWortel": "OSO_KMS_WORTEL",
    "QueuePublicaties": "OSO_QUEUE_PUBLICATIES",
    "QueueAanvragen": "OSO_QUEUE_AANVRAGEN",
    "QueueZorgvragen": "OSO_QUEUE_ZORGVRAGEN",
}
"""Outputs of infra/resources.yaml, and the settings of the app that they are."""
DOORS = ("portal", "wire")
VERSION = "OSO_GEHEIM_VERSIE"
"""With which version of the secret a door was deployed: a changed one makes changed functions, so new processes."""


class StageError(RuntimeError):
    """Which installation is meant cannot be known; the text says, in Dutch, what to give."""


def secret_name(stage: str) -> str:
    """The secret of a stage, as infra/resources.yaml calls it."""
    return f"oso-{stage}-geheimen"


def add_argument(parser: argparse.ArgumentParser) -> None:
    """`--stage` on a command."""
    parser.add_argument("--stage", help="the deployed installation; without it the environment says which")


def environment(stage: str | None, *needs: str) -> dict[str, str]:
    """The settings of the installation, what the secret holds apart. `needs`: names without which nothing can be done.

    Raises StageError when there is no such stage, or when without one the environment lacks what is needed.
    """
    if stage:
        return deployed(stage, boto3.Session())
    if missing := [naam for naam in needs if not os.environ.get(naam)]:
        raise StageError(f"Geef --stage NAAM (bij make: STAGE=NAAM), of zet in de omgeving: {', '.join(missing)}.")
    return dict(os.environ)


def deployed(stage: str, session: Any) -> dict[str, str]:
    """The settings of what was deployed, over what is not ours of this environment. Raises StageError, ClientError."""
    found = {naam: waarde for naam, waarde in os.environ.items() if not naam.startswith("OSO_")}
    found |= {"AWS_REGION": session.region_name or ""}
    client = session.client("cloudformation")
    portal, wire = (dict(_of_door(client, stage, door)) for door in DOORS)
    versions = {one.get(VERSION, "") for one in (portal, wire)}
    ours = {"OSO_DEUREN": ",".join(DOORS), "OSO_GEHEIMEN": secret_name(stage)}
    return {**wire, **portal, **found, **ours, VERSION: versions.pop() if len(versions) == 1 else ""}


def _of_door(client: Any, stage: str, door: str) -> Iterator[tuple[str, str]]:
    """What the template of a door says in plain words, by parameter, or by output."""
    name = f"oso-{stage}-{door}"
    try:
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        region = client.meta.region_name
        raise StageError(
            f"Er is geen stack {name} in {region}: controleer de stage, de regio en het account."
        ) from None
    given = {one["ParameterKey"]: one.get("ParameterValue", "") for one in stack.get("Parameters", [])}
    template = client.get_template(StackName=name, TemplateStage="Original")["TemplateBody"]
    variables = template["Globals"]["Function"]["Environment"]["Variables"]
    for naam, waarde in variables.items():
        if isinstance(waarde, str):
            yield naam, waarde
        elif waarde.get("Ref") in given:
            yield naam, given[waarde["Ref"]]
    for one in stack.get("Outputs", []):
        if one["OutputKey"] in OUTPUTS:
            yield OUTPUTS[one["OutputKey"]], one["OutputValue"]


def reason(error: Exception) -> str:
    """What AWS said, as a code, or the kind of the failure; no value of anybody's."""
    if isinstance(error, ClientError):
        return str(error.response["Error"]["Code"])
    return type(error).__name__


def run(work: Callable[[], int]) -> int:
    """The exit code of a command; 2 and one line where the installation is unknown or AWS does not do it."""
    try:
        return work()
    except StageError as error:
        print(error, file=sys.stderr)
    except (ClientError, BotoCoreError) as error:
        print(f"AWS weigert of antwoordt niet: {reason(error)}. Controleer de rechten en de regio.", file=sys.stderr)
    return 2
