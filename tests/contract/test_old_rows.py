"""Rows as the store code of before wrote them are read, and worked with, by the code of now.

`rows/eerste.json` was written by the store in which zorgvragen were new, `rows/alles.json` by the one in which the
clean-up was: their own flows ran against an embedded AWS, and both tables were written down as they were. Never made
again: a later release must read what an earlier one wrote. `KMS:` stands for what was encrypted; it is encrypted again
with the key of the test.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag
from chalicelib.domain.document import Document
from chalicelib.domain.dossier import Dossier, Status, Versie
from chalicelib.domain.mutatielog import HANDELING, Actie, controleer_keten
from chalicelib.domain.notificatie import Notificatie
from chalicelib.domain.nummers import Pgn, PgnType, Vestiging
from chalicelib.domain.opdracht import Opdracht, Regel
from chalicelib.domain.school import School
from chalicelib.domain.termijnen import Termijnen
from chalicelib.domain.zorgvraag import Zorgvraag
from chalicelib.flows import binnengekomen, overzicht
from chalicelib.flows.klaarzetten import trek_in
from chalicelib.flows.leerlingen import lees_record, zet_record
from chalicelib.flows.opruimen import ruim_op
from chalicelib.flows.wortel import maak_wortel
from chalicelib.store import Stores, opruiming
from chalicelib.store.items import dump, from_attributes, load
from chalicelib.store.rijen import onderwerp_van
from chalicelib.store.wortels import Wortels
from tests.conftest import Provisioned
from tests.contract.test_audit import check
from tests.faults.seam import stores_of
from tests.faults.town import BRON, PUPIL, work
from tests.pupil import NOW, NUMBERS

FOLDER = Path(__file__).parent / "rows"
FILES = sorted(path.stem for path in FOLDER.glob("*.json"))
Row = dict[str, Any]
KINDS: dict[tuple[str, str], type[Any]] = {
    ("SCHOOL", "SCHOOL"): School,
    ("SCHOOL", "DOSSIER"): Dossier,
    ("SCHOOL", "VERSIE"): Versie,
    ("SCHOOL", "MAP"): Document,
    ("SCHOOL", "UIT"): Dossieraanvraag,
    ("SCHOOL", "NOTIFICATIE"): Notificatie,
    ("SCHOOL", "ZORGVRAAG"): Zorgvraag,
    ("SCHOOL", "OPDRACHT"): Opdracht,
    ("OPDRACHT", "REGEL"): Regel,
    ("SESSIE", "VERZOEK"): Binnengekomen,
}
POINTERS = {"EIGENSESSIE", "KOPPEL", "PGN", "PUNT", "SLEUTEL"}
BESIDE = {"pk", "sk", "log_aantal", "version", "lijst_pk", "lijst_sk", "open_soort", "open_since"}


def items(name: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))["rows"]
    return found


def state(name: str) -> list[Row]:
    return [from_attributes(item) for item in items(name)["OSO_TABEL_STATE"]]


def kind(row: Row) -> tuple[str, str]:
    return row["pk"].partition("#")[0], row["sk"].partition("#")[0]


@pytest.fixture(params=FILES)
def stores(aws: Provisioned, request: pytest.FixtureRequest) -> Stores:
    """An account that holds what an earlier release left there."""
    dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
    for table, rows in items(request.param).items():
        for item in rows:
            dynamodb.put_item(TableName=aws.names[table], Item=_encrypted(aws, item))
    plain = json.loads((FOLDER / f"{request.param}.json").read_text("utf-8"))
    for key, text in plain["objects"].items():
        s3.put_object(Bucket=aws.names["OSO_BUCKET"], Key=key, Body=text.encode())
    return stores_of(aws)


def _encrypted(aws: Provisioned, item: Row) -> Row:
    found = dict(item)
    for name in ("nummer", "koppelsleutel"):
        text = item.get(name, {}).get("S", "")
        if text.startswith("KMS:"):
            context = {"school": from_attributes(item)["school"]["code"]}
            key = aws.names["OSO_KMS_SLEUTEL"]
            blob = aws.client("kms").encrypt(KeyId=key, Plaintext=text[4:].encode(), EncryptionContext=context)
            found[name] = {"S": base64.b64encode(blob["CiphertextBlob"]).decode()}
    return found


def test_there_is_one_of_everything() -> None:
    found = {kind(row) for name in FILES for row in state(name)}
    assert set(KINDS) <= found
    assert {pk for pk, _ in found} - {pk for pk, _ in KINDS} == POINTERS


@pytest.mark.parametrize("name", FILES)
def test_every_value_of_a_row_of_before_is_still_there_after_reading(name: str) -> None:
    for row in state(name):
        if what := KINDS.get(kind(row)):
            again = dump(load(what, row))
            lost = {field for field, value in row.items() if field not in BESIDE and again.get(field) != value}
            assert lost == set(), (kind(row), lost)


def test_every_chain_of_before_holds(stores: Stores) -> None:
    heads = 0
    for row in opruiming.scan(stores.state, None, 1000).rijen:
        what, subject = KINDS.get(kind(row)), onderwerp_van(row)
        if what and subject and row.get("kop", {}).get("aantal"):
            value = load(what, row)
            assert value.onderwerp == subject
            lines = stores.logregels(subject)
            assert controleer_keten(subject, lines, value.kop) == ()
            assert all(HANDELING[Actie(line.actie)] for line in lines)
            heads += 1
    assert heads > 3


def test_everything_is_found_by_the_code_of_now(stores: Stores) -> None:
    pgn, doel = Pgn(PgnType.BSN, NUMBERS[0]), Vestiging("99EF00")
    assert stores.find_leerling(BRON, pgn) == PUPIL
    card = stores.dossier(BRON, PUPIL)
    assert (card.status, card.verzonden_op is not None) == (Status.KLAAR, True)
    assert stores.find_vestiging("14SS", "0") == BRON
    zorgvraag = stores.find_koppelsleutel("ABCD-EFGH-1234")
    assert zorgvraag is not None
    assert stores.geheim.ontsleutel_tekst(BRON, zorgvraag.koppelsleutel or "") == "ABCD-EFGH-1234"
    own = [load(Dossieraanvraag, row) for row in stores.state.alles(f"SCHOOL#{doel}", "UIT#")]
    assert {one.status.value for one in own} == {"ONTVANGEN", "AFGEWEZEN"}
    key = stores.find_sleutel(doel, "sleutel-een")
    assert key is not None
    assert key["id"] in {one.id for one in own}
    assert all(stores.find_eigen_sessie(one.sessie_id) == one for one in own if one.sessie_id)
    for number in NUMBERS[:2]:
        asked = binnengekomen.zoek(work(stores), binnengekomen.Filter(pgn=Pgn(PgnType.BSN, number)))
        assert [stores.geheim.ontsleutel(BRON, one.nummer, one.nummer_type).nummer for one in asked] == [number]
    assert [one.leerling_id for one in overzicht.zoek(work(stores), overzicht.Filter())] == [PUPIL]
    _, record = lees_record(work(stores), PUPIL)
    assert record.dossier["huidigeschool"]["leerling"]["bsn"] == NUMBERS[0]


def test_the_code_of_now_goes_on_where_the_old_one_stopped(stores: Stores, aws: Provisioned) -> None:
    """A card is withdrawn and put again; the clock cleans up through the years; the night signs it all."""
    trek_in(work(stores), PUPIL, "de leerling blijft")
    _, record = lees_record(work(stores), PUPIL)
    zet_record(work(stores), PUPIL, record, "*")
    card = stores.dossier(BRON, PUPIL)
    assert card.status is Status.VERZAMELD
    assert controleer_keten(card.onderwerp, stores.logregels(card.onderwerp), card.kop) == ()
    names = aws.names
    wortels = Wortels(aws.client("s3"), aws.client("kms"), names["OSO_BUCKET_WORTELS"], names["OSO_KMS_WORTEL"])
    assert maak_wortel(stores, wortels, lambda: NOW).klaar
    assert check(aws).fouten == []
    for years in (3, 6, 12):
        later = NOW.replace(year=NOW.year + years)
        ruim_op(stores, Termijnen(), later)
        assert ruim_op(stores, Termijnen(), later).gedaan.total() == 0
    rows = opruiming.scan(stores.state, None, 1000).rijen
    left = {kind(row) for row in rows if "vast" not in f"{row['pk']}{row['sk']}"}  # on whom a legal hold lies
    assert not {("SCHOOL", "UIT"), ("SESSIE", "VERZOEK"), ("KOPPEL", "ZORGVRAAG"), ("SCHOOL", "ZORGVRAAG")} & left
