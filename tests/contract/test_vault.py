"""The secret of a stage is replaced as a whole: who cannot read it writes nothing."""

import json
from itertools import count

import pytest

from infra.local.aws import Aws
from infra.vault import VaultError, current
from tests.contract.refusal import refuse

NAME = "oso-proef-geheimen"
ACCOUNTS = count(710000000001)


@pytest.mark.parametrize("call", ["GetSecretValue", "DescribeSecret"])
@pytest.mark.parametrize("code", ["AccessDeniedException", "DecryptionFailure", "ThrottlingException"])
def test_a_secret_that_cannot_be_read_is_not_an_empty_one(ministack: str, call: str, code: str) -> None:
    client = Aws(ministack, str(next(ACCOUNTS))).client("secretsmanager")
    client.create_secret(Name=NAME, SecretString=json.dumps({"OSO_PEPPER": {"1": "x"}}))
    assert set(current(client, NAME)) == {"OSO_PEPPER"}
    refuse(client, call, code)
    with pytest.raises(VaultError, match=code):
        current(client, NAME)


def test_what_is_there_and_hides_is_not_empty_either(ministack: str) -> None:
    client = Aws(ministack, str(next(ACCOUNTS))).client("secretsmanager")
    client.create_secret(Name=NAME, SecretString="{}")
    refuse(client, "GetSecretValue", "ResourceNotFoundException")
    with pytest.raises(VaultError, match="ResourceNotFoundException"):
        current(client, NAME)


def test_only_a_secret_that_nobody_filled_is_empty(ministack: str) -> None:
    client = Aws(ministack, str(next(ACCOUNTS))).client("secretsmanager")
    client.create_secret(Name=NAME)
    assert current(client, NAME) == {}
    with pytest.raises(VaultError, match="rol eerst de portaaldeur uit"):
        current(client, "oso-ander-geheimen")


def test_what_is_no_json_stays(ministack: str) -> None:
    client = Aws(ministack, str(next(ACCOUNTS))).client("secretsmanager")
    client.create_secret(Name=NAME, SecretString="geheim!!")
    with pytest.raises(VaultError, match="geen JSON"):
        current(client, NAME)
