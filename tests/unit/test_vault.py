"""What goes into the secret of a stage: checked before it is written, and never shown."""

import json
from pathlib import Path

import pytest

from infra.local.pki import Pki, make_pki
from infra.vault import VaultError, merged


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Pki:
    return make_pki(tmp_path_factory.mktemp("pki"))


def test_a_chain_loses_what_tools_write_around_it(pki: Pki, tmp_path: Path) -> None:
    chain = tmp_path / "keten.pem"
    chain.write_text(
        "Bag Attributes\n  friendlyName: x\n" + Path(pki.cert("leverancier-a")).read_text() + "subject=/CN=x\n"
    )
    made = merged({}, {"client_cert": str(chain), "client_key": pki.key("leverancier-a")})
    assert made["OSO_CLIENT_CERT"].startswith("-----BEGIN CERTIFICATE-----")
    assert "Bag" not in made["OSO_CLIENT_CERT"]
    assert "subject" not in made["OSO_CLIENT_CERT"]


def test_what_is_not_named_stays(pki: Pki) -> None:
    first = merged({}, {"pepper": "new"})
    assert set(first["OSO_PEPPER"]) == {"1"}
    assert merged(first, {"tc_ca": pki.ca})["OSO_PEPPER"] == first["OSO_PEPPER"]


def test_a_pepper_is_made_once(pki: Pki) -> None:
    with pytest.raises(VaultError, match="pepper"):
        merged(merged({}, {"pepper": "new"}), {"pepper": "new"})
    with pytest.raises(VaultError, match="pepper"):
        merged({}, {"pepper": "geheim"})


def test_a_key_that_does_not_belong_to_the_certificate_is_refused(pki: Pki) -> None:
    with pytest.raises(VaultError, match="hoort niet bij"):
        merged({}, {"client_cert": pki.cert("leverancier-a"), "client_key": pki.key("leverancier-b")})


@pytest.mark.parametrize(
    ("name", "text"),
    [("client_cert", "geen pem"), ("tc_ca", ""), ("issuers", "{"), ("issuers", '[{"iss": 1}]'), ("zoeksleutel", "?")],
)
def test_what_the_service_could_not_read_is_refused_without_showing_it(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / "waarde"
    path.write_text(text)
    with pytest.raises(VaultError) as caught:
        merged({}, {name: str(path)})
    assert not text or text not in str(caught.value)


def test_a_key_where_a_certificate_belongs_is_refused(pki: Pki) -> None:
    with pytest.raises(VaultError, match="client_cert"):
        merged({}, {"client_cert": pki.key("leverancier-a")})


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(VaultError, match="stage"):
        merged({}, {"stage": "sandbox"})


def test_more_than_a_secret_can_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "leveranciers"
    row = {"issuer": "CN=x", "oin": "00000001000000000001", "aanleverpunten": "*"}
    path.write_text(json.dumps([row] * 900))
    with pytest.raises(VaultError, match="64 kB"):
        merged({}, {"leveranciers": str(path)})
