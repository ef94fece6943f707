"""Where the nightly roots lie: a bucket whose objects nobody can alter or remove (Object Lock), signed by a KMS key.

`{night}/wortel.json` is the signed root, `{night}/{sha256}.bladen` its leaves. The lock is the default of the bucket.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from chalicelib.config import Settings
from chalicelib.domain.mutatielog import Kop
from chalicelib.domain.wortel import Deel, Wortel, blad, grafblad
from chalicelib.store import Stores
from chalicelib.store.aws import instelling, sessie
from chalicelib.store.items import from_attributes, to_attributes
from chalicelib.store.rijen import onderwerp_van

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
else:
    KMSClient = S3Client = object

_PLAATS = ("WORTEL", "PLAATS")
_VELDEN = (
    "pk", "sk", "kop", "school", "id", "sessie_id", "bron_aanleverpunt", "onderwerp", "aantal", "hash", "laatste_op",
    "vernietigd_op",
)  # fmt: skip


@dataclass(frozen=True)
class Wortels:
    """The bucket and the key."""

    s3: S3Client
    kms: KMSClient
    bucket: str
    sleutel: str

    def leg_deel_vast(self, nacht: str, bladen: Iterable[bytes]) -> Deel:
        """Write one file of leaves, in an order that says nothing; the same leaves are the same file."""
        data = b"".join(sorted(bladen))
        deel = Deel(hashlib.sha256(data).hexdigest(), len(data) // 32)
        self.s3.put_object(Bucket=self.bucket, Key=f"{nacht}/{deel.sha256}.bladen", Body=data)
        return deel

    def onderteken(self, wortel: Wortel) -> str:
        """Sign and write the root of a night, once; returns the SHA-256 of what is there, also from a run before."""
        naam, inhoud = f"{wortel.nacht}/wortel.json", wortel.bytes()
        handtekening = self.kms.sign(
            KeyId=self.sleutel,
            Message=hashlib.sha256(inhoud).digest(),
            MessageType="DIGEST",
            SigningAlgorithm="ECDSA_SHA_256",
        )["Signature"]
        tekst = {"wortel": json.loads(inhoud), "handtekening": base64.b64encode(handtekening).decode()}
        data = json.dumps(tekst, indent=1).encode()
        try:
            self.s3.put_object(Bucket=self.bucket, Key=naam, Body=data, IfNoneMatch="*")
        except self.s3.exceptions.ClientError as fout:
            if fout.response["Error"]["Code"] != "PreconditionFailed":
                raise
            data = self.s3.get_object(Bucket=self.bucket, Key=naam)["Body"].read()
        return hashlib.sha256(data).hexdigest()


def open_wortels(settings: Settings) -> Wortels:
    """The bucket and the key of this installation."""
    s3, kms = (sessie().create_client(dienst, config=instelling()) for dienst in ("s3", "kms"))
    return Wortels(s3, kms, settings.bucket_wortels, settings.kms_wortel)


def koppen(stores: Stores, na: Mapping[str, Any] | None, limiet: int) -> tuple[list[bytes], dict[str, Any] | None]:
    """The leaves of one page of the state table, and the key after which the next page starts.

    Only the keys and the head of each row come over the line; the rows are those of every subject that has a chain, of
    every chain whose subject is gone, and of every tombstone. A head that is a moment old is as good: hence no
    consistent read, at half the price.
    """
    tabel = stores.state
    namen = {f"#{n}": naam for n, naam in enumerate(_VELDEN)}
    vraag: dict[str, Any] = {
        "TableName": tabel.naam,
        "Limit": limiet,
        "ProjectionExpression": ", ".join(namen),
        "ExpressionAttributeNames": namen,
    }
    vraag |= {"ExclusiveStartKey": to_attributes(na)} if na else {}
    antwoord = tabel.client.scan(**vraag)
    laatste = antwoord.get("LastEvaluatedKey")
    rijen = map(from_attributes, antwoord["Items"])
    return list(_bladen(stores, rijen)), from_attributes(laatste) if laatste else None


def verweesd_sinds(stores: Stores, moment: datetime) -> list[bytes]:
    """The leaves of chains whose subject went since this moment: it may have gone before it was read."""
    rijen = stores.state.alles("OPEN#KETEN", index="open")
    return list(_bladen(stores, (row for row in rijen if row["open_since"] >= moment.isoformat())))


def _bladen(stores: Stores, rijen: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    for row in rijen:
        onderwerp = onderwerp_van(row)
        if onderwerp is None:
            continue
        if row["sk"].startswith("GRAF#"):
            yield grafblad(onderwerp, Kop(row["aantal"], row["hash"]), row["laatste_op"], row["vernietigd_op"])
        elif (kop := _kop(stores, row, onderwerp)).aantal:
            yield blad(onderwerp, kop)


def _kop(stores: Stores, row: Mapping[str, Any], onderwerp: str) -> Kop:
    """The head as the row has it; an orphaned chain of before it was kept there is read by its last entry."""
    if kop := row.get("kop"):
        return Kop(kop["aantal"], kop["hash"])
    return stores.kop(onderwerp) if row["sk"] == "KETEN" else Kop()


def lees_voortgang(stores: Stores) -> dict[str, Any]:
    """How far the root of this night is, and which was the last; an empty dict before the first."""
    row = stores.state.find(*_PLAATS)
    return {naam: waarde for naam, waarde in row.items() if naam not in ("pk", "sk")} if row else {}


def zet_voortgang(stores: Stores, voortgang: Mapping[str, Any]) -> None:
    """Remember it. Losing it costs the work of this night again, and the link to the root before."""
    item = cast(Any, to_attributes({"pk": _PLAATS[0], "sk": _PLAATS[1], **voortgang}))
    stores.state.client.put_item(TableName=stores.state.naam, Item=item)
