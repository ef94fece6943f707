"""Rotation: old and new are read at every moment, a run that is killed and done again gives the same end."""

import base64
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from chalicelib.domain.aanvraag import Binnengekomen, Dossieraanvraag, Stand
from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.mutatielog import Actie
from chalicelib.domain.nummers import Pgn, PgnType
from chalicelib.domain.zorgvraag import Zorgvraag, Zorgvraagstatus
from chalicelib.errors import Invalid, Refused
from chalicelib.flows import binnengekomen
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.roteren import Stand as Voortgang
from chalicelib.flows.roteren import vergeet_ontvangsten, verplaats
from chalicelib.store import Stores
from chalicelib.web.portal.cursor import ontzegel, verzegel
from infra import rotate_values as values
from infra.local.issuer import make_issuers
from infra.local.pki import OIN, make_pki
from infra.rotate import main
from tests.conftest import Provisioned
from tests.contract.years import HERE, rows
from tests.faults.seam import Died, stores_of
from tests.faults.town import work
from tests.pupil import NOW, NUMBERS, record

OLD, NEW = {"1": b"o" * 32}, {"2": b"n" * 32}
BOTH = OLD | NEW
PUPILS = {f"l-{n}": Pgn(PgnType.BSN, number) for n, number in enumerate(NUMBERS[:4])}
KOPPEL = "ABCD-EFGH-1234"
KEY_ENDS = datetime.now(UTC) + timedelta(days=1)  # by the real clock: the embedded AWS removes what is past its TTL
Peppers = dict[str, bytes]


def stores_with(aws: Provisioned, peppers: Peppers, schrijft: str = "") -> Stores:
    """A process that started with these peppers."""
    plain = stores_of(aws)
    return replace(plain, geheim=replace(plain.geheim, pepper=peppers, schrijft=schrijft))


def fill(stores: Stores) -> None:
    """One of everything that is kept under something made with a pepper."""
    werk = work(stores, HERE)
    for id_, pgn in PUPILS.items():
        zet_record(werk, id_, Record("2019.1", record(pgn.nummer)), None)
    pgn = PUPILS["l-0"]
    pointer, secret = stores.koppelpointer(KOPPEL), stores.geheim.versleutel_tekst(HERE, KOPPEL)
    zorgvraag = Zorgvraag(
        "z-1", HERE, "l-0", "Proef", "10", "SWV", Profiel.POSWV, "2019.1", NOW, "A. Proef", "m-1", f"{HERE}/l-0/z", "i",
        "v", status=Zorgvraagstatus.NOTIFICATIE_VERSTUURD, koppelsleutel=secret, pointer=pointer,
    )  # fmt: skip
    stores.transact(stores.bewaar_zorgvraag(None, zorgvraag), stores.wijs_koppelsleutel_aan(zorgvraag))
    _requests(stores, pgn)
    stores.transact(stores.leg_sleutel_vast(HERE, "sleutel-1", "v", "id-1", int(KEY_ENDS.timestamp())))


def _requests(stores: Stores, pgn: Pgn) -> None:
    """One by another school, and one of our own that was answered."""
    afdruk, number = stores.geheim.vingerafdruk("pgn", pgn.type.value, pgn.nummer), stores.geheim.versleutel(HERE, pgn)
    received = Binnengekomen(
        "s-1", HERE, "14SS", "0", "99EF", "0", "Het Schijnpad", Overdrachtsoort.OVERSTAPDOSSIER, NOW, nummer=number,
        nummer_gemaskeerd="*****", nummer_type="BSN", certificaat="c", vingerafdruk=afdruk,
    )  # fmt: skip
    assert stores.voeg_toe(received)
    own = Dossieraanvraag(
        "u-1", HERE, "16VO", stores.geheim.versleutel(HERE, pgn), "*****", "BSN", NOW, "A. Proef", "m-1",
        status=Stand.ONTVANGEN, ontvangen_op=NOW, version=1,
    )  # fmt: skip
    stores.commit(work(stores, HERE).mutatie(Actie.DOSSIER_ONTVANGEN, own.onderwerp), None, own)
    stores.onthoud_ontvangst(HERE, pgn, "16VO", NOW)


def all_found(stores: Stores, cursor: str) -> list[str]:
    """What a school could not find any more; nothing, at every moment of a rotation."""
    pgn = PUPILS["l-0"]
    found = stores.find_koppelsleutel(KOPPEL)
    asked = binnengekomen.zoek(work(stores, HERE), binnengekomen.Filter(pgn=pgn))
    tests: dict[str, bool] = {
        **{f"pupil {id_}": stores.find_leerling(HERE, one) == id_ for id_, one in PUPILS.items()},
        "pupils in bulk": len(stores.bekende_leerlingen(HERE, list(PUPILS.values()))) == len(PUPILS),
        "koppelsleutel": found is not None and found.id == "z-1",
        "when received": stores.laatste_ontvangst(HERE, pgn, "16VO") == NOW,
        "requests by number": len(list(asked)) == 1,
        "idempotency key": (stores.find_sleutel(HERE, "sleutel-1") or {}).get("id") == "id-1",
        "cursor": ontzegel(stores.geheim.zegelsleutels, "leerlingen", cursor) == {"na": "l-0"},
    }
    return [what for what, good in tests.items() if not good]


def cursor_of(stores: Stores) -> str:
    sealed = verzegel(stores.geheim.zegelsleutels[0], "leerlingen", {"na": "l-0"})
    assert sealed
    return sealed


def test_old_and_new_are_read_from_the_first_step_to_the_last(aws: Provisioned) -> None:
    old = stores_with(aws, OLD)
    fill(old)
    cursor = cursor_of(old)
    both = stores_with(aws, BOTH)
    assert all_found(old, cursor) == all_found(both, cursor) == []
    stand = verplaats(both, NOW, doe=False)
    assert stand.oud == {
        "leerling": 4, "koppelsleutel": 1, "aanvraag van een andere school": 1, "ontvangstmoment": 1,
        "idempotentiesleutel": 1,
    }  # fmt: skip
    assert not stand.verplaatst
    done = verplaats(both, NOW, doe=True)
    assert (done.verplaatst["leerling"], done.verplaatst["koppelsleutel"], done.gebotst.total()) == (4, 1, 0)
    assert all_found(both, cursor) == []
    later = KEY_ENDS + timedelta(days=1)
    assert not verplaats(both, later, doe=False).oud
    assert vergeet_ontvangsten(both, later) == 0
    new = stores_with(aws, NEW)
    # a page that was open and a key of two days ago are the only things that end with the old pepper
    assert all_found(new, cursor_of(new)) == ["idempotency key"]
    with pytest.raises(Invalid, match="CURSOR_ONGELDIG"):
        all_found(new, cursor)


STEPS: tuple[tuple[Peppers, str], ...] = ((OLD, ""), (BOTH, "1"), (BOTH, ""), (BOTH, ""))
"""With what the processes start, from one deployment of a rotation to the next."""


@pytest.mark.parametrize(("before", "after"), list(pairwise(STEPS)), ids=["nieuw", "gebruik", "over"])
def test_processes_of_before_and_after_a_deployment_find_what_the_other_writes(
    aws: Provisioned, before: tuple[Peppers, str], after: tuple[Peppers, str]
) -> None:
    """They live side by side while it lasts: no pupil hides from one of them, no number is given twice."""
    first, second = stores_with(aws, *before), stores_with(aws, *after)
    for writes, reads, id_ in ((first, second, "l-0"), (second, first, "l-1")):
        pgn = PUPILS[id_]
        zet_record(work(writes, HERE), id_, Record("2019.1", record(pgn.nummer)), None)
        assert reads.find_leerling(HERE, pgn) == id_
        with pytest.raises(Refused, match="PGN_IN_GEBRUIK"):
            zet_record(work(reads, HERE), "dubbel", Record("2019.1", record(pgn.nummer)), None)
        writes.onthoud_ontvangst(HERE, pgn, "16VO", NOW)
        assert reads.laatste_ontvangst(HERE, pgn, "16VO") == NOW
        writes.transact(writes.leg_sleutel_vast(HERE, f"s-{id_}", "v", "id-1", int(KEY_ENDS.timestamp())))
        assert reads.find_sleutel(HERE, f"s-{id_}") is not None


def test_without_the_old_pepper_nothing_of_before_is_found(aws: Provisioned) -> None:
    """What the rotation must do: this is the harm of a pepper that was simply replaced."""
    fill(stores_with(aws, OLD))
    new = stores_with(aws, NEW)
    lost = all_found(new, cursor_of(new))
    assert {"pupil l-0", "pupils in bulk", "koppelsleutel", "when received", "requests by number"} <= set(lost)


def shape(stores: Stores) -> set[tuple[str, str]]:
    return {(pk, str(sk)) for pk, sk in rows(stores)}


def test_killed_after_any_call_everything_is_found_and_the_next_run_ends_the_same(aws: Provisioned) -> None:
    old = stores_with(aws, OLD)
    fill(old)
    cursor, both, died = cursor_of(old), stores_with(aws, BOTH), 0
    for call in count(1, 2):
        mortal = Provisioned(aws.endpoint, aws.account, aws.names)
        made = count(1)

        def die(at: int = call, made: Any = made, **_: Any) -> None:
            if next(made) == at:
                raise Died

        for service in ("dynamodb", "s3", "kms"):
            mortal.client(service).meta.events.register("after-call.*", die)
        with suppress(Died):
            verplaats(stores_with(mortal, BOTH), NOW, doe=True)
            break
        died += 1
        assert all_found(both, cursor) == []
    assert died > 3
    stand = verplaats(both, NOW, doe=True)
    assert stand.blijft == stand.verplaatst.total() == 0
    before = shape(both)
    assert not [pk for pk, _ in before if pk.startswith("PGN#14SS00#1#")]
    assert len([pk for pk, _ in before if pk.startswith("PGN#14SS00#2#")]) == len(PUPILS)
    assert verplaats(both, NOW, doe=True) == Voortgang(oud=stand.oud)
    assert shape(both) == before


def test_a_row_that_somebody_works_with_is_moved_by_the_next_run(aws: Provisioned) -> None:
    """A new record put between reading and moving wins; the pointer is never lost."""
    fill(stores_with(aws, OLD))
    both = stores_with(aws, BOTH)
    one = both.dossier(HERE, "l-1")
    zet_record(work(both, HERE), "l-1", Record("2019.1", record(NUMBERS[5])), "*")
    assert both.dossier(HERE, "l-1").pgn_sleutel != one.pgn_sleutel
    verplaats(both, NOW, doe=True)
    assert both.find_leerling(HERE, Pgn(PgnType.BSN, NUMBERS[5])) == "l-1"
    assert both.find_leerling(HERE, PUPILS["l-1"]) is None


def test_a_number_can_be_read_in_the_name_of_its_own_school_alone(aws: Provisioned) -> None:
    from botocore.exceptions import ClientError

    from chalicelib.domain.nummers import Vestiging

    stores = stores_with(aws, OLD)
    text = stores.geheim.versleutel(HERE, PUPILS["l-0"])
    assert stores.geheim.ontsleutel(HERE, text, "BSN") == PUPILS["l-0"]
    with pytest.raises(ClientError, match="InvalidCiphertext"):
        stores.geheim.ontsleutel(Vestiging("99EF00"), text, "BSN")


# --- the command ------------------------------------------------------------------------------------------------------

Command = Callable[..., tuple[int, str]]


@pytest.fixture
def secret(aws: Provisioned) -> Callable[[], dict[str, Any]]:
    """The secret of an installation, with a pepper, a certificate and an issuer in it."""
    aws.client("secretsmanager").create_secret(Name="oso-proef-geheimen", SecretString="{}")

    def read() -> dict[str, Any]:
        found = aws.client("secretsmanager").get_secret_value(SecretId="oso-proef-geheimen")["SecretString"]
        plain: dict[str, Any] = json.loads(found)
        return plain

    return read


def put_secret(aws: Provisioned, **values: Any) -> None:
    aws.client("secretsmanager").put_secret_value(SecretId="oso-proef-geheimen", SecretString=json.dumps(values))


@pytest.fixture
def rotate(aws: Provisioned, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    env = {**aws.environment(), **aws.names, "OSO_STAGE": "sandbox", "OSO_GEHEIMEN": "oso-proef-geheimen"}
    for name, value in env.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, str]:
        code = main(list(arguments))
        return code, capsys.readouterr().out

    return run


def test_the_pepper_from_the_command_line(
    aws: Provisioned, rotate: Command, secret: Callable[[], dict[str, Any]]
) -> None:
    fill(stores_with(aws, OLD))
    put_secret(aws, OSO_PEPPER={"1": base64.b64encode(OLD["1"]).decode()}, OSO_ZOEKSLEUTEL="")
    assert rotate("pepper", "nieuw")[1].startswith("met --doe")
    assert set(secret()["OSO_PEPPER"]) == {"1"}
    assert rotate("pepper", "nieuw", "--doe")[0] == 0
    peppers = {version: base64.b64decode(key) for version, key in secret()["OSO_PEPPER"].items()}
    assert (set(peppers), len(peppers["2"]), peppers["1"]) == ({"1", "2"}, 32, OLD["1"])
    assert secret()["OSO_PEPPER_SCHRIJFT"] == "1"  # who does not know the second yet finds all that is written
    code, text = rotate("pepper", "nieuw", "--doe")  # again: no third one
    assert "al 2 peppers: ga verder met `pepper gebruik`" in text
    for early in ("over", "oud"):
        assert rotate("pepper", early, "--doe")[0] == 1
    assert rotate("pepper", "gebruik")[1].count("met --doe") == 1
    assert rotate("pepper", "gebruik", "--doe")[0] == 0
    assert "OSO_PEPPER_SCHRIJFT" not in secret()
    assert "niets te doen" in rotate("pepper", "gebruik", "--doe")[1]
    code, text = rotate("pepper", "oud", "--doe")
    assert (code, set(secret()["OSO_PEPPER"])) == (1, {"1", "2"})
    assert "nog nodig" in text
    assert "onder een oudere pepper: 4 leerling" in rotate("pepper", "over")[1]
    assert "verplaatst: 4 leerling" in rotate("pepper", "over", "--doe")[1]
    code, _ = rotate("pepper", "oud", "--doe")
    both = stores_with(aws, peppers)
    assert all_found(both, cursor_of(both)) == []
    assert code == 1  # an idempotency key of today, which goes by itself tomorrow
    table = aws.names["OSO_TABEL_STATE"]
    (key,) = (pk for pk, sk in rows(both) if str(sk) == "SLEUTEL")
    aws.client("dynamodb").delete_item(TableName=table, Key={"pk": {"S": key}, "sk": {"S": "SLEUTEL"}})
    assert rotate("pepper", "oud", "--doe")[0] == 0
    assert set(secret()["OSO_PEPPER"]) == {"2"}
    newest = secret()["OSO_PEPPER"]
    # tables that go back to before `over` hold rows of the old one: it can be read again, as long as there are backups
    assert rotate("pepper", "terug", "--doe")[0] == 0
    assert {version: base64.b64decode(key) for version, key in secret()["OSO_PEPPER"].items()} == peppers
    assert rotate("pepper", "oud", "--doe")[0] == 0
    assert secret()["OSO_PEPPER"] == newest
    assert secret()["OSO_ZOEKSLEUTEL"] == ""  # what else stands there stays
    for key in secret()["OSO_PEPPER"].values():
        assert key not in text


def test_a_step_of_the_pepper_waits_until_every_function_reads_the_secret_of_now(
    aws: Provisioned, rotate: Command, secret: Callable[[], dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret()
    pepper = {version: base64.b64encode(key).decode() for version, key in BOTH.items()}
    for step, values_ in (("gebruik", {"OSO_PEPPER_SCHRIJFT": "1"}), ("over", {})):
        put_secret(aws, OSO_PEPPER=pepper, **values_)
        now = aws.client("secretsmanager").get_secret_value(SecretId="oso-proef-geheimen")["VersionId"]
        monkeypatch.setenv("OSO_GEHEIM_VERSIE", "een-eerdere")
        code, text = rotate("pepper", step, "--doe")
        assert (code, "Draai eerst make deploy" in text) == (1, True)
        monkeypatch.setenv("OSO_GEHEIM_VERSIE", now)
        assert rotate("pepper", step, "--doe")[0] == 0


def long_lived(folder: Path, oin: str) -> tuple[str, str, str, str]:
    """A certificate of this organisation for a year, and its key, as arguments of the command."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.SERIAL_NUMBER, oin)])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=365))
    cert, secret = folder / f"{oin}.pem", folder / f"{oin}.key"
    cert.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM))
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return "--cert", str(cert), "--key", str(secret)


def test_expired_authorities_go_and_valid_ones_stay(tmp_path: Path) -> None:
    old, new = make_pki(tmp_path / "oud"), long_lived(tmp_path, "1")
    secret = {"OSO_TC_CA": Path(old.ca).read_text() + Path(new[1]).read_text()}
    now = datetime.now(UTC)
    assert values.without_expired(secret, now) == ({}, 0)
    changed, gone = values.without_expired(secret, now + timedelta(days=60))
    assert (changed["OSO_TC_CA"], gone) == (Path(new[1]).read_text(), 1)
    with pytest.raises(values.RotateError, match="alles"):
        values.without_expired(secret, now + timedelta(days=500))


def test_the_certificate_from_the_command_line(
    aws: Provisioned, rotate: Command, secret: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    old, new = make_pki(tmp_path / "oud"), make_pki(tmp_path / "nieuw")
    kept = {"OSO_TC_CA": Path(old.ca).read_text()}
    kept |= {"OSO_CLIENT_CERT": Path(old.cert("leverancier-a")).read_text()}
    kept |= {"OSO_CLIENT_KEY": Path(old.key("leverancier-a")).read_text()}
    put_secret(aws, **kept)
    pair = ("--cert", new.cert("leverancier-a"), "--key", new.key("leverancier-a"), "--ca", new.ca)
    code, text = rotate("certificate", "nieuw", *pair, "--doe")
    assert (code, secret()) == (2, kept)  # those of a sandbox live a day
    assert "30 dagen" in text
    code, text = rotate("certificate", "terug", "--doe")
    assert (code, "geen certificaat van hiervoor" in text) == (2, True)
    own = long_lived(tmp_path, OIN["leverancier-a"])
    assert rotate("certificate", "nieuw", *own, "--ca", new.ca)[1].startswith("met --doe")
    assert secret() == kept
    assert rotate("certificate", "nieuw", *own, "--ca", new.ca, "--doe")[0] == 0
    assert secret()["OSO_CLIENT_CERT"] == Path(own[1]).read_text()
    assert secret()["OSO_CLIENT_KEY"] == Path(own[3]).read_text()
    assert secret()["OSO_TC_CA"].count("BEGIN CERTIFICATE") == 2  # old and new are trusted
    assert "niets te doen" in rotate("certificate", "nieuw", *own, "--ca", new.ca, "--doe")[1]
    put_secret(aws, **secret(), OSO_ZOEKSLEUTEL="")  # whatever else changes meanwhile
    put_secret(aws, **{**secret(), "OSO_LEVERANCIERS": []})
    assert rotate("certificate", "terug", "--doe")[0] == 0
    assert {name: secret()[name] for name in kept if "CLIENT" in name} == {n: kept[n] for n in kept if "CLIENT" in n}
    put_secret(aws, **kept)
    other = long_lived(tmp_path, "99999999000000000099")
    for wrong, why in (
        (other, "andere organisatie"),
        (("--cert", new.cert("leverancier-a"), "--key", new.key("leverancier-b")), "hoort niet bij"),
        (("--cert", new.ca, "--key", "/bestaat/niet"), "niet leesbaar"),
        ((), "geef --cert"),
    ):
        code, text = rotate("certificate", "nieuw", *wrong, "--doe")
        assert (code, secret()) == (2, kept)
        assert why in text
        assert "PRIVATE" not in text


def test_the_keys_of_an_issuer_from_the_command_line(
    aws: Provisioned, rotate: Command, secret: Callable[[], dict[str, Any]], tmp_path: Path
) -> None:
    old, new = make_issuers(tmp_path / "oud"), make_issuers(tmp_path / "nieuw")
    issuers = json.loads(old.setting())
    fresh = json.loads(new.setting())[0]["jwks"]
    for key in fresh["keys"]:
        key["kid"] = f"nieuw-{key['kid']}"
    (tmp_path / "jwks.json").write_text(json.dumps(fresh))
    put_secret(aws, OSO_ISSUERS=issuers)
    iss, file = issuers[0]["iss"], str(tmp_path / "jwks.json")
    assert rotate("issuer", "nieuw", "--iss", iss, "--jwks", file, "--doe")[0] == 0
    now = secret()["OSO_ISSUERS"]
    assert now[0]["jwks"]["keys"] == [*issuers[0]["jwks"]["keys"], *fresh["keys"]]
    assert now[1:] == issuers[1:]
    assert "niets te doen" in rotate("issuer", "nieuw", "--iss", iss, "--jwks", file, "--doe")[1]
    assert rotate("issuer", "oud", "--iss", iss, "--jwks", file, "--doe")[0] == 0
    assert secret()["OSO_ISSUERS"][0]["jwks"]["keys"] == fresh["keys"]
    other = "https://nieuwe.uitgever.example"
    assert rotate("issuer", "oud", "--iss", iss, "--doe")[0] == 2  # its schools would have none
    assert rotate("issuer", "nieuw", "--iss", other, "--van", iss, "--jwks", file, "--doe")[0] == 0
    assert rotate("issuer", "oud", "--iss", iss, "--doe")[0] == 0
    left = {one["iss"]: one["scholen"] for one in secret()["OSO_ISSUERS"]}
    assert left[other] == issuers[0]["scholen"]
    assert iss not in left
    (tmp_path / "jwks.json").write_text(json.dumps({"keys": [fresh["keys"][0] | {"d": "x"}]}))
    code, text = rotate("issuer", "nieuw", "--iss", other, "--jwks", file, "--doe")
    assert (code, "geheime sleutel" in text) == (2, True)
