"""CloudFormation as the deploy command uses it: make or change a stack, wait for it, read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError, WaiterError

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
_SECONDS = 1800


class StackError(RuntimeError):
    """CloudFormation did not do it; the text holds what it said of each resource that failed."""


@dataclass(frozen=True)
class Stacks:
    """The stacks of one account and region. `pause`: seconds between two looks."""

    cloudformation: Any
    pause: float = 2

    def apply(self, name: str, template: Mapping[str, str], parameters: Mapping[str, str]) -> dict[str, str]:
        """Create or update a stack and give its outputs. `template`: TemplateBody or TemplateURL. Raises StackError."""
        self._forget_rolled_back(name)
        new = self.outputs(name) is None
        pairs = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
        call = self.cloudformation.create_stack if new else self.cloudformation.update_stack
        try:
            call(StackName=name, Parameters=pairs, Capabilities=CAPABILITIES, **template)
        except ClientError as error:
            if "No updates are to be performed" not in str(error):
                raise
        else:
            self._wait(name, "stack_create_complete" if new else "stack_update_complete")
        return self.outputs(name) or {}

    def _forget_rolled_back(self, name: str) -> None:
        """Remove a stack of which the creation failed: CloudFormation changes it no more, and nothing is in it."""
        if self._status(name) == "ROLLBACK_COMPLETE":
            self.cloudformation.delete_stack(StackName=name)
            self._wait(name, "stack_delete_complete")

    def _status(self, name: str) -> str:
        found = self._describe(name)
        return str(found["StackStatus"]) if found else ""

    def _wait(self, name: str, what: str) -> None:
        config = {"Delay": self.pause, "MaxAttempts": int(_SECONDS / self.pause)}
        try:
            self.cloudformation.get_waiter(what).wait(StackName=name, WaiterConfig=config)
        except WaiterError:
            events = self.cloudformation.describe_stack_events(StackName=name)["StackEvents"]
            failed = [one for one in events if one["ResourceStatus"].endswith("FAILED")]
            lines = [f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', '')}" for one in failed[:10]]
            raise StackError("\n".join([f"{name}: {what} komt niet", *lines])) from None

    def outputs(self, name: str) -> dict[str, str] | None:
        """The outputs of a stack; None if there is no such stack."""
        found = self._describe(name)
        return None if found is None else {one["OutputKey"]: one["OutputValue"] for one in found.get("Outputs", [])}

    def is_there(self, name: str) -> bool:
        """Whether a stack was ever made whole."""
        return self._status(name) not in ("", "ROLLBACK_COMPLETE")

    def _describe(self, name: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = self.cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise
            return None
        return found

    def resources(self, name: str) -> dict[str, str]:
        """What became of each logical id."""
        pages = self.cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        every = [one for page in pages for one in page["StackResourceSummaries"]]
        return {one["LogicalResourceId"]: one.get("PhysicalResourceId", "") for one in every}
