"""A test PKI per run: two authorities, server and supplier certificates. For the sandbox only.

`python -m infra.local.pki DIR` writes it. The directory gets mode 0700, every file 0600; nothing of it belongs in a
repository. A supplier is known by the OIN in the serialNumber of its subject, as in a PKIoverheid certificate; that
OSO does the same is inferred, not verified against Kennisnet.
"""

import argparse
import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Test numbers: the real ones start with 0000000.
OIN = {
    "leverancier-a": "99999999000000000001",
    "leverancier-b": "99999999000000000002",
    "swv": "99999999000000000003",
    "testschool": "99999999000000000004",
    "onbekend": "99999999000000000009",
    "vreemd": "99999999000000000001",  # the OIN of supplier A, but signed by an authority that nobody trusts
    "verlopen": "99999999000000000001",
}
_CA = "ca"
_VREEMDE_CA = "vreemde-ca"
_DAG = timedelta(days=1)


@dataclass(frozen=True)
class Pki:
    """Where the files are. Names of certificates: `server` and the keys of OIN."""

    map: Path

    @property
    def ca(self) -> str:
        """The authority that the sandbox trusts."""
        return str(self.map / f"{_CA}.pem")

    @property
    def vreemde_ca(self) -> str:
        return str(self.map / f"{_VREEMDE_CA}.pem")

    def cert(self, naam: str) -> str:
        return str(self.map / f"{naam}.pem")

    def key(self, naam: str) -> str:
        return str(self.map / f"{naam}.key")


def make_pki(map_: Path) -> Pki:
    """Make every key and certificate anew in this directory, and say where they are."""
    map_.mkdir(parents=True, exist_ok=True)
    map_.chmod(0o700)
    pki = Pki(map_)
    ca = _autoriteit(pki, _CA, "OSO sandbox test-CA")
    vreemd = _autoriteit(pki, _VREEMDE_CA, "OSO sandbox vreemde test-CA")
    namen = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    _certificaat(pki, "server", _naam("localhost"), ca, ExtendedKeyUsageOID.SERVER_AUTH, namen)
    for naam, oin in OIN.items():
        tekenaar = vreemd if naam == "vreemd" else ca
        oud = 2 * _DAG if naam == "verlopen" else timedelta()
        _certificaat(pki, naam, _naam(f"Test {naam}", oin), tekenaar, ExtendedKeyUsageOID.CLIENT_AUTH, ouder=oud)
    return pki


@dataclass(frozen=True)
class _Autoriteit:
    naam: x509.Name
    sleutel: ec.EllipticCurvePrivateKey


def _naam(cn: str, oin: str = "") -> x509.Name:
    delen = [(NameOID.COUNTRY_NAME, "NL"), (NameOID.ORGANIZATION_NAME, "OSO sandbox"), (NameOID.COMMON_NAME, cn)]
    if oin:
        delen.append((NameOID.SERIAL_NUMBER, oin))
    return x509.Name([x509.NameAttribute(oid, waarde) for oid, waarde in delen])


def _bouw(
    subject: x509.Name, issuer: x509.Name, publiek: ec.EllipticCurvePublicKey, ouder: timedelta
) -> x509.CertificateBuilder:
    nu = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(publiek)
        .serial_number(x509.random_serial_number())
        .not_valid_before(nu - _DAG - ouder)
        .not_valid_after(nu + _DAG - ouder)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(publiek), critical=False)
    )


def _autoriteit(pki: Pki, bestand: str, cn: str) -> _Autoriteit:
    sleutel = ec.generate_private_key(ec.SECP256R1())
    naam = _naam(cn)
    bouwer = _bouw(naam, naam, sleutel.public_key(), timedelta())
    bouwer = bouwer.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    gebruik = x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    _schrijf(pki, bestand, bouwer.add_extension(gebruik, critical=True).sign(sleutel, hashes.SHA256()), sleutel)
    return _Autoriteit(naam, sleutel)


def _certificaat(
    pki: Pki,
    bestand: str,
    subject: x509.Name,
    ca: _Autoriteit,
    doel: x509.ObjectIdentifier,
    namen: Iterable[x509.GeneralName] = (),
    ouder: timedelta = timedelta(),
) -> None:
    sleutel = ec.generate_private_key(ec.SECP256R1())
    ondertekenaar = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca.sleutel.public_key())
    bouwer = (
        _bouw(subject, ca.naam, sleutel.public_key(), ouder)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(ondertekenaar, critical=False)
        .add_extension(x509.ExtendedKeyUsage([doel]), critical=False)
    )
    if namen := list(namen):
        bouwer = bouwer.add_extension(x509.SubjectAlternativeName(namen), critical=False)
    _schrijf(pki, bestand, bouwer.sign(ca.sleutel, hashes.SHA256()), sleutel)


def _schrijf(pki: Pki, bestand: str, certificaat: x509.Certificate, sleutel: ec.EllipticCurvePrivateKey) -> None:
    _prive(Path(pki.cert(bestand)), certificaat.public_bytes(serialization.Encoding.PEM))
    pem = sleutel.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _prive(Path(pki.key(bestand)), pem)


def _prive(pad: Path, inhoud: bytes) -> None:
    """Write a file that only we can read, from its first byte on."""
    pad.unlink(missing_ok=True)
    with open(os.open(pad, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as bestand:
        bestand.write(inhoud)


def main() -> None:
    """Command: make the test PKI in a directory."""
    lezer = argparse.ArgumentParser(prog="python -m infra.local.pki", description=__doc__)
    lezer.add_argument("map", type=Path, help="directory for the files; is made when it is not there")
    pki = make_pki(lezer.parse_args().map)
    print(f"{len(list(pki.map.iterdir()))} bestanden in {pki.map}")


if __name__ == "__main__":
    main()
