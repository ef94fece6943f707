"""`python -m infra.local.doctor_faults`: plant faults in an embedded AWS; the doctor must find and name each.

Every fault gets an installation of its own, that was well before. Exit 1 if one is not found, or if a well one is ill.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.doctor import MIS, OK, Bevinding, Patient, onderzoek
from infra.local import world
from infra.local.aws import Aws, provision, start_ministack
from infra.local.issuer import Issuers, make_issuers
from infra.local.pki import Pki, make_pki
from infra.local.processes import stop

Env = dict[str, str]
MOMENT = datetime.now(UTC) - timedelta(days=60)
"""When the doctor comes: the certificates of a sandbox live a day, and must have long to go."""
_NERGENS = "https://127.0.0.1:9/tc/18"  # port 9: nobody listens


@dataclass(frozen=True)
class Fault:
    """What is done to a well installation, and under which name the doctor must report it."""

    naam: str
    what: str
    plant: Callable[[Aws, Env], None]
    brin: str | None = None
    later: timedelta = timedelta()


def _set(**values: str) -> Callable[[Aws, Env], None]:
    """Change settings of the app."""
    return lambda aws, env: env.update(values)


def _ttl(aws: Aws, env: Env) -> None:
    off = {"AttributeName": "verloopt", "Enabled": False}
    aws.client("dynamodb").update_time_to_live(TableName=env["OSO_TABEL_STATE"], TimeToLiveSpecification=off)


def _recovery(aws: Aws, env: Env) -> None:
    off = {"PointInTimeRecoveryEnabled": False}
    table = env["OSO_TABEL_MUTATIELOG"]
    aws.client("dynamodb").update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=off)


def _index(aws: Aws, env: Env) -> None:
    """A table without its indexes, as somebody would restore it by hand."""
    key = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    kinds = [{"AttributeName": one["AttributeName"], "AttributeType": "S"} for one in key]
    aws.client("dynamodb").create_table(
        TableName="hersteld", KeySchema=key, AttributeDefinitions=kinds, BillingMode="PAY_PER_REQUEST"
    )
    env["OSO_TABEL_STATE"] = "hersteld"


def _bucket(call: str, **arguments: Any) -> Callable[[Aws, Env], None]:
    """One call on the bucket."""
    return lambda aws, env: getattr(aws.client("s3"), call)(Bucket=env["OSO_BUCKET"], **arguments)


def _redrive(aws: Aws, env: Env) -> None:
    aws.client("sqs").set_queue_attributes(QueueUrl=env["OSO_QUEUE_AANVRAGEN"], Attributes={"RedrivePolicy": ""})


def _dead_letter(aws: Aws, env: Env) -> None:
    aws.client("sqs").send_message(QueueUrl=f"{env['OSO_QUEUE_ZORGVRAGEN']}-dood", MessageBody="{}")


def _waits(aws: Aws, env: Env) -> None:
    long_ago = (MOMENT - timedelta(hours=5)).isoformat()
    item = {"pk": "SCHOOL#14SS00", "sk": "UIT#1", "open_soort": "OPEN#AANVRAAG", "open_since": long_ago}
    row = {name: {"S": value} for name, value in item.items()}
    aws.client("dynamodb").put_item(TableName=env["OSO_TABEL_STATE"], Item=row)


def _key_off(aws: Aws, env: Env) -> None:
    aws.client("kms").disable_key(KeyId=env["OSO_KMS_SLEUTEL"])


def _unlocked(aws: Aws, env: Env) -> None:
    """The bucket of roots without its default retention."""
    aws.client("s3").put_object_lock_configuration(
        Bucket=env["OSO_BUCKET_WORTELS"], ObjectLockConfiguration={"ObjectLockEnabled": "Enabled"}
    )


def _root_key_off(aws: Aws, env: Env) -> None:
    aws.client("kms").disable_key(KeyId=env["OSO_KMS_WORTEL"])


def _no_root_lately(aws: Aws, env: Env) -> None:
    long_ago = (MOMENT - timedelta(days=5)).date().isoformat()
    row = {"pk": {"S": "WORTEL"}, "sk": {"S": "PLAATS"}, "laatste_nacht": {"S": long_ago}}
    aws.client("dynamodb").put_item(TableName=env["OSO_TABEL_STATE"], Item=row)


def _no_clean_up_lately(aws: Aws, env: Env) -> None:
    row = {"pk": {"S": "OPRUIMEN"}, "sk": {"S": "PLAATS"}, "klaar_op": {"S": (MOMENT - timedelta(days=3)).isoformat()}}
    aws.client("dynamodb").put_item(TableName=env["OSO_TABEL_STATE"], Item=row)


def _chain_in_disorder(pki: Pki) -> str:
    return "".join(Path(pki.cert(naam)).read_text("ascii") for naam in ("leverancier-a", "leverancier-b"))


def _issuer_without_key(aws: Aws, env: Env) -> None:
    issuers = json.loads(env["OSO_ISSUERS"])
    env["OSO_ISSUERS"] = json.dumps([one | {"jwks": {"keys": []}} for one in issuers])


def faults(pki: Pki) -> tuple[Fault, ...]:
    """The faults; `naam` is how a line of the doctor must begin, after MIS (or LET OP)."""
    return (
        Fault("tabel state", "TTL staat uit", _ttl),
        Fault("tabel mutatielog", "PITR staat uit", _recovery),
        Fault("tabel state", "indexen ontbreken", _index),
        Fault("bucket", "openbare toegang niet geblokkeerd", _bucket("delete_public_access_block")),
        Fault("bucket", "versleuteling weg", _bucket("delete_bucket_encryption")),
        Fault(
            "bucket",
            "versiebeheer staat uit",
            _bucket("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
        ),
        Fault("bucket", "levenscyclus weg", _bucket("delete_bucket_lifecycle")),
        Fault("wachtrij aanvragen", "geen dode wachtrij", _redrive),
        Fault("dode wachtrij zorgvragen", "een bericht lukte niet", _dead_letter),
        Fault("wachtend werk aanvraag", "werk wacht vijf uur", _waits),
        Fault("KMS-sleutel", "sleutel staat uit", _key_off),
        Fault(
            "eigen certificaat",
            "certificaat verlopen",
            _set(OSO_CLIENT_CERT=pki.cert("verlopen")),
            later=timedelta(days=60),
        ),
        Fault("eigen sleutel", "sleutel van een ander", _set(OSO_CLIENT_KEY=pki.key("leverancier-b"))),
        Fault("certificaatketen", "keten hoort niet bij elkaar", _set(OSO_CLIENT_CERT=_chain_in_disorder(pki))),
        Fault("bucket wortels", "wortels zijn te wissen", _unlocked),
        Fault("wortelsleutel", "wortelsleutel staat uit", _root_key_off),
        Fault("wortel", "vijf nachten geen wortel", _no_root_lately),
        Fault("opruimen", "drie nachten niet opgeruimd", _no_clean_up_lately),
        Fault("pepper", "er is geen pepper", _set(OSO_PEPPER="{}")),
        Fault("vertrouwde certificaten", "bestand is er niet", _set(OSO_TC_CA="/bestaat/niet.pem")),
        Fault("uitgever van tokens 1", "uitgever zonder sleutel", _issuer_without_key),
        Fault("Traffic Center", "antwoordt niet", _set(OSO_TC_URL=_NERGENS), brin="14SS"),
        Fault("bewaartermijnen", "onbekende termijn", _set(OSO_TERMIJNEN='{"eeuwig": 1}')),
        Fault("tabellen", "tabel bestaat niet", _set(OSO_TABEL_STATE="weg")),
    )


def well(endpoint: str, number: int, folder: Path, pki: Pki, issuers: Issuers) -> tuple[Aws, Env]:
    """An installation with nothing wrong, in an account of its own."""
    aws = Aws(endpoint, str(500000000000 + number))
    center = world.Center(_NERGENS, "", pki, folder / "zoeksleutel")
    return aws, {**provision(aws), **world.settings(folder, world.Options(), center, issuers, _NERGENS)}


def examine(aws: Aws, env: Mapping[str, str], nu: datetime = MOMENT, brin: str | None = None) -> list[Bevinding]:
    """What the doctor finds that is not well; that a sandbox is no production is not counted."""
    found = onderzoek(Patient(env, aws.client, nu, brin))
    return [one for one in found if one.stand == MIS or (one.naam.startswith("wachtend werk") and one.stand != OK)]


def run(endpoint: str, folder: Path) -> Iterator[tuple[Fault, list[Bevinding], list[Bevinding]]]:
    """Per fault: what was found before it was planted (nothing), and after."""
    pki, issuers = make_pki(folder / "pki"), make_issuers(folder / "issuer")
    for number, fault in enumerate(faults(pki)):
        aws, env = well(endpoint, number, folder, pki, issuers)
        before = examine(aws, env)
        fault.plant(aws, env)
        yield fault, before, examine(aws, env, MOMENT + fault.later, fault.brin)


def main() -> int:
    """Print a line per fault."""
    missed = count = 0
    with tempfile.TemporaryDirectory(prefix="oso-doctor-") as name:
        folder = Path(name)
        endpoint, child = start_ministack(folder / "aws")
        try:
            for fault, before, after in run(endpoint, folder):
                named = next((one for one in after if one.naam == fault.naam), None)
                good = named is not None and not before
                missed, count = missed + (not good), count + 1
                print(f"{'gevonden' if good else 'GEMIST  '} {fault.what:36} {named or before or after}", flush=True)
        finally:
            stop(child)
    print(f"{count - missed} van {count} fouten gevonden en genoemd")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
