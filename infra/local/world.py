"""What the parts of a sandbox must agree on: who has which certificate, who speaks for which school, which settings."""

import json
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography import x509

from infra.local.issuer import SCHOLEN, Issuers, write_secret
from infra.local.pki import OIN, Pki
from infra.local.scholen import SCHOLEN as ALLE
from infra.local.scholen import SWV, TESTSCHOOL, Sandboxschool

LEVERANCIERS = ("leverancier-a", "leverancier-b", "swv", "testschool")


@dataclass(frozen=True)
class Center:
    """A running Traffic Center: where it is, the certificates of its world, and the file with the shared key."""

    adres: str
    stand: str
    pki: Pki
    sleutel: Path

    @property
    def zoeksleutel(self) -> str:
        """The key from which every party makes the zoeksleutel of a number, in base64."""
        return secret(self.sleutel)


@dataclass(frozen=True)
class Options:
    """How a sandbox differs from the plain one.

    `leverancier`: the certificate that it calls with. `scholen`: which issuer speaks for which vestigingen. `klok`: the
    app's clock starts here. `retry`: a failed message comes back after so many seconds, not after its visibility.
    `keep`: go on with the state of an earlier run in the same folder. `profiel`: the generation of the protocol.
    `env`: settings of the app on top. `pollers`: whether queues and schedules run at all. `parties`: systems of others
    that take part, `test_school` (00YY) and `swv` (aanleverpunt 10 of 14SS).
    """

    leverancier: str = "leverancier-a"
    scholen: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: SCHOLEN)
    klok: datetime | None = None
    retry: int | None = None
    keep: bool = False
    profiel: str = "18"
    env: Mapping[str, str] = field(default_factory=dict)
    pollers: bool = True
    parties: tuple[str, ...] = ()


def settings(folder: Path, options: Options, center: Center, issuers: Issuers, wire: str) -> dict[str, str]:
    """Give the settings of the app (chalicelib/config.py) that are not about AWS. Secrets are made once per folder."""
    return {
        "OSO_STAGE": "sandbox",
        "OSO_PROFIEL": options.profiel,
        "OSO_PEPPER": json.dumps({"1": secret(folder / "pepper")}),
        "OSO_ZOEKSLEUTEL": center.zoeksleutel,
        "OSO_ISSUERS": issuers.setting(),
        "OSO_LEVERANCIERS": _leveranciers(center.pki),
        "OSO_TC_URL": f"{center.adres}/tc/{options.profiel}",
        "OSO_TC_CA": center.pki.ca,
        "OSO_CLIENT_CERT": center.pki.cert(options.leverancier),
        "OSO_CLIENT_KEY": center.pki.key(options.leverancier),
        "OSO_WIRE_URL": wire,
        "OSO_DOMEIN_PORTAL": "portal.localhost",
        "OSO_DOMEIN_WIRE": "wire.localhost",
        # A test run asks in a minute what a school asks in a week.
        "OSO_TEMPO_PORTAL": "1000000",
        "OSO_TEMPO_WIRE": "1000000",
        "OSO_KLOK": options.klok.isoformat() if options.klok else "",
        **options.env,
    }


def aanleverpunten(urls: Mapping[str, str]) -> list[dict[str, str]]:
    """List what the Traffic Center knows before anyone registers; `urls` are those of parties that never register."""
    rows = [_punt(school, nummer, "OV", "leverancier-a") for school in ALLE for nummer in school.aanleverpunten]
    rows += [_punt(TESTSCHOOL, nummer, "OV", "testschool") for nummer in TESTSCHOOL.aanleverpunten]
    rows += [_punt(SWV, nummer, "PaO", "swv") for nummer in SWV.aanleverpunten]
    return [{**row, "url": urls.get(row["brin"] + "/" + row["nummer"], "")} for row in rows]


def _punt(school: Sandboxschool, nummer: str, doel: str, leverancier: str) -> dict[str, str]:
    sector = "VO" if school.gegevens["soort"] == "VO" else "PO"
    naam = school.gegevens["naam"]
    return {
        "brin": school.brin,
        "nummer": nummer,
        "naam": naam,
        "doel": doel,
        "leverancier": OIN[leverancier],
        "sector": sector,
    }


def _leveranciers(pki: Pki) -> str:
    """Give the allow-list of the wire door: the issuer as RFC 4514 writes it, and the OIN in the certificate."""
    issuer = x509.load_pem_x509_certificate(Path(pki.ca).read_bytes()).subject.rfc4514_string()
    return json.dumps([{"issuer": issuer, "oin": OIN[naam], "aanleverpunten": "*"} for naam in LEVERANCIERS])


def secret(path: Path) -> str:
    """Give 32 random bytes in base64, the same ones for the same file."""
    if not path.exists():
        write_secret(path, b64encode(secrets.token_bytes(32)))
    return path.read_text("ascii")
