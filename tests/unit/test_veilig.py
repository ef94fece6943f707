"""No unsafe value can reach production: each by itself stops the start, and so the package."""

import base64
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.veilig import bezwaren, eis_veilig, is_proefadres
from infra.local.processes import ROOT

Env = dict[str, str]
KEY = base64.b64encode(bytes(range(32))).decode()
ISSUER = {"iss": "https://inlog.voorbeeldportaal.nl", "aud": "oso", "scholen": ["14SS00"], "jwks": {"keys": []}}
SUPPLIER = {"issuer": "CN=Voorbeeld Autoriteit G1,C=NL", "oin": "00000001000000000001"}


def certificate(path: Path, name: str) -> str:
    """A certificate that this name signed itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=9))
    path.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    return str(path)


@pytest.fixture(scope="module")
def safe(tmp_path_factory: pytest.TempPathFactory) -> Env:
    """An environment that production may start with."""
    folder = tmp_path_factory.mktemp("certificaten")
    return {
        "OSO_STAGE": "prod",
        "AWS_REGION": "eu-west-1",
        "OSO_GEHEIMEN": "oso-prod-geheimen",
        "OSO_KMS_SLEUTEL": "alias/oso-prod",
        "OSO_PEPPER": json.dumps({"1": KEY}),
        "OSO_ZOEKSLEUTEL_PROVIDER": "kennisnet",
        "OSO_ZOEKSLEUTEL": KEY,
        "OSO_ISSUERS": json.dumps([ISSUER]),
        "OSO_TC_URL": "https://tc.voorbeeld.nl/tc/18",
        "OSO_TC_CA": certificate(folder / "ca.pem", "Voorbeeld Autoriteit G1"),
        "OSO_CLIENT_CERT": certificate(folder / "eigen.pem", "Voorbeeld Schoolbestuur"),
        "OSO_WIRE_URL": "https://oso.voorbeeldbestuur.nl/oso/18",
        "OSO_LEVERANCIERS": json.dumps([SUPPLIER]),
        "OSO_DOMEIN_PORTAL": "api.voorbeeldbestuur.nl",
        "OSO_DOMEIN_WIRE": "oso.voorbeeldbestuur.nl",
    }


WEAK = json.dumps({"1": KEY, "2": base64.b64encode(b"kort").decode()})
DEFAULT = json.dumps({"1": base64.b64encode(bytes(32)).decode()})
UNSAFE: tuple[tuple[str, str], ...] = (
    ("OSO_KLOK", "2026-06-10T09:30:00+02:00"),
    ("AWS_REGION", "us-east-1"),
    ("AWS_REGION", ""),
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
    ("OSO_GEHEIMEN", ""),
    ("OSO_KMS_SLEUTEL", ""),
    ("OSO_PEPPER", "{}"),
    ("OSO_PEPPER", WEAK),
    ("OSO_PEPPER", DEFAULT),
    ("OSO_PEPPER", "geen json"),
    ("OSO_PEPPER_SCHRIJFT", "2"),
    ("OSO_ZOEKSLEUTEL_PROVIDER", "sandbox"),
    ("OSO_ZOEKSLEUTEL_PROVIDER", ""),
    ("OSO_ZOEKSLEUTEL", base64.b64encode(b"z" * 32).decode()),
    ("OSO_ZOEKSLEUTEL", ""),
    ("OSO_ISSUERS", "[]"),
    ("OSO_ISSUERS", json.dumps([ISSUER | {"iss": "https://portaal-a.issuer.invalid"}])),
    ("OSO_ISSUERS", json.dumps([ISSUER | {"iss": "http://inlog.voorbeeldportaal.nl"}])),
    ("OSO_ISSUERS", json.dumps([ISSUER | {"aud": "oso-sandbox"}])),
    ("OSO_TC_URL", "http://tc.voorbeeld.nl/tc/18"),
    ("OSO_TC_URL", "https://127.0.0.1:8443/tc/18"),
    ("OSO_TC_URL", "https://[::1]/tc/18"),
    ("OSO_TC_URL", "https://localhost/tc/18"),
    ("OSO_TC_URL", "https://10.0.0.8/tc/18"),
    ("OSO_TC_URL", ""),
    ("OSO_WIRE_URL", "https://127.0.0.1/oso/18"),
    ("OSO_TC_CA", ""),
    ("OSO_CLIENT_CERT", "/bestaat/niet.pem"),
    ("OSO_LEVERANCIERS", json.dumps([SUPPLIER | {"issuer": "CN=OSO sandbox test-CA"}])),
    ("OSO_LEVERANCIERS", json.dumps([SUPPLIER | {"oin": "99999999000000000001"}])),
    ("OSO_DOMEIN_PORTAL", ""),
    ("OSO_DOMEIN_WIRE", "wire.localhost"),
    ("OSO_DOMEIN_WIRE", "abc.execute-api.eu-west-1.amazonaws.com"),
)


def test_production_starts_with_safe_values(safe: Env) -> None:
    assert bezwaren(safe) == ()
    eis_veilig(safe)


@pytest.mark.parametrize(("name", "value"), UNSAFE, ids=lambda one: one[:40])
def test_production_does_not_start_with(safe: Env, name: str, value: str) -> None:
    env = safe | {name: value}
    assert [one.partition(":")[0] for one in bezwaren(env)] == [name]
    with pytest.raises(RuntimeError, match=name):
        eis_veilig(env)


@pytest.mark.parametrize("name", ["OSO_TC_CA", "OSO_CLIENT_CERT"])
def test_production_does_not_start_with_a_certificate_of_a_test_authority(safe: Env, tmp_path: Path, name: str) -> None:
    env = safe | {name: certificate(tmp_path / "proef.pem", "OSO sandbox test-CA")}
    assert [one.partition(":")[0] for one in bezwaren(env)] == [name]


def test_production_does_not_start_with_nothing_at_all() -> None:
    assert len(bezwaren({})) >= 12
    with pytest.raises(RuntimeError):
        eis_veilig({})  # no stage said: production


def test_no_value_is_ever_printed(safe: Env) -> None:
    secret = base64.b64encode(b"geheim!!").decode()
    found = bezwaren(safe | {"OSO_PEPPER": json.dumps({"1": secret}), "OSO_ZOEKSLEUTEL": secret})
    assert found
    assert secret not in "\n".join(found)


def test_other_stages_start_with_anything() -> None:
    eis_veilig({"OSO_STAGE": "sandbox"})
    eis_veilig({"OSO_STAGE": "dev"})


def test_the_wire_needs_no_issuer_of_tokens(safe: Env) -> None:
    assert bezwaren(safe | {"OSO_DEUREN": "wire", "OSO_ISSUERS": "[]"}) == ()


def test_what_is_not_known_yet_is_judged_later(safe: Env) -> None:
    env = {name: value for name, value in safe.items() if name != "OSO_PEPPER"}
    assert bezwaren(env, later=["OSO_PEPPER"]) == ()
    assert len(bezwaren(env)) == 1


def test_a_door_that_is_closed_needs_no_domain(safe: Env) -> None:
    assert bezwaren(safe | {"OSO_DEUREN": "wire", "OSO_DOMEIN_PORTAL": ""}) == ()
    assert bezwaren(safe | {"OSO_DEUREN": "portal", "OSO_DOMEIN_WIRE": ""}) == ()


def test_a_certificate_is_read_from_the_setting_itself_too(safe: Env, tmp_path: Path) -> None:
    good = Path(safe["OSO_CLIENT_CERT"]).read_text()
    proef = Path(certificate(tmp_path / "proef.pem", "OSO sandbox test-CA")).read_text()
    assert bezwaren(safe | {"OSO_CLIENT_CERT": good}) == ()
    assert [one.partition(":")[0] for one in bezwaren(safe | {"OSO_CLIENT_CERT": good + proef})] == ["OSO_CLIENT_CERT"]


@pytest.fixture
def environment() -> Env:
    return {"PATH": "/usr/bin:/bin", "OSO_STAGE": "prod", "AWS_REGION": "eu-west-1"}


def test_the_app_itself_does_not_start(environment: Env) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "Deze installatie start niet" in done.stderr


@pytest.mark.parametrize(
    "url", ["https://192.168.1.1/x", "ftp://oso.nl", "https:///x", "https://tc", "https://0.0.0.0"]
)
def test_such_an_address_is_no_traffic_center(url: str) -> None:
    assert is_proefadres(url)
