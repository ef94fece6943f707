"""What only the clean-up does: read whole tables, and destroy with proof (ch. 16).

Destroying goes in three steps, so that it may be ended after any of them and goes on where it was:
the rows go and a `Weg` row says which objects go with them, in one transaction; the objects go, every version;
the `Weg` row goes and the proof counts it, in one transaction. So a proof is only there for what is really gone.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from chalicelib.domain.mutatielog import Logregel
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.termijnen import BACKUP, SOORTEN
from chalicelib.store import Stores
from chalicelib.store.items import from_attributes, to_attributes
from chalicelib.store.tabel import Bladzijde, Tabel, Write

_PLAATS = ("OPRUIMEN", "PLAATS")
_AAN_DE_BEURT = 100
_SPELING = timedelta(days=1)
"""Entries of one chain need not be in the order of their moments; a later chain of that name is years younger."""


@dataclass(frozen=True)
class Weg:
    """What goes: which kind, of which school, known by `id` (no number, no name), and the prefixes of its objects."""

    soort: str
    school: Vestiging
    id: str
    mappen: tuple[str, ...] = ()
    aantal: int = 1


@dataclass(frozen=True)
class Object:
    """One version of one object, or a delete marker."""

    sleutel: str
    versie: str
    op: datetime


def scan(tabel: Tabel, na: Mapping[str, Any] | None, limiet: int = 200) -> Bladzijde:
    """One page of the whole table. Nothing but the clean-up may read a whole table."""
    vraag: dict[str, Any] = {"TableName": tabel.naam, "Limit": limiet, "ConsistentRead": True}
    vraag |= {"ExclusiveStartKey": to_attributes(na)} if na else {}
    antwoord = tabel.client.scan(**vraag)
    laatste = antwoord.get("LastEvaluatedKey")
    return Bladzijde(tuple(map(from_attributes, antwoord["Items"])), from_attributes(laatste) if laatste else None)


def objecten(stores: Stores, na: str, begin: str = "") -> tuple[list[Object], str | None]:
    """One page of every version of every object, by key; the key after which the next page starts."""
    s3, bucket = stores.inhoud.client, stores.inhoud.bucket
    vraag: dict[str, Any] = {"Bucket": bucket, "MaxKeys": 500, "Prefix": begin} | ({"KeyMarker": na} if na else {})
    antwoord = cast(Any, s3.list_object_versions(**vraag))
    gevonden = [*antwoord.get("Versions", []), *antwoord.get("DeleteMarkers", [])]
    alle = sorted((Object(o["Key"], o["VersionId"], o["LastModified"]) for o in gevonden), key=lambda o: o.sleutel)
    return alle, antwoord["NextKeyMarker"] if antwoord.get("IsTruncated") else None


def tel_objecten(stores: Stores, map_: str) -> int:
    """How many versions lie under a prefix."""
    aantal, na = 0, ""
    while True:
        bladzijde, volgende = objecten(stores, na, map_)
        aantal += len(bladzijde)
        if not volgende:
            return aantal
        na = volgende


def begin(stores: Stores, weg: Weg, nu: datetime) -> Write:
    """The write that says what is to be destroyed; it goes in the transaction that takes the row away."""
    row = {
        "pk": _sleutel(weg),
        "sk": "WEG",
        "open_soort": "OPEN#WEG",
        "open_since": nu.isoformat(),
        "soort": weg.soort,
        "grond": SOORTEN[weg.soort],
        "school": weg.school.code,
        "mappen": list(weg.mappen),
        "aantal": weg.aantal,
        "objecten": sum(tel_objecten(stores, map_) for map_ in weg.mappen),
    }
    return stores.state.put_new(row)


def _sleutel(weg: Weg) -> str:
    wat = "\0".join((weg.soort, weg.school.code, weg.id, *weg.mappen))
    return f"WEG#{hashlib.sha256(wat.encode()).hexdigest()[:32]}"


def lopend(stores: Stores) -> Iterator[dict[str, Any]]:
    """What was begun and not finished, oldest first; a consistent read of each, the index may lag."""
    na: Mapping[str, Any] | None = None
    while True:
        bladzijde = stores.state.query("OPEN#WEG", index="open", limiet=_AAN_DE_BEURT, na=na)
        if bladzijde.rijen:
            yield from stores.state.lees((row["pk"], row["sk"]) for row in bladzijde.rijen).values()
        if not (na := bladzijde.volgende):
            return


def find(stores: Stores, weg: Weg) -> dict[str, Any] | None:
    """The row that was just begun."""
    return stores.state.find(_sleutel(weg), "WEG")


def voltooi(stores: Stores, row: Mapping[str, Any], nu: datetime) -> None:
    """Destroy the objects of what was begun, then count it in the proof. Conflict when another run was first."""
    for map_ in row["mappen"]:
        stores.inhoud.vernietig(map_)
    weg = stores.state.delete_if(row["pk"], row["sk"], objecten=row["objecten"])
    stores.transact(weg, _bewijs(stores.state, row, nu))


def _bewijs(state: Tabel, row: Mapping[str, Any], nu: datetime) -> Write:
    """Count in the proof of this school, kind and day."""
    dag = nu.date().isoformat()
    vast = {
        "soort": row["soort"],
        "op": dag,
        # a kind of a newer release brings its ground along; a row of before that has a kind that is known here
        "grond": row.get("grond") or SOORTEN[row["soort"]],
        "backups_tot": (nu.date() + BACKUP).isoformat(),
    }
    zet = ", ".join(f"#{naam} = :{naam}" for naam in vast)
    tellers = {"aantal": row["aantal"], "objecten": row["objecten"]}
    return cast(
        Write,
        {
            "Update": {
                "TableName": state.naam,
                "Key": to_attributes({"pk": f"SCHOOL#{row['school']}", "sk": f"VERNIETIGING#{dag}#{row['soort']}"}),
                "UpdateExpression": f"SET {zet} ADD aantal :aantal, objecten :objecten",
                "ExpressionAttributeNames": {f"#{naam}": naam for naam in vast},
                "ExpressionAttributeValues": to_attributes(
                    {f":{naam}": waarde for naam, waarde in (vast | tellers).items()}
                ),
            }
        },
    )


def bewijzen(stores: Stores, school: Vestiging) -> list[dict[str, Any]]:
    """Every proof of a school: of the clean-up, and of destruction on request (AVG 17)."""
    return list(stores.state.alles(f"SCHOOL#{school}", "VERNIETIG"))


def begin_keten(stores: Stores, row: Mapping[str, Any], laatste: Logregel) -> dict[str, Any]:
    """Note what the tombstone will say, before the first entry goes."""
    nieuw = {**row, "aantal": laatste.volgnummer, "hash": laatste.hash, "laatste_op": laatste.op}
    stores.transact(stores.state.put_if(nieuw, open_since=row["open_since"]))
    return nieuw


def vernietig_keten(stores: Stores, row: Mapping[str, Any], nu: datetime, *, regels: bool = True) -> None:
    """Take the entries of a chain away, the last one last; leave a sealed tombstone, and count it in the proof.

    `regels` False: a new chain of the same name was begun since; its entries stay, only the tombstone is set.
    """
    onderwerp, aantal = row["onderwerp"], row["aantal"]
    tot = (datetime.fromisoformat(row["laatste_op"]) + _SPELING).isoformat()
    for regel in stores.log.alles(onderwerp, velden=("sk",)) if regels else ():
        if regel["sk"] <= aantal:
            _vernietig_regel(stores.log, onderwerp, regel["sk"], tot)
    graf = {"onderwerp": onderwerp, "aantal": aantal, "hash": row["hash"], "laatste_op": row["laatste_op"]}
    graf["vernietigd_op"] = nu.isoformat()
    graf["zegel"] = stores.geheim.vingerafdruk("graf", *map(str, graf.values()))
    stores.transact(
        stores.state.delete_if(row["pk"], row["sk"], aantal=aantal),
        stores.state.put_new({"pk": row["pk"], "sk": f"GRAF#{nu.isoformat()}", **graf}),
        _bewijs(stores.state, {"soort": "mutatielog", "school": row["school"], "aantal": 1, "objecten": 0}, nu),
    )


def _vernietig_regel(log: Tabel, onderwerp: str, volgnummer: int, tot: str) -> None:
    """One entry; one of after `tot` stays: it belongs to a chain that was begun a moment ago."""
    try:
        log.client.delete_item(
            TableName=log.naam,
            Key=to_attributes({"pk": onderwerp, "sk": volgnummer}),
            ConditionExpression="#op <= :tot",
            ExpressionAttributeNames={"#op": "op"},
            ExpressionAttributeValues=to_attributes({":tot": tot}),
        )
    except log.client.exceptions.ConditionalCheckFailedException:
        return


def lees_plaats(stores: Stores) -> dict[str, Any]:
    """Where the run before this one stopped, or an empty dict."""
    row = stores.state.find(*_PLAATS)
    return dict(row["plaats"]) if row else {}


def laatste_ronde(stores: Stores) -> datetime | None:
    """When everything was looked at for the last time; None before the first time."""
    row = stores.state.find(*_PLAATS) or {}
    return datetime.fromisoformat(row["klaar_op"]) if row.get("klaar_op") else None


def zet_plaats(stores: Stores, plaats: Mapping[str, Any], klaar_op: datetime | None = None) -> None:
    """Remember where this run is, and when everything was looked at for the last time (`klaar_op`).

    Losing it costs time and nothing else.
    """
    zet = {":plaats": dict(plaats)} | ({":klaar_op": klaar_op.isoformat()} if klaar_op else {})
    stores.state.client.update_item(
        TableName=stores.state.naam,
        Key=to_attributes({"pk": _PLAATS[0], "sk": _PLAATS[1]}),
        UpdateExpression="SET " + ", ".join(f"{naam[1:]} = {naam}" for naam in zet),
        ExpressionAttributeValues=to_attributes(zet),
    )
