"""`python -m infra.audit verify [CHAIN ...] [--wortels 31] [--sleutel FILE]`: is the mutatielog what was signed?

Reads the tables and the roots from outside, as an auditor may: no secret of the app, no code of it that writes. Every
entry must follow from the one before; every chain must be the one of which the nightly root signed the head; every leaf
of a root must still have its chain, or a tombstone. So an entry that was altered, removed, put in later or cut off at
the end is found, also when everything behind it and the card were written anew. CHAIN is a name such as
`DOSSIER#14SS00#l-1`; without one all are checked. `--wortels`: the newest so many roots and the oldest (0: all).
`--sleutel`: a PEM file with the public key that was kept apart; without it KMS is asked. `python -m infra.audit
sleutel` prints that key. `--stage NAME`: of the deployed installation, else of the one that the environment names.
Exit 0: all is as signed; 1: it is not; 2: it cannot be checked.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from chalicelib.config import Settings
from chalicelib.domain.mutatielog import Kop, Logregel, controleer_keten
from chalicelib.domain.termijnen import lees_termijnen
from chalicelib.domain.wortel import SPELING, Wortel, blad, controleer_dekking, grafblad
from chalicelib.store.items import from_attributes, load, to_attributes
from chalicelib.store.rijen import onderwerp_van
from infra import stage
from infra.audit_bladen import Bladen
from infra.audit_wortels import MIS, Fout, bladen_van, lees_wortels
from infra.doctor import open_client

_JAREN = 2


@dataclass
class Verslag:
    """What was checked, and what was found: one line each."""

    wortels: int = 0
    bladen: int = 0
    ketens: int = 0
    regels: int = 0
    graven: int = 0
    fouten: list[Fout] = field(default_factory=list)

    @property
    def mis(self) -> int:
        """How many of them say that something was tampered with."""
        return sum(fout.stand == MIS for fout in self.fouten)

    def __str__(self) -> str:
        delen = (
            (self.wortels, "wortel(s)"),
            (self.bladen, "bladen"),
            (self.ketens, "keten(s)"),
            (self.regels, "regel(s)"),
            (self.graven, "grafsteen of grafstenen"),
        )
        stand = f"{self.mis} afwijking(en)" if self.mis else "alles is zoals ondertekend"
        return f"{', '.join(f'{aantal} {naam}' for aantal, naam in delen)}: {stand}"


@dataclass(frozen=True)
class Audit:
    """One check: the clients of AWS, where things are, and what was gathered so far."""

    dynamodb: Any
    settings: Settings
    wortels: list[Wortel]
    bladen: Bladen
    verslag: Verslag

    def fout(self, code: str, waar: str, tekst: str) -> None:
        """Note what is wrong."""
        self.verslag.fouten.append(Fout(code, waar, tekst))

    def keten(self, onderwerp: str, regels: list[Logregel]) -> None:
        """Check one chain by itself, against the roots, and against the head on its card."""
        kop = self.bladen.neem_kop(onderwerp)
        if kop and kop[2] == "WEG":
            return  # the clean-up is taking it away; its tombstone will answer for it
        self.verslag.ketens += 1
        self.verslag.regels += len(regels)
        laatste = Kop(len(regels), regels[-1].hash) if regels else Kop()
        for een in controleer_keten(onderwerp, regels, laatste):
            self.fout(een.code, f"{onderwerp} regel {een.volgnummer}", een.tekst)
        gevonden = {}
        for regel in regels:
            if plaats := self.bladen.zie(blad(onderwerp, Kop(regel.volgnummer, regel.hash))):
                gevonden[regel.volgnummer] = plaats
        for een in controleer_dekking(regels, gevonden, self.wortels):
            self.fout(een.code, f"{onderwerp} regel {een.volgnummer}", een.tekst)
        if kop and kop[1] not in {regel.hash for regel in regels if regel.volgnummer == kop[0]}:
            self.fout("KOP_WIJKT_AF", onderwerp, f"De kaart zegt {kop[0]} regel(s) en een andere laatste regel.")


def _rijen(a: Audit, tabel: str, **vraag: Any) -> Iterator[dict[str, Any]]:
    """Every row of a table, in the order of the table."""
    for bladzijde in a.dynamodb.get_paginator("scan").paginate(TableName=tabel, **vraag):
        yield from map(from_attributes, bladzijde["Items"])


def _lees_koppen(a: Audit) -> None:
    """The heads that the cards have, and the tombstones."""
    for row in _rijen(a, a.settings.tabel_state):
        onderwerp = onderwerp_van(row)
        if onderwerp is None:
            continue
        if str(row["sk"]).startswith("GRAF#"):
            _graf(a, onderwerp, row)
        elif row["sk"] == "KETEN" and "aantal" in row:
            a.bladen.onthoud_kop(onderwerp, row["aantal"], row["hash"], "WEG")
            a.bladen.zie(blad(onderwerp, Kop(row["aantal"], row["hash"])))
        elif (kop := row.get("kop")) and kop["aantal"]:
            a.bladen.onthoud_kop(onderwerp, kop["aantal"], kop["hash"], "LEEFT")


def _graf(a: Audit, onderwerp: str, row: Mapping[str, Any]) -> None:
    """A tombstone answers for the chain that is gone, if the roots knew that chain so all the time it says."""
    a.verslag.graven += 1
    kop, op, weg = Kop(row["aantal"], row["hash"]), row["laatste_op"], row["vernietigd_op"]
    plaats = a.bladen.zie(blad(onderwerp, kop))
    van, tot = datetime.fromisoformat(op) + SPELING, datetime.fromisoformat(weg)
    moet = [n for n, wortel in enumerate(a.wortels) if van <= wortel.begin and wortel.einde < tot]
    if moet and (plaats is None or plaats[0] > moet[0] or plaats[1] < moet[-1]):
        a.fout("GRAF_KLOPT_NIET", onderwerp, "De wortels kenden deze keten anders dan de grafsteen zegt.")
    erna = [n for n, wortel in enumerate(a.wortels) if wortel.begin >= tot + SPELING]
    steen = a.bladen.zie(grafblad(onderwerp, kop, op, weg))
    if erna and (steen is None or steen[0] > erna[0]):
        a.fout("GRAF_NIET_ONDERTEKEND", onderwerp, "De grafsteen is later geplaatst dan er staat, of gewijzigd.")


def _ketens(a: Audit) -> Iterator[tuple[str, list[Logregel]]]:
    """Every chain, one at a time: a table gives the entries of one chain together and in order."""
    onderwerp, regels = "", list[Logregel]()
    for row in _rijen(a, a.settings.tabel_mutatielog, ConsistentRead=True):
        if row["pk"] != onderwerp:
            if regels:
                yield onderwerp, regels
            onderwerp, regels = row["pk"], []
        regels.append(_regel(row))
    if regels:
        yield onderwerp, regels


def _regel(row: Mapping[str, Any]) -> Logregel:
    return load(Logregel, {**row, "onderwerp": row["pk"], "volgnummer": row["sk"]})


def _keten(a: Audit, onderwerp: str) -> list[Logregel]:
    """One chain, read by its name."""
    bladzijden = a.dynamodb.get_paginator("query").paginate(
        TableName=a.settings.tabel_mutatielog,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues=to_attributes({":p": onderwerp}),
        ConsistentRead=True,
    )
    return [_regel(from_attributes(item)) for bladzijde in bladzijden for item in bladzijde["Items"]]


def _alles(a: Audit) -> None:
    _lees_koppen(a)
    for onderwerp, regels in _ketens(a):
        a.keten(onderwerp, regels)
    for onderwerp in a.bladen.over():
        a.fout("KETEN_WEG", onderwerp, "De kaart verwijst naar regels die er niet zijn.")
    aantal, eerste, laatste = a.bladen.ongezien()
    if aantal:
        tussen = f"tussen {a.wortels[eerste].nacht} en {a.wortels[laatste].nacht}"
        a.fout("BLAD_ZONDER_KETEN", f"{aantal} blad(en)", f"Ondertekend {tussen}, en nu door geen regel meer gedekt.")


def _enkele(a: Audit, ketens: list[str]) -> None:
    for onderwerp in ketens:
        regels = _keten(a, onderwerp)
        if regels:
            a.keten(onderwerp, regels)
        else:
            a.fout("KETEN_WEG", onderwerp, "Er is geen enkele regel. Een grafsteen ziet alleen de controle van alles.")


def _die_tellen(wortels: list[Wortel], settings: Settings) -> list[Wortel]:
    """Those of the last two years, as long as each is locked; never older than a chain is kept after its last entry.

    So whatever was destroyed lawfully since, every one of these roots knew in its last state: its tombstone's.
    """
    jaren = min(_JAREN, lees_termijnen(settings.termijnen).mutatielog_jaren)
    return [een for een in wortels if een.begin >= wortels[-1].begin - jaren * timedelta(days=365)]


def verify(
    client: Any, settings: Settings, sleutel: EllipticCurvePublicKey, ketens: list[str], newest: int = 31
) -> Verslag:
    """Check these chains, or all when there are none named, against the newest roots and the oldest one."""
    gelezen, fouten = lees_wortels(client("s3"), settings.bucket_wortels, sleutel)
    tellen = _die_tellen(gelezen, settings)
    gekozen = tellen if not newest or len(tellen) <= newest else [tellen[0], *tellen[-newest:]]
    verslag = Verslag(wortels=len(gekozen), fouten=fouten)
    with tempfile.TemporaryDirectory(prefix="oso-audit-") as map_:
        bladen = Bladen.open(Path(map_) / "bladen.db")
        for nummer, wortel in enumerate(gekozen):
            verslag.bladen += bladen_van(client("s3"), settings.bucket_wortels, wortel, nummer, bladen, fouten)
        audit = Audit(client("dynamodb"), settings, gekozen, bladen, verslag)
        _enkele(audit, ketens) if ketens else _alles(audit)
        bladen.db.close()
    return verslag


def publieke_sleutel(client: Any, settings: Settings, bestand: str | None) -> EllipticCurvePublicKey:
    """The public key: from a file that was kept apart, else from KMS. ValueError or TypeError when it is none."""
    if bestand:
        sleutel = load_pem_public_key(Path(bestand).read_bytes())
    else:
        sleutel = load_der_public_key(client("kms").get_public_key(KeyId=settings.kms_wortel)["PublicKey"])
    if not isinstance(sleutel, EllipticCurvePublicKey):
        raise TypeError("geen publieke sleutel op een elliptische kromme")
    return sleutel


def main(arguments: list[str]) -> int:
    """Print every deviation and a count."""
    parser = argparse.ArgumentParser(prog="python -m infra.audit", description=__doc__)
    parser.add_argument("doe", choices=("verify", "sleutel"))
    parser.add_argument("keten", nargs="*")
    parser.add_argument("--wortels", type=int, default=31)
    parser.add_argument("--sleutel", help="PEM file with the public key")
    stage.add_argument(parser)
    asked = parser.parse_args(arguments)
    return stage.run(lambda: _controleer(asked))


_NODIG = ("OSO_TABEL_STATE", "OSO_TABEL_MUTATIELOG", "OSO_BUCKET_WORTELS")


def _controleer(asked: argparse.Namespace) -> int:
    nodig = () if asked.doe == "sleutel" else _NODIG
    env = stage.environment(asked.stage, *nodig, *([] if asked.sleutel else ["OSO_KMS_WORTEL"]))
    settings, client = Settings.from_env(env), open_client()
    try:
        sleutel = publieke_sleutel(client, settings, asked.sleutel)
        if asked.doe == "sleutel":
            print(sleutel.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), end="")
            return 0
        verslag = verify(client, settings, sleutel, asked.keten, asked.wortels)
    except (ClientError, BotoCoreError, OSError, ValueError, TypeError) as fout:
        code = fout.response["Error"]["Code"] if isinstance(fout, ClientError) else type(fout).__name__
        print(f"Kan niet worden gecontroleerd: {code}. Controleer instellingen, rechten en het sleutelbestand.")
        return 2
    print(*verslag.fouten, verslag, sep="\n")
    if not verslag.wortels:
        print("Er is nog geen wortel: de functie wortel maakt er elke nacht een.")
        return 2
    return 1 if verslag.mis else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
