"""Deploying: what a failed first time leaves, what the account must give, and one line for what is not there."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra import certificates, deploy, package, stage
from infra.stacks import StackError, Stacks


class Cloud:
    """CloudFormation of one stack, in a state; what it was asked, in order."""

    def __init__(self, status: str) -> None:
        self.status, self.asked = status, list[str]()

    def describe_stacks(self, **_: Any) -> Any:
        if not self.status:
            raise ClientError({"Error": {"Code": "ValidationError", "Message": "x"}}, "DescribeStacks")
        return {"Stacks": [{"StackStatus": self.status, "Outputs": [{"OutputKey": "A", "OutputValue": "b"}]}]}

    def get_waiter(self, _: str) -> Any:
        return SimpleNamespace(wait=lambda **_: None)

    def _to(self, what: str, status: str) -> None:
        assert self.status != "ROLLBACK_COMPLETE" or what == "delete", "CloudFormation refuses all else"
        self.asked.append(what)
        self.status = status

    def create_stack(self, **_: Any) -> None:
        self._to("create", "CREATE_COMPLETE")

    def update_stack(self, **_: Any) -> None:
        self._to("update", "UPDATE_COMPLETE")

    def delete_stack(self, **_: Any) -> None:
        self._to("delete", "")


@pytest.mark.parametrize(
    ("status", "asked"),
    [
        ("", ["create"]),
        ("ROLLBACK_COMPLETE", ["delete", "create"]),
        ("UPDATE_ROLLBACK_COMPLETE", ["update"]),
        ("CREATE_COMPLETE", ["update"]),
    ],
)
def test_a_creation_that_was_rolled_back_is_simply_done_again(status: str, asked: list[str]) -> None:
    cloud = Cloud(status)
    stacks = Stacks(cloud)
    assert stacks.is_there("oso-proef") == (asked == ["update"])
    assert stacks.apply("oso-proef", {"TemplateBody": "{}"}, {}) == {"A": "b"}
    assert (cloud.asked, stacks.is_there("oso-proef")) == (asked, True)


def test_a_table_refuses_to_be_removed_only_after_its_stack_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[str] = []

    def apply(_: str, __: Any, parameters: dict[str, str]) -> dict[str, str]:
        given.append(parameters["Bescherming"])
        return {"DoelVanDomein": "x"}

    stacks = SimpleNamespace(is_there=lambda _: bool(given), apply=apply)
    session = SimpleNamespace(region_name="eu-west-1")
    target: Any = SimpleNamespace(stage="dev", session=session, stacks=stacks, bucket="b", settings={})
    monkeypatch.setattr(deploy, "_parameters", lambda *_: {"Bescherming": "true"})
    for expected in (["false", "true"], ["false", "true", "true"]):
        deploy._apply(target, "portal", "r", {"Parameters": {"Bescherming": {}}})
        assert given == expected


@pytest.mark.parametrize(
    ("free", "there", "short"), [(300, False, 0), (150, False, 84), (50, False, 184), (50, True, 0)]
)
def test_nothing_is_made_where_the_account_cannot_give_what_the_functions_reserve(
    monkeypatch: pytest.MonkeyPatch, free: int, there: bool, short: int
) -> None:
    limits = {"AccountLimit": {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": free}}
    session = SimpleNamespace(client=lambda _: SimpleNamespace(get_account_settings=lambda: limits))
    target: Any = SimpleNamespace(stage="dev", session=session, stacks=SimpleNamespace(is_there=lambda _: there))
    function = {"Type": "AWS::Serverless::Function", "Properties": {"ReservedConcurrentExecutions": 67}}
    monkeypatch.setattr(deploy, "_template", lambda *_: {"Resources": {"Een": function, "Rol": {}}})
    made: list[str] = []
    monkeypatch.setattr(deploy, "_apply", lambda _, door, *__: made.append(door))
    if not short:
        deploy.roll_out(target, "r")
        assert made == ["portal", "wire"]
        return
    with pytest.raises(StackError) as fout:
        deploy.roll_out(target, "r")
    assert made == []
    assert "134" in str(fout.value)
    assert f"ten minste {1000 + short}" in str(fout.value)
    assert "\n" not in str(fout.value)


COMMANDS: dict[str, Callable[[], int]] = {
    "certificates": lambda: certificates.main(["bestaatniet"]),
    "deploy": lambda: deploy.main(["bestaatniet", "--release", "x"]),
}


def test_a_stage_without_settings_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert COMMANDS["certificates"]() == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "Zet OSO_DOMEIN_PORTAL in .chalice/settings-bestaatniet.json (README, Deploy).\n"


def test_deploying_without_settings_names_the_file_before_anything_is_made() -> None:
    target: Any = SimpleNamespace(stage="bestaatniet", settings={}, session=None)
    with pytest.raises(stage.StageError, match=r"\.chalice/settings-bestaatniet\.json"):
        deploy._parameters(target, "portal")


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_without_region_is_told_in_one_line(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for setting in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(setting, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    settings = {"OSO_DOMEIN_PORTAL": "a.voorbeeld.nl", "OSO_DOMEIN_WIRE": "b.voorbeeld.nl"}
    monkeypatch.setattr(package, "stage_settings", lambda _: settings)
    assert COMMANDS[name]() in (1, 2)
    told = capsys.readouterr()
    assert (told.out + told.err).count("\n") == 1
    assert "regio" in told.out + told.err
