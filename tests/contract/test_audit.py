"""The nightly root and its check from outside: whatever is done to the tables afterwards is found."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.config import Settings
from chalicelib.domain.mutatielog import Actie, Kop, Logregel, Mutatie, schrijf_bij
from chalicelib.domain.termijnen import Termijnen
from chalicelib.flows import avg
from chalicelib.flows.leerlingen import Record, verwijder, zet_record
from chalicelib.flows.opruimen import ruim_op
from chalicelib.flows.wortel import Uitkomst, maak_wortel
from chalicelib.store import Stores
from chalicelib.store.items import to_attributes
from chalicelib.store.wortels import Wortels
from infra.audit import Verslag, main, publieke_sleutel, verify
from tests.conftest import Provisioned
from tests.contract.years import BEGIN, HERE, after, fill, rows
from tests.faults.seam import Died, stores_of
from tests.faults.town import work
from tests.pupil import NUMBERS, record

CHAIN = "DOSSIER#14SS00#blijft"
NIGHT = after(days=1).replace(hour=0, minute=20)


def root_of(aws: Provisioned, now: datetime, per_file: int = 20, **more: Any) -> Uitkomst:
    """What the schedule does at this moment."""
    names = aws.names
    wortels = Wortels(aws.client("s3"), aws.client("kms"), names["OSO_BUCKET_WORTELS"], names["OSO_KMS_WORTEL"])
    return maak_wortel(stores_of(aws), wortels, lambda: now, per_deel=per_file, **more)


def check(aws: Provisioned, *chains: str, roots: int = 31) -> Verslag:
    settings = Settings.from_env({"OSO_STAGE": "sandbox", **aws.names})
    return verify(aws.client, settings, publieke_sleutel(aws.client, settings, None), list(chains), roots)


def codes(verslag: Verslag) -> set[str]:
    return {one.code for one in verslag.fouten}


@pytest.fixture
def stores(aws: Provisioned) -> Stores:
    """A school's data of one day, and the root of the two nights after."""
    found = stores_of(aws)
    fill(found)
    assert root_of(aws, NIGHT).klaar
    assert root_of(aws, NIGHT + timedelta(days=1)).klaar
    return found


def chain(stores: Stores) -> list[Logregel]:
    return stores.logregels(CHAIN)


def put_entry(stores: Stores, entry: Logregel) -> None:
    """Write an entry past everything that guards the table."""
    row = {name: getattr(entry, name) for name in ("op", "school", "sub", "medewerker", "actie", "vorige", "hash")}
    row |= {"pk": entry.onderwerp, "sk": entry.volgnummer, "details": dict(entry.details)}
    stores.log.client.put_item(TableName=stores.log.naam, Item=to_attributes(row))


def drop_entry(stores: Stores, volgnummer: int) -> None:
    key = to_attributes({"pk": CHAIN, "sk": volgnummer})
    stores.log.client.delete_item(TableName=stores.log.naam, Key=key)


def set_head(stores: Stores, head: Kop) -> None:
    """Make the card agree."""
    row = rows(stores)[f"SCHOOL#{HERE}", "DOSSIER#blijft"]
    row |= {"kop": {"aantal": head.aantal, "hash": head.hash}, "log_aantal": head.aantal}
    stores.state.client.put_item(TableName=stores.state.naam, Item=to_attributes(row))


def rewrite(stores: Stores, change: Callable[[Mutatie], Mutatie]) -> None:
    """Write a whole chain anew, each hash right, and the card with it."""
    head = Kop()
    for old in chain(stores):
        door = work(stores, HERE).door
        act = Mutatie(Actie(old.actie), CHAIN, door, datetime.fromisoformat(old.op), old.details)
        entry, head = schrijf_bij(head, change(act))
        put_entry(stores, entry)
    set_head(stores, head)


def append(stores: Stores, moment: datetime) -> None:
    """One more entry behind the chain, with this date, and the card with it."""
    last = chain(stores)[-1]
    act = Mutatie(Actie.XML_BEKEKEN, CHAIN, work(stores, HERE).door, moment)
    entry, head = schrijf_bij(Kop(last.volgnummer, last.hash), act)
    put_entry(stores, entry)
    set_head(stores, head)


def test_what_nobody_touched_is_as_it_was_signed(stores: Stores, aws: Provisioned) -> None:
    verslag = check(aws)
    assert verslag.fouten == []
    chains = {pk for pk, sk in rows(stores) if isinstance(sk, int)}
    assert (verslag.wortels, verslag.ketens) == (2, len(chains))
    assert verslag.bladen == 2 * len(chains)
    assert verslag.regels == sum(isinstance(sk, int) for _, sk in rows(stores))
    assert f"{len(chains)} keten(s)" in str(verslag)


def test_a_chain_may_grow_after_it_was_signed(stores: Stores, aws: Provisioned) -> None:
    append(stores, NIGHT + timedelta(days=1, hours=3))
    assert check(aws).fouten == []
    assert check(aws, CHAIN).fouten == []
    root_of(aws, NIGHT + timedelta(days=2))
    assert check(aws).fouten == []


def alter_one(stores: Stores) -> None:
    put_entry(stores, replace(chain(stores)[1], actie=Actie.PDF_BEKEKEN.value))


def drop_one(stores: Stores) -> None:
    drop_entry(stores, 2)


def cut_off(stores: Stores) -> None:
    """The last entry goes, and the card says that it never was."""
    *left, last = chain(stores)
    drop_entry(stores, last.volgnummer)
    set_head(stores, Kop(left[-1].volgnummer, left[-1].hash))


def rewrite_all(stores: Stores) -> None:
    rewrite(stores, lambda act: replace(act, details={"versie": 9}))


def rewrite_who(stores: Stores) -> None:
    rewrite(stores, lambda act: replace(act, door=replace(act.door, sub="een-ander", naam="Een Ander")))


def backdate(stores: Stores) -> None:
    append(stores, BEGIN + timedelta(hours=1))


def remove_everything(stores: Stores) -> None:
    """The card, its pointer and every entry."""
    for entry in chain(stores):
        drop_entry(stores, entry.volgnummer)
    key = to_attributes({"pk": f"SCHOOL#{HERE}", "sk": "DOSSIER#blijft"})
    stores.state.client.delete_item(TableName=stores.state.naam, Key=key)


def remove_entries(stores: Stores) -> None:
    for entry in chain(stores):
        drop_entry(stores, entry.volgnummer)


def invent(stores: Stores) -> None:
    """A pupil who never was, with a history."""
    entry, _ = schrijf_bij(Kop(), Mutatie(Actie.VERZAMELD, f"{CHAIN}-ook", work(stores, HERE).door, BEGIN))
    put_entry(stores, entry)


def bury(stores: Stores) -> None:
    """Everything goes, and a tombstone of long ago says that this was its time."""
    last = chain(stores)[-1]
    remove_everything(stores)
    grave = {"onderwerp": CHAIN, "aantal": last.volgnummer, "hash": last.hash}
    grave |= {"laatste_op": BEGIN.isoformat(), "vernietigd_op": (BEGIN + timedelta(hours=2)).isoformat(), "zegel": "x"}
    item = to_attributes({"pk": f"KETEN#{CHAIN}", "sk": f"GRAF#{grave['vernietigd_op']}", **grave})
    stores.state.client.put_item(TableName=stores.state.naam, Item=item)


@pytest.mark.parametrize(("tamper", "code"), [
    (alter_one, "REGEL_GEWIJZIGD"),
    (drop_one, "REGEL_ONTBREEKT"),
    (cut_off, "KETEN_NIET_ONDERTEKEND"),
    (rewrite_all, "KETEN_NIET_ONDERTEKEND"),
    (rewrite_who, "KETEN_NIET_ONDERTEKEND"),
    (backdate, "REGEL_ACHTERAF"),
    (remove_everything, "BLAD_ZONDER_KETEN"),
    (remove_entries, "KETEN_WEG"),
    (invent, "KETEN_NIET_ONDERTEKEND"),
    (bury, "GRAF_NIET_ONDERTEKEND"),
])  # fmt: skip
def test_every_way_to_tamper_is_found(
    stores: Stores, aws: Provisioned, tamper: Callable[[Stores], None], code: str
) -> None:
    tamper(stores)
    assert code in codes(check(aws))
    if tamper not in (invent, bury):
        assert check(aws, CHAIN).mis  # and by who knows which chain to look at


def test_what_was_tampered_with_before_tonight_is_found_by_an_older_root(stores: Stores, aws: Provisioned) -> None:
    """A chain that is written anew is signed anew tonight; the roots of before still know."""
    rewrite_all(stores)
    root_of(aws, NIGHT + timedelta(days=2))
    found = check(aws)
    assert {"KETEN_NIET_ONDERTEKEND", "BLAD_ZONDER_KETEN"} <= codes(found)
    assert "KETEN_NIET_ONDERTEKEND" in codes(check(aws, CHAIN, roots=1))  # the oldest one is always looked at


def test_the_report_says_up_to_where_a_chain_is_good(stores: Stores, aws: Provisioned) -> None:
    entries = chain(stores)
    append(stores, NIGHT + timedelta(days=1, hours=3))
    root_of(aws, NIGHT + timedelta(days=2))
    cut_off(stores)
    append(stores, NIGHT + timedelta(days=1, hours=5))
    (found,) = [one for one in check(aws, CHAIN).fouten if one.code == "KETEN_NIET_ONDERTEKEND"]
    assert f"tot en met regel {len(entries)}" in found.tekst
    assert found.waar == f"{CHAIN} regel {len(entries) + 1}"


def test_years_of_lawful_destruction_are_no_tampering(stores: Stores, aws: Provisioned) -> None:
    """Pupils go, chains go years later, and leave tombstones; every root still holds."""
    verwijder(work(stores, HERE, after(days=3)), "blijft", "*")
    for years in (2, 7, 12):
        root_of(aws, after(years=years, days=-20))
        for day in (1, 3):
            ruim_op(stores, Termijnen(), after(years=years, days=day))
        root_of(aws, after(years=years, days=4))
        verslag = check(aws)
        assert [one for one in verslag.fouten if one.code != "NACHT_ONTBREEKT"] == []
        assert verslag.wortels == 2
    assert verslag.graven > 5
    assert verslag.mis == 0


def test_destruction_on_request_is_no_tampering(stores: Stores, aws: Provisioned) -> None:
    avg.vernietig(work(stores, HERE, NIGHT + timedelta(days=1, hours=9)), "weg", "Op verzoek")
    assert check(aws).fouten == []
    for days in (2, 3):
        root_of(aws, NIGHT + timedelta(days=days))
        assert check(aws).fouten == []


def test_a_pupil_who_comes_back_before_the_night_is_no_tampering(stores: Stores, aws: Provisioned) -> None:
    """The chain goes on; its head as it was when the card went is not signed beside the one it has now."""
    noon = NIGHT + timedelta(days=1, hours=12)
    verwijder(work(stores, HERE, noon), "blijft", "*")
    zet_record(work(stores, HERE, noon + timedelta(hours=1)), "blijft", Record("2019.1", record(NUMBERS[3])), None)
    root_of(aws, NIGHT + timedelta(days=2))
    assert check(aws).fouten == []


def test_a_chain_that_lost_its_card_before_heads_were_kept_there_is_read_itself(
    stores: Stores, aws: Provisioned
) -> None:
    verwijder(work(stores, HERE, after(days=3)), "blijft", "*")
    row = rows(stores)[f"KETEN#{CHAIN}", "KETEN"]
    old = {name: value for name, value in row.items() if name != "kop"}
    stores.state.client.put_item(TableName=stores.state.naam, Item=to_attributes(old))
    root_of(aws, NIGHT + timedelta(days=4))
    assert check(aws).mis == 0


def test_no_root_can_be_taken_back_and_a_second_one_is_seen(stores: Stores, aws: Provisioned) -> None:
    s3, bucket = aws.client("s3"), aws.names["OSO_BUCKET_WORTELS"]
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert versions
    for one in versions:
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"], BypassGovernanceRetention=True)
    (name,) = [one["Key"] for one in versions if one["Key"] == f"{NIGHT.date()}/wortel.json"]
    s3.delete_object(Bucket=bucket, Key=name)  # a delete marker hides it from who reads carelessly
    assert check(aws).fouten == []
    s3.put_object(Bucket=bucket, Key=name, Body=b"{}")
    assert codes(check(aws)) == {"WORTEL_DUBBEL"}


def test_a_root_signed_by_another_key_is_none(stores: Stores, aws: Provisioned) -> None:
    settings = Settings.from_env({"OSO_STAGE": "sandbox", **aws.names})
    other = ec.generate_private_key(ec.SECP256R1()).public_key()
    verslag = verify(aws.client, settings, other, [])
    assert codes(verslag) == {"WORTEL_ONGELDIG"}
    assert verslag.wortels == 0


def leaves(aws: Provisioned) -> dict[str, list[str]]:
    """Per object of the bucket of roots: its leaves."""
    s3, bucket = aws.client("s3"), aws.names["OSO_BUCKET_WORTELS"]
    found = {}
    for one in s3.list_objects_v2(Bucket=bucket)["Contents"]:
        data = s3.get_object(Bucket=bucket, Key=one["Key"])["Body"].read()
        found[one["Key"]] = [data[at : at + 32].hex() for at in range(0, len(data), 32)]
    return found


def test_a_root_holds_nothing_of_anybody(stores: Stores, aws: Provisioned) -> None:
    s3, bucket = aws.client("s3"), aws.names["OSO_BUCKET_WORTELS"]
    for key in leaves(aws):
        data = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        assert not any(word in data for word in (b"14SS", b"blijft", b"weg", b"Proef", b"Adriaan"))


def dying(nth: int) -> Callable[[], bool]:
    """A clock of work that kills the process at the so-manieth look."""
    looks = count(1)

    def look() -> bool:
        if next(looks) == nth:
            raise Died
        return True

    return look


def test_killed_anywhere_the_root_is_the_same(aws: Provisioned) -> None:
    fill(stores_of(aws))
    died = 0
    for nth in count(1):
        with suppress(Died):
            assert root_of(aws, NIGHT, per_file=5, nog=dying(nth)).klaar
            break
        died += 1
    assert died > 3
    first = leaves(aws)
    assert check(aws).fouten == []
    again = root_of(aws, NIGHT + timedelta(hours=1), per_file=5)
    assert again.klaar
    assert leaves(aws) == first  # the night is done: nothing is written again


def test_killed_between_any_two_calls_nothing_is_left_out(aws: Provisioned) -> None:
    """The process dies right after call after call to AWS; the end is one signed root over every chain."""
    fill(stores_of(aws))
    for call in count(1):
        mortal = Provisioned(aws.endpoint, aws.account, aws.names)
        made = count(1)

        def die(at: int = call, made: Iterator[int] = made, **_: Any) -> None:
            if next(made) == at:
                raise Died

        for service in ("dynamodb", "s3", "kms"):
            mortal.client(service).meta.events.register("after-call.*", die)
        with suppress(Died):
            assert root_of(mortal, NIGHT, per_file=25).klaar
            break
    assert call > 5
    assert check(aws).fouten == []
    roots = [key for key in leaves(aws) if key.endswith("wortel.json")]
    assert roots == [f"{NIGHT.date()}/wortel.json"]


def test_a_run_without_time_goes_on_where_it_was(aws: Provisioned) -> None:
    fill(stores_of(aws))
    looks = iter([True, False, True, True, False])
    assert not root_of(aws, NIGHT, per_file=5, nog=lambda: next(looks, True)).klaar
    assert not root_of(aws, NIGHT + timedelta(hours=1), per_file=5, nog=lambda: next(looks, True)).klaar
    done = root_of(aws, NIGHT + timedelta(hours=2), per_file=5)
    assert (done.nacht, done.klaar) == (NIGHT.date().isoformat(), True)
    assert check(aws).fouten == []


def test_the_command_prints_counts_and_says_it_by_its_exit_code(
    stores: Stores, aws: Provisioned, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    for name, value in {**aws.environment(), **aws.names, "OSO_STAGE": "sandbox"}.items():
        monkeypatch.setenv(name, value)
    assert main(["sleutel"]) == 0
    (tmp_path / "sleutel.pem").write_text(capsys.readouterr().out)
    assert main(["verify", "--sleutel", str(tmp_path / "sleutel.pem")]) == 0
    assert "2 wortel(s)" in capsys.readouterr().out
    rewrite_all(stores)
    assert main(["verify", CHAIN]) == 1
    assert "MIS KETEN_NIET_ONDERTEKEND" in capsys.readouterr().out
    (tmp_path / "sleutel.pem").write_text("geen sleutel")
    assert main(["verify", "--sleutel", str(tmp_path / "sleutel.pem")]) == 2
