"""The embedded AWS: ministack on loopback, provisioned from infra/resources.yaml by CloudFormation.

The application knows nothing of this: it gets plain boto3 settings. What ministack's CloudFormation drops is applied
again from the same template, and every setting is read back (`infra/local/settings.py`).
"""

import os
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
import yaml
from botocore.config import Config
from botocore.exceptions import ClientError, WaiterError

from infra.local import settings
from infra.local.processes import LOOPBACK, ROOT, Child, StartError, start, stop, tail, wait_until
from infra.stage import OUTPUTS
from infra.venv import ensure

REGION = "eu-west-1"
TEMPLATE = ROOT / "infra" / "resources.yaml"
REQUIREMENTS = ROOT / "infra" / "local" / "requirements-ministack.txt"


@dataclass(frozen=True)
class Aws:
    """Where an embedded AWS listens, and as which account we speak to it.

    ministack takes a 12-digit access key for the account number and keeps accounts apart, so several stacks can share
    one process.
    """

    endpoint: str
    account: str

    def environment(self) -> dict[str, str]:
        """Give the settings by which any plain AWS client reaches this account."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.account,
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }

    def client(self, service: str) -> Any:
        """Give the boto3 client for `service`, independent of the settings of this process."""
        if service not in self._clients:
            signature = Config(signature_version="s3v4") if service == "s3" else None
            self._clients[service] = self._session.client(service, endpoint_url=self.endpoint, config=signature)
        return self._clients[service]

    @cached_property
    def _clients(self) -> dict[str, Any]:
        return {}

    @cached_property
    def _session(self) -> Any:
        return boto3.Session(self.account, "test", region_name=REGION)


def start_ministack(folder: Path, keep: bool = False, *, roles: bool = False) -> tuple[str, Child]:
    """Start ministack with its files under `folder`; return its address and process.

    With `keep` the state of an earlier run in that folder is read back, and written when the process is asked to end.
    With `roles` it takes whole deployments, and judges every call by the policy of who calls, as AWS does.
    Raises StartError when it does not answer within 30 s, or its port was taken three times in a row.
    """
    python = ensure(ROOT / ".venv-ministack", REQUIREMENTS)
    folder.mkdir(parents=True, exist_ok=True)
    for _ in range(3):
        port = _free_port()
        command = [str(python), "-m", "infra.local.ministack_roles" if roles else "ministack"]
        env = {**_own(folder, port, keep), "AUTH": "true" if roles else "false"}
        child = start("ministack", command, folder / "ministack.log", env)
        endpoint = f"http://{LOOPBACK}:{port}"
        if _up(child, endpoint):
            return endpoint, child
        stop(child)
    raise StartError(f"ministack did not start:\n{tail(folder / 'ministack.log')}")


def provision(aws: Aws, stage: str = "sandbox", template: Path = TEMPLATE) -> dict[str, str]:
    """Deploy infra/resources.yaml, or update what an earlier run kept; return names and urls as settings of the app.

    Raises SettingsError when the embedded AWS does not keep what the template says, StartError when it refuses it.
    """
    stack, text = f"oso-{stage}", template.read_text()
    cloudformation = aws.client("cloudformation")
    if _outputs(cloudformation, stack) is None:
        _deploy(cloudformation, "create", stack, text, stage)
    elif cloudformation.get_template(StackName=stack)["TemplateBody"] != text:
        _deploy(cloudformation, "update", stack, text, stage)
    outputs = _outputs(cloudformation, stack) or {}
    resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    names = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in resources}
    settings.reapply(aws.client, yaml.safe_load(text), names, outputs)
    return {setting: outputs[output] for output, setting in OUTPUTS.items()}


def _deploy(cloudformation: Any, verb: str, stack: str, text: str, stage: str) -> None:
    """Create or update the stack, and wait."""
    parameters = [{"ParameterKey": "Stage", "ParameterValue": stage}]
    getattr(cloudformation, f"{verb}_stack")(StackName=stack, TemplateBody=text, Parameters=parameters)
    waiter = cloudformation.get_waiter(f"stack_{verb}_complete")
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": 0.1, "MaxAttempts": 200})
    except WaiterError:
        hint = "; a kept sandbox of an older version can be removed: var/run"
        raise StartError(f"infra/resources.yaml: CloudFormation could not {verb} it{hint}") from None


def _outputs(cloudformation: Any, stack: str) -> dict[str, str] | None:
    """Read the outputs of a stack; None if there is no such stack."""
    try:
        stacks = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return None
    return {one["OutputKey"]: one["OutputValue"] for one in stacks[0].get("Outputs", [])}


def _own(folder: Path, port: int, keep: bool) -> Mapping[str, str]:
    """Give ministack's own settings: loopback alone, no second listener, every file under `folder`."""
    return {
        "BIND_HOST": LOOPBACK,
        "MINISTACK_HOST": LOOPBACK,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "TMPDIR": str(folder),
        "PERSIST_STATE": "1" if keep else "0",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1" if keep else "0",
        "S3_DATA_DIR": str(folder / "s3"),
    }


def _free_port() -> int:
    with socket.create_server((LOOPBACK, 0)) as one:
        port: int = one.getsockname()[1]
    return port


def _up(child: Child, endpoint: str) -> bool:
    """Wait until it answers; False if it ended instead."""
    wait_until(lambda: _healthy(endpoint) or not child.alive(), 30, "ministack")
    return child.alive()


def _healthy(endpoint: str) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint}/_ministack/ready", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
