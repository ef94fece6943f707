"""`python -m infra.herstel WHAT [--doe] [--sinds MOMENT] [--stage NAME]`: mend what a restore or earlier release left.

`vernietigd`, before a damaged table is removed: what people destroyed or removed after `--sinds`, the moment to which
the tables go back. All of it comes back then, and nothing else remembers it: keep this list, and do it again after.

`tabellen`, after both tables stand under their own names: what AWS does not bring along (TTL, point-in-time recovery,
deletion protection, our key) as infra/resources.yaml has it. `--doe` sets it.

`objecten`, after the tables went back to an earlier moment: every row whose object is hidden (a person removed it
since: a delete marker lies on it) or gone (the clean-up destroyed it). `--doe` takes the delete markers away.

`ketens`: chains of the mutatielog of a request or notificatie that is gone without a row saying so, as destruction on
request did once: no clean-up finds them, and no root signs them. `--doe` writes that row; their term counts from their
last entry. The roots of the nights in between keep naming them until those are two years old.

Without `--doe` it only tells. Leave `opruimen` off meanwhile. Exit 0: nothing is left; 1: there is.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import yaml

from chalicelib.config import Settings
from chalicelib.domain.document import Documentstatus
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Vestiging
from chalicelib.domain.zorgvraag import Zorgvraagstatus
from chalicelib.store import Stores, opruiming
from chalicelib.store.geheim import Geheim
from chalicelib.store.inhoud import Inhoud
from chalicelib.store.nudges import Nudges
from chalicelib.store.tabel import Tabel
from infra import stage
from infra.doctor import open_client
from infra.local import settings
from infra.local.processes import ROOT

_LEEG = {Documentstatus.WACHT_OP_UPLOAD.value, Zorgvraagstatus.INGETROKKEN.value}
"""States in which a row names a map in which nothing need lie."""
_VERNIETIGT = {
    Actie.GEGEVENS_VERNIETIGD.value: "DELETE /leerlingen/{leerlingId}/gegevens",
    Actie.LEERLING_VERWIJDERD.value: "DELETE /leerlingen/{leerlingId}",
    Actie.NIET_GEPLAATST.value: "POST /dossieraanvragen/{id}/niet-geplaatst",
    Actie.ZORGVRAAG_VERWIJDERD.value: "DELETE /leerlingen/{leerlingId}/zorgvragen/{id}",
    Actie.DOCUMENT_VERWIJDERD.value: "DELETE /leerlingen/{leerlingId}/map/{documentId}",
}
"""Acts of people after which content is gone, and how such a one is done again."""
_RIJ = {"AANVRAAG": "UIT", "NOTIFICATIE": "NOTIFICATIE"}


def _rijen(tabel: Tabel) -> Iterator[dict[str, Any]]:
    na: Mapping[str, Any] | None = None
    while True:
        bladzijde = opruiming.scan(tabel, na)
        yield from bladzijde.rijen
        if not (na := bladzijde.volgende):
            return


def _mappen(row: Mapping[str, Any]) -> list[str]:
    """The maps that a row points at, and in which something must lie."""
    if not str(row["pk"]).startswith("SCHOOL#") or row.get("status") in _LEEG:
        return []
    ervoor = row.get("record_ervoor") or [None]
    return [map_ for map_ in (row.get("map"), row.get("record_map"), ervoor[0]) if map_]


def objecten(stores: Stores, *, doe: bool) -> Counter[str]:
    """Name every row whose object is hidden or gone; bring back what is hidden when `doe`. How many are left."""
    over, s3, bucket = Counter[str](), stores.inhoud.client, stores.inhoud.bucket
    for row in _rijen(stores.state):
        for map_ in _mappen(row):
            gevonden = s3.list_object_versions(Bucket=bucket, Prefix=f"{map_}/")
            verborgen = [een for een in gevonden.get("DeleteMarkers", []) if een["IsLatest"]]
            if verborgen and doe:
                for een in verborgen:
                    s3.delete_object(Bucket=bucket, Key=een["Key"], VersionId=een["VersionId"])
            stand = "VERBORGEN" if verborgen else "WEG"
            if verborgen or not gevonden.get("Versions"):
                print(stand, row["pk"], row["sk"])
                over[stand] += not (verborgen and doe)
    return +over


def ketens(stores: Stores, *, doe: bool) -> Counter[str]:
    """Name every chain that lost its subject unsaid; say so in the table when `doe`. How many are left."""
    over, onderwerp = Counter[str](), ""
    for row in _rijen(stores.log):
        if row["pk"] == onderwerp:
            continue
        onderwerp = row["pk"]
        soort, _, rest = onderwerp.partition("#")
        school, _, id_ = rest.partition("#")
        if soort not in _RIJ or stores.state.find(f"SCHOOL#{school}", f"{_RIJ[soort]}#{id_}"):
            continue
        laatste = stores.laatste_regel(onderwerp)
        if laatste is None or stores.state.query(f"KETEN#{onderwerp}", limiet=1).rijen:
            continue
        print("WEES", onderwerp)
        if doe:
            kop, nu = stores.kop(onderwerp), datetime.now(UTC)
            stores.transact(stores.verweesde_keten(onderwerp, Vestiging(school), nu, kop, laatste.op))
        over["WEES"] += not doe
    return +over


def vernietigd(stores: Stores, *, sinds: datetime) -> Counter[str]:
    """Name what people destroyed after a moment, and how it is done again. The clean-up does its own work again."""
    gevonden: dict[tuple[datetime, str], str] = {}
    for row in _rijen(stores.log):
        op = datetime.fromisoformat(row["op"])
        if row["actie"] in _VERNIETIGT and row["sub"] != "opruimen" and op > sinds:
            ids = " ".join(f"{naam}={waarde}" for naam, waarde in sorted(row.get("details", {}).items()))
            gevonden[op, row["pk"]] = f"{_VERNIETIGT[row['actie']]} {ids}".strip()
    for row in _rijen(stores.state):  # the proof, where the damaged table is the mutatielog
        if str(row["sk"]).startswith("VERNIETIGD#") and (op := datetime.fromisoformat(row["op"])) > sinds:
            onderwerp = f"DOSSIER#{row['pk'].removeprefix('SCHOOL#')}#{row['leerling_id']}"
            gevonden.setdefault((op, onderwerp), _VERNIETIGT[Actie.GEGEVENS_VERNIETIGD.value])
    for (op, onderwerp), opnieuw in sorted(gevonden.items()):
        print(op.isoformat(), onderwerp, opnieuw)
    return Counter({"VERNIETIGD": len(gevonden)}) if gevonden else Counter()


def tabellen(client: Any, env: Mapping[str, str], *, doe: bool) -> Counter[str]:
    """Name every setting of a table that is not as the template has it; set it when `doe`. How many are left."""
    template = yaml.safe_load((ROOT / "infra" / "resources.yaml").read_text())
    names = {naam: env[setting] for naam, setting in stage.OUTPUTS.items() if naam.startswith("Tabel")}
    outputs = {**names, "KmsSleutel": env["OSO_KMS_SLEUTEL"]}
    template["Resources"] = {naam: template["Resources"][naam] for naam in names}
    template["Outputs"] = {naam: template["Outputs"][naam] for naam in outputs}
    af = settings.reapply(client, template, names, outputs, write=doe)
    print(*af, sep="\n", end="\n" if af else "")
    return Counter({"UIT": len(af)}) if af and not doe else Counter()


def main(arguments: list[str]) -> int:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(prog="python -m infra.herstel", description=__doc__)
    parser.add_argument("wat", choices=("vernietigd", "tabellen", "objecten", "ketens"))
    parser.add_argument(
        "--sinds", type=_moment, help="with `vernietigd`: the moment, such as 2026-06-10T01:00:00+02:00"
    )
    parser.add_argument("--doe", action="store_true")
    stage.add_argument(parser)
    gevraagd = parser.parse_args(arguments)
    if (gevraagd.wat == "vernietigd") != (gevraagd.sinds is not None):
        parser.error("vernietigd vraagt --sinds MOMENT, en de rest niet")
    return stage.run(lambda: _herstel(gevraagd))


def _moment(tekst: str) -> datetime:
    moment = datetime.fromisoformat(tekst)
    if moment.tzinfo is None:
        raise ValueError("without a time zone")
    return moment


def _herstel(gevraagd: argparse.Namespace) -> int:
    env = stage.environment(gevraagd.stage, "OSO_TABEL_STATE", "OSO_TABEL_MUTATIELOG", "OSO_BUCKET", "OSO_KMS_SLEUTEL")
    namen, client = Settings.from_env(env), open_client()
    dynamodb = client("dynamodb")
    stores = Stores(
        state=Tabel(dynamodb, namen.tabel_state),
        log=Tabel(dynamodb, namen.tabel_mutatielog),
        inhoud=Inhoud(client("s3"), namen.bucket),
        geheim=Geheim(client("kms"), "", {}),
        nudges=Nudges(client("sqs"), {}),
    )
    werk: Mapping[str, Callable[[], Counter[str]]] = {
        "vernietigd": lambda: vernietigd(stores, sinds=gevraagd.sinds),
        "tabellen": lambda: tabellen(client, env, doe=gevraagd.doe),
        "objecten": lambda: objecten(stores, doe=gevraagd.doe),
        "ketens": lambda: ketens(stores, doe=gevraagd.doe),
    }
    over = werk[gevraagd.wat]()
    print(", ".join(f"{aantal} {stand}" for stand, aantal in over.items()) or "niets te herstellen")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
