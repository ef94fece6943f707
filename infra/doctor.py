"""`python -m infra.doctor [BRIN]`: is this installation well? Exit 1 if something is wrong, else 0.

One line per check, `OK|LET OP|MIS naam: tekst`. Reads the settings of the app from the environment as the app does, and
changes nothing. With a BRIN it asks the Traffic Center for the aanleverpunten of that school too. Nothing that it says
is a value of a setting, a number or a name.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from cryptography import x509

from chalicelib.config import Settings, met_geheim, pem
from chalicelib.domain.nummers import Brin
from chalicelib.domain.resultaat import Resultaat
from chalicelib.domain.termijnen import lees_termijnen
from chalicelib.errors import OsoError
from chalicelib.messages import protocolprofiel
from chalicelib.messages.zoeksleutel import kies_provider
from chalicelib.traffic_center import TrafficCenter, https_sender
from chalicelib.veilig import bezwaren, is_proefadres

OK, LET_OP, MIS = "OK", "LET OP", "MIS"
_INDEXEN = {"state": {"open", "lijst"}, "mutatielog": set[str]()}
_DAGEN_MIS, _DAGEN_LET_OP = 7, 30
_OUD_SECONDEN = 3600


@dataclass(frozen=True)
class Bevinding:
    """What one check found, and for what is wrong what to do."""

    stand: str
    naam: str
    tekst: str

    def __str__(self) -> str:
        return f"{self.stand} {self.naam}: {self.tekst}"


@dataclass(frozen=True)
class Patient:
    """What is looked at: the environment, and the clients of AWS by the name of the service."""

    env: Mapping[str, str]
    client: Callable[[str], Any]
    nu: datetime
    brin: str | None = None

    @property
    def settings(self) -> Settings:
        """The settings as the app reads them."""
        return Settings.from_env(self.env)


Check = Callable[[Patient], Iterator[Bevinding]]


def _instellingen(p: Patient) -> Iterator[Bevinding]:
    """Every reason for which production would not start; elsewhere they are worth a look."""
    redenen = bezwaren(p.env)
    stand = MIS if p.env.get("OSO_STAGE", "prod") not in ("sandbox", "dev") else LET_OP
    for reden in redenen:
        naam, _, tekst = reden.partition(": ")
        yield Bevinding(stand, f"instelling {naam}", f"{tekst}. In productie start de dienst zo niet.")
    if not redenen:
        yield Bevinding(OK, "instellingen", "alle instellingen zijn veilig voor productie")


def _termijnen(p: Patient) -> Iterator[Bevinding]:
    try:
        lees_termijnen(p.settings.termijnen)
    except ValueError:
        yield Bevinding(MIS, "bewaartermijnen", "OSO_TERMIJNEN noemt een onbekende termijn of geen heel aantal.")
        return
    yield Bevinding(OK, "bewaartermijnen", "leesbaar")


def _tabellen(p: Patient) -> Iterator[Bevinding]:
    s = p.settings
    for naam, tabel in (("state", s.tabel_state), ("mutatielog", s.tabel_mutatielog)):
        yield from _per_eis(f"tabel {naam}", list(_tabel(p, naam, tabel)))


def _tabel(p: Patient, naam: str, tabel: str) -> Iterator[str]:
    """What is wrong with one table."""
    dynamodb = p.client("dynamodb")
    staat = dynamodb.describe_table(TableName=tabel)["Table"]
    indexen = {een["IndexName"]: een.get("IndexStatus") for een in staat.get("GlobalSecondaryIndexes", [])}
    for index in sorted(_INDEXEN[naam] - set(indexen)):
        yield f"de index {index} ontbreekt. Rol infra/resources.yaml opnieuw uit."
    if staat.get("SSEDescription", {}).get("SSEType") != "KMS":
        yield "niet versleuteld met de eigen sleutel. Rol infra/resources.yaml opnieuw uit."
    if not staat.get("DeletionProtectionEnabled"):
        yield "niet beschermd tegen verwijderen. Zet DeletionProtectionEnabled aan."
    herstel = dynamodb.describe_continuous_backups(TableName=tabel)["ContinuousBackupsDescription"]
    if herstel.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus") != "ENABLED":
        yield "herstel naar een eerder moment (PITR) staat uit. Zet het aan."
    ttl = dynamodb.describe_time_to_live(TableName=tabel).get("TimeToLiveDescription", {})
    if naam == "state" and (ttl.get("AttributeName"), ttl.get("TimeToLiveStatus")) != ("verloopt", "ENABLED"):
        yield "TTL op het veld verloopt staat uit. Zet het aan."


def _per_eis(naam: str, fouten: list[str]) -> Iterator[Bevinding]:
    """A finding for each thing that is wrong, or one that all is well."""
    yield from (Bevinding(MIS, naam, fout) for fout in fouten)
    if not fouten:
        yield Bevinding(OK, naam, "in orde")


def _bucket(p: Patient) -> Iterator[Bevinding]:
    yield from _per_eis("bucket", list(_over_bucket(p.client("s3"), p.settings.bucket)))


def _over_bucket(s3: Any, bucket: str) -> Iterator[str]:
    def lees(vraag: str, *pad: str) -> Any:
        try:
            antwoord: Any = getattr(s3, vraag)(Bucket=bucket)
        except ClientError as fout:
            if fout.response["Error"]["Code"] in ("NoSuchBucket", "404", "AccessDenied"):
                raise
            return None  # no such setting on this bucket
        for stap in pad:
            antwoord = antwoord.get(stap, {})
        return antwoord

    regels = lees("get_bucket_encryption", "ServerSideEncryptionConfiguration", "Rules") or []
    soorten = {regel.get("ApplyServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for regel in regels}
    if soorten != {"aws:kms"}:
        yield "objecten worden niet versleuteld met de eigen sleutel. Zet de versleuteling (aws:kms) aan."
    dicht = lees("get_public_access_block", "PublicAccessBlockConfiguration") or {}
    if len(dicht) < 4 or not all(dicht.values()):
        yield "openbare toegang is niet helemaal geblokkeerd. Zet alle vier de blokkades aan."
    if lees("get_bucket_versioning", "Status") != "Enabled":
        yield "versies van objecten worden niet bewaard. Zet versiebeheer aan."
    if not lees("get_bucket_lifecycle_configuration", "Rules"):
        yield "oude versies verdwijnen niet vanzelf. Zet de levenscyclusregels terug."


def _wachtrijen(p: Patient) -> Iterator[Bevinding]:
    s = p.settings
    for naam, url in (
        ("publicaties", s.queue_publicaties),
        ("aanvragen", s.queue_aanvragen),
        ("zorgvragen", s.queue_zorgvragen),
    ):
        yield from _wachtrij(p, naam, url)


def _wachtrij(p: Patient, naam: str, url: str) -> Iterator[Bevinding]:
    sqs = p.client("sqs")
    feiten = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    if "deadLetterTargetArn" not in feiten.get("RedrivePolicy", ""):
        yield Bevinding(MIS, f"wachtrij {naam}", "heeft geen dode wachtrij. Rol infra/resources.yaml opnieuw uit.")
        return
    wacht = int(feiten.get("ApproximateNumberOfMessages", 0))
    yield Bevinding(OK if wacht < 1000 else LET_OP, f"wachtrij {naam}", f"{wacht} berichten wachten")
    dood = sqs.get_queue_attributes(QueueUrl=f"{url}-dood", AttributeNames=["All"])["Attributes"]
    aantal = int(dood.get("ApproximateNumberOfMessages", 0))
    tekst = f"{aantal} berichten lukten niet. Los de oorzaak op en draai python -m infra.redrive {naam}"
    yield Bevinding(MIS, f"dode wachtrij {naam}", tekst) if aantal else Bevinding(OK, f"dode wachtrij {naam}", "leeg")


def _leeftijd(p: Patient) -> Iterator[Bevinding]:
    """How long work has been waiting, by the rows that the clock nudges: the table is the truth (house 1.3)."""
    state = p.settings.tabel_state
    grens = (p.nu - timedelta(seconds=_OUD_SECONDEN)).isoformat()
    for soort in ("AANVRAAG", "NOTIFICATIE", "OPDRACHT", "ZORGVRAAG"):
        rijen = p.client("dynamodb").query(
            TableName=state,
            IndexName="open",
            KeyConditionExpression="open_soort = :s",
            ExpressionAttributeValues={":s": {"S": f"OPEN#{soort}"}},
            Limit=1,
        )["Items"]
        oud = bool(rijen) and rijen[0]["open_since"]["S"] < grens
        tekst = "er wacht werk langer dan een uur. Kijk of de wachtrijen en de functie afmaken werken."
        naam = f"wachtend werk {soort.lower()}"
        yield Bevinding(LET_OP, naam, tekst) if oud else Bevinding(OK, naam, "niets wacht langer dan een uur")


def _kms(p: Patient) -> Iterator[Bevinding]:
    kms, sleutel = p.client("kms"), p.settings.kms_sleutel
    staat = kms.describe_key(KeyId=sleutel)["KeyMetadata"]
    if staat["KeyState"] != "Enabled":
        yield Bevinding(MIS, "KMS-sleutel", "staat uit: niets kan worden gelezen. Zet de sleutel weer aan.")
    elif not kms.get_key_rotation_status(KeyId=staat["KeyId"])["KeyRotationEnabled"]:
        yield Bevinding(MIS, "KMS-sleutel", "wordt niet elk jaar vernieuwd. Zet rotatie aan.")
    else:
        yield Bevinding(OK, "KMS-sleutel", "aan, en wordt elk jaar vernieuwd")


def _certificaten(p: Patient) -> Iterator[Bevinding]:
    s = p.settings
    for naam, pad in (("eigen certificaat", s.client_cert), ("vertrouwde certificaten", s.tc_ca)):
        if not pad:
            yield Bevinding(LET_OP, naam, "niet ingesteld")
            continue
        try:
            keten = x509.load_pem_x509_certificates(pem(pad).encode())
        except (OSError, ValueError):
            yield Bevinding(MIS, naam, "niet leesbaar. Zet een PEM-bestand met de hele keten neer.")
            continue
        yield _houdbaarheid(naam, min(een.not_valid_after_utc for een in keten), p.nu)


def _houdbaarheid(naam: str, tot: datetime, nu: datetime) -> Bevinding:
    dagen = (tot - nu).days
    stand = MIS if dagen < _DAGEN_MIS else LET_OP if dagen < _DAGEN_LET_OP else OK
    doe = "" if stand == OK else ". Vraag nu een nieuw certificaat aan"
    return Bevinding(stand, naam, f"nog {dagen} dagen geldig{doe}" if dagen >= 0 else f"verlopen{doe}")


def _uitgevers(p: Patient) -> Iterator[Bevinding]:
    for nummer, uitgever in enumerate(p.settings.issuers, 1):
        naam = f"uitgever van tokens {nummer}"
        sleutels = uitgever.jwks.get("keys", [])
        if not sleutels or any("d" in sleutel for sleutel in sleutels):
            yield Bevinding(MIS, naam, "heeft geen sleutel, of een geheime sleutel. Neem de openbare JWKS over.")
        elif not uitgever.scholen:
            yield Bevinding(LET_OP, naam, "mag voor geen enkele school spreken")
        else:
            yield Bevinding(OK, naam, f"{len(sleutels)} sleutel(s), {len(uitgever.scholen)} school/scholen")


def _traffic_center(p: Patient) -> Iterator[Bevinding]:
    s = p.settings
    if not s.tc_url or (is_proefadres(s.tc_url) and not s.sandbox):
        yield Bevinding(MIS, "Traffic Center", "het adres is geen https-adres op internet. Zet OSO_TC_URL goed.")
        return
    if p.brin is None:
        yield Bevinding(LET_OP, "Traffic Center", "niet gevraagd. Geef een BRIN mee om de verbinding te proberen.")
        return
    try:
        send = https_sender(s.tc_ca or None, s.client_cert, s.client_key, sandbox=s.sandbox)
        provider = kies_provider(s.zoeksleutel_provider, s.zoeksleutel)
        punten = TrafficCenter(send, protocolprofiel(s.profiel), provider, s.tc_url).overzicht(Brin(p.brin))
    except (OsoError, OSError) as fout:
        code = fout.code if isinstance(fout, OsoError) else "certificaat of sleutel niet leesbaar"
        yield Bevinding(MIS, "Traffic Center", f"antwoordt niet ({code}). Controleer adres, certificaat en netwerk.")
        return
    if isinstance(punten, Resultaat):
        yield Bevinding(MIS, "Traffic Center", f"weigert: {punten.code}. {punten.wat_nu}")
    elif not punten:
        yield Bevinding(LET_OP, "aanleverpunten", "deze BRIN heeft geen aanleverpunten. Maak ze aan in Mijn OSO.")
    else:
        yield Bevinding(OK, "Traffic Center", f"antwoordt; {len(punten)} aanleverpunt(en)")


CHECKS: Mapping[str, Check] = {
    "instellingen": _instellingen,
    "bewaartermijnen": _termijnen,
    "tabellen": _tabellen,
    "bucket": _bucket,
    "wachtrijen": _wachtrijen,
    "wachtend werk": _leeftijd,
    "KMS-sleutel": _kms,
    "certificaten": _certificaten,
    "uitgevers": _uitgevers,
    "Traffic Center": _traffic_center,
}


def onderzoek(p: Patient) -> list[Bevinding]:
    """Every check, each by itself: one that cannot even be done is a finding, and the rest goes on."""
    return [bevinding for naam, check in CHECKS.items() for bevinding in _doe(naam, check, p)]


def _doe(naam: str, check: Check, p: Patient) -> list[Bevinding]:
    try:
        return list(check(p))
    except ClientError as fout:
        code = fout.response["Error"]["Code"]
        return [Bevinding(MIS, naam, f"AWS weigert: {code}. Controleer de naam in de instellingen en de rechten.")]
    except BotoCoreError as fout:
        return [Bevinding(MIS, naam, f"AWS is niet te bereiken ({type(fout).__name__}).")]
    except (ValueError, KeyError, TypeError):
        return [Bevinding(MIS, naam, "een instelling is niet leesbaar. Zie de regels over instellingen.")]


def open_client() -> Callable[[str], Any]:
    """Clients of one session, that do not wait long."""
    sessie: Any = boto3.Session()
    config = Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 2, "mode": "standard"})
    return lambda dienst: sessie.client(dienst, config=config)


def main(arguments: list[str]) -> int:
    """Print every finding; 1 if something is wrong."""
    client = open_client()
    try:
        geheim = met_geheim(
            os.environ, lambda naam: client("secretsmanager").get_secret_value(SecretId=naam)["SecretString"]
        )
    except (BotoCoreError, ClientError, ValueError) as fout:
        print(Bevinding(MIS, "geheim", f"niet leesbaar ({type(fout).__name__}). Vul het met python -m infra.vault."))
        return 1
    patient = Patient({**os.environ, **geheim}, client, datetime.now(UTC), arguments[0] if arguments else None)
    bevindingen = onderzoek(patient)
    print("\n".join(map(str, bevindingen)))
    return int(any(een.stand == MIS for een in bevindingen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
