"""Who calls at the wire's door: the OIN in the subject of the certificate, and nothing that only looks like it."""

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chalicelib.web.soap import _beller, _oin
from infra.local.httpd import client_certificate

OIN, FALSE = "99999999999999999999", "00000001111111111111"


@pytest.mark.parametrize(
    "subject",
    [
        f"CN=x,serialNumber={OIN}",
        f"serialNumber={OIN},CN=x",
        f"C=NL, O=Proef, SERIALNUMBER={OIN}, CN=x",
        f"2.5.4.5={OIN},C=NL",
        rf"CN=Evil\,serialNumber={FALSE},2.5.4.5={OIN},C=NL",
        rf"CN=Evil\\\,serialNumber={FALSE},2.5.4.5={OIN},C=NL",
        rf"CN=Evil\+serialNumber={FALSE},2.5.4.5={OIN},C=NL",
        f'CN="Evil, serialNumber={FALSE}",serialNumber={OIN}',
        rf'CN="Evil\", serialNumber={FALSE}",serialNumber={OIN}',
        rf"CN=ends in \\,serialNumber={OIN}",
    ],
)
def test_the_oin_is_that_of_the_attribute_itself(subject: str) -> None:
    assert _oin(subject) == OIN


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "CN=x",
        rf"CN=Evil\,serialNumber={FALSE},C=NL",
        rf"CN=Evil\\,serialNumber={FALSE},serialNumber={OIN}",
        f"serialNumber={OIN},CN=x,2.5.4.5={OIN}",
        f"CN=x+serialNumber={FALSE},serialNumber={OIN}",
        f'CN="Evil,serialNumber={FALSE}',
        rf"serialNumber={OIN}\, x,CN=x",
        "serialNumber=#130131,CN=x",
        f"serialNumber={OIN}x{'1' * 64}",
        f"CN=x,serialNumber={OIN}\\",
    ],
)
def test_a_subject_without_one_oin_is_nobody(subject: str) -> None:
    assert _oin(subject) is None


def test_a_certificate_whose_name_says_another_oin_is_known_by_its_own() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    parts = (NameOID.COUNTRY_NAME, "NL"), (NameOID.SERIAL_NUMBER, OIN), (NameOID.COMMON_NAME, f"E,serialNumber={FALSE}")
    name = x509.Name([x509.NameAttribute(*part) for part in parts])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    signed = made.not_valid_before(begin).not_valid_after(begin.replace(year=2027)).sign(key, hashes.SHA256())
    caller = _beller(dict(client_certificate(signed.public_bytes(serialization.Encoding.DER))))
    assert caller is not None
    assert caller.oin == OIN
