"""Reading the signed roots back, from outside: nothing in them is believed before its signature and hash hold."""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from botocore.exceptions import ClientError
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey

from chalicelib.domain.wortel import Wortel, lees_wortel
from infra.audit_bladen import Bladen

MIS, LET_OP = "MIS", "LET OP"
_NAAM = "wortel.json"
_BLAD = 32


@dataclass(frozen=True)
class Fout:
    """One thing that is not as it was signed: a stable code, where, and in Dutch what."""

    code: str
    waar: str
    tekst: str
    stand: str = MIS

    def __str__(self) -> str:
        return f"{self.stand} {self.code} {self.waar}: {self.tekst}"


def lees_wortels(s3: Any, bucket: str, sleutel: EllipticCurvePublicKey) -> tuple[list[Wortel], list[Fout]]:
    """Every root that holds, oldest first, and what is wrong with the others or between them."""
    wortels, fouten, vorige = list[Wortel](), list[Fout](), ""
    for naam, versies in _versies(s3, bucket):
        if len(versies) > 1:
            fouten.append(Fout("WORTEL_DUBBEL", naam, "Er is later nog een wortel voor deze nacht neergelegd."))
        data = s3.get_object(Bucket=bucket, Key=naam, VersionId=versies[0])["Body"].read()
        wortel = _geldig(data, sleutel)
        if wortel is None or not naam.startswith(f"{wortel.nacht}/"):
            fouten.append(Fout("WORTEL_ONGELDIG", naam, "De handtekening klopt niet."))
            continue
        if vorige and wortel.vorige != vorige:
            fouten.append(Fout("WORTEL_ONTBREEKT", naam, "De wortel ervoor is niet de wortel waar hij op volgt."))
        if wortels and (gat := _dagen(wortels[-1], wortel)) > 1:
            tekst = f"In {gat - 1} nacht(en) hiervoor is geen wortel gemaakt."
            fouten.append(Fout("NACHT_ONTBREEKT", naam, tekst, LET_OP))
        wortels.append(wortel)
        vorige = hashlib.sha256(data).hexdigest()
    return wortels, fouten


def _versies(s3: Any, bucket: str) -> Iterator[tuple[str, list[str]]]:
    """By name of a root, its versions, oldest first; a delete marker hides nothing here."""
    gevonden: dict[str, list[str]] = {}
    for bladzijde in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for een in bladzijde.get("Versions", []):
            if een["Key"].endswith(f"/{_NAAM}"):
                gevonden.setdefault(een["Key"], []).append(een["VersionId"])
    for naam in sorted(gevonden):
        yield naam, gevonden[naam][::-1]  # S3 lists the newest version of a key first


def _geldig(data: bytes, sleutel: EllipticCurvePublicKey) -> Wortel | None:
    try:
        inhoud = json.loads(data)
        wortel = lees_wortel(inhoud["wortel"])
        sleutel.verify(base64.b64decode(inhoud["handtekening"]), wortel.bytes(), ECDSA(hashes.SHA256()))
    except (ValueError, KeyError, TypeError, binascii.Error, InvalidSignature):
        return None
    return wortel


def _dagen(eerder: Wortel, later: Wortel) -> int:
    return (date.fromisoformat(later.nacht) - date.fromisoformat(eerder.nacht)).days


def bladen_van(s3: Any, bucket: str, wortel: Wortel, nummer: int, bladen: Bladen, fouten: list[Fout]) -> int:
    """Take in the leaves of one root, a file at a time; how many."""
    aantal = 0
    for deel in wortel.delen:
        naam = f"{wortel.nacht}/{deel.sha256}.bladen"
        data = _lees(s3, bucket, naam)
        if hashlib.sha256(data).hexdigest() != deel.sha256:
            fouten.append(Fout("BLADEN_ONGELDIG", naam, "Het bestand is weg of niet wat is ondertekend."))
            continue
        bladen.voeg_toe(nummer, (data[plaats : plaats + _BLAD] for plaats in range(0, len(data), _BLAD)))
        aantal += len(data) // _BLAD
    return aantal


def _lees(s3: Any, bucket: str, naam: str) -> bytes:
    """The oldest version of an object: the one that was signed; nothing when there is none."""
    for bladzijde in s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=naam):
        if versies := bladzijde.get("Versions"):
            try:
                data: bytes = s3.get_object(Bucket=bucket, Key=naam, VersionId=versies[-1]["VersionId"])["Body"].read()
            except ClientError:
                return b""
            return data
    return b""
