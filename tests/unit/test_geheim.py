"""The secret that a deployed process starts with: what may stand in it, and what it does to the settings."""

import json

import pytest

from chalicelib.config import IN_GEHEIM, Settings, met_geheim, pem

PEPPER = {"1": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}


def reader(text: str) -> dict[str, str]:
    return met_geheim({"OSO_GEHEIMEN": "oso-dev-geheimen"}, {"oso-dev-geheimen": text}.__getitem__)


def test_what_stands_in_the_secret_are_settings() -> None:
    found = reader(json.dumps({"OSO_PEPPER": PEPPER, "OSO_CLIENT_KEY": "-----BEGIN PRIVATE KEY-----"}))
    assert set(found) <= set(IN_GEHEIM)
    assert set(Settings.from_env(found).pepper) == {"1"}
    assert Settings.from_env(found).client_key == "-----BEGIN PRIVATE KEY-----"


def test_without_a_name_nothing_is_read() -> None:
    def never(naam: str) -> str:
        raise AssertionError(naam)

    assert met_geheim({}, never) == {}


@pytest.mark.parametrize(
    "text",
    ['{"OSO_STAGE": "sandbox"}', '{"AWS_ENDPOINT_URL": "http://elders"}', '["OSO_PEPPER"]', "geheim!!", '"OSO_PEPPER"'],
)
def test_a_secret_cannot_change_any_other_setting_and_is_not_shown(text: str) -> None:
    with pytest.raises(ValueError, match="OSO_GEHEIMEN") as caught:
        reader(text)
    assert "elders" not in str(caught.value)
    assert "geheim!!" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_certificate_is_the_text_itself_or_in_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    text = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n"
    path = tmp_path_factory.mktemp("pem") / "één.pem"
    path.write_text(text)
    assert pem(text) == pem(str(path)) == text
