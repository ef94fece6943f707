"""`python -m tests.property.acts RUNS=50 STEPS=30 SEED=7`: three employees of two schools act in any order.

Two work at 14SS00 and one at 99EF00, each with the card as they last saw it, on real stores. After every act: what is
open for fetching is what the parents were shown (binnen brin aside), and no card changed without an entry in its log.
The hash is computed again from the bytes that would leave; the memory of what was shown is the test's own.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

from chalicelib.domain.dossier import Dossier, Status
from chalicelib.domain.gegevensblok import OVERSTAPPEN, Overdrachtsoort
from chalicelib.domain.invulling import Invulling, Vervolgschool
from chalicelib.domain.inzage import Inzage, Inzagewaarde
from chalicelib.domain.mutatielog import Door
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType, Vestiging
from chalicelib.errors import OsoError
from chalicelib.flows import Werk
from chalicelib.flows.klaarzetten import trek_in, zet_klaar
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.verzamelen import XML, kaart_etag, verzamel, vul_in
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.samenstellen import inhoud_hash, zonder_pdf
from chalicelib.gegevensset.tabel import standaard
from chalicelib.messages.berichten import Adressen, DocumentRequest, OverdrachtRequest, OverdrachtResponse
from infra.local.aws import Aws, provision, start_ministack
from infra.local.processes import stop
from infra.local.register import Register
from infra.local.register_rules import behandel
from tests.conftest import Provisioned
from tests.faults.town import KEY, OIN, PUPIL, Town, intact
from tests.pupil import NOW, NUMBERS, record

_ACCOUNT = "500000000001"
OVERSTAP = Overdrachtsoort.OVERSTAPDOSSIER
NEXT = (None, Vervolgschool("99EF"), Vervolgschool("14SS"))
CHANGES: tuple[dict[str, Any], ...] = (
    {"contact_nodig": True},
    {"contact_nodig": False},
    {"aandachtspunten": "Let op."},
    {"aandachtspunten": None},
    {"voorlopig_dossier": True},
    {"binnen_brin": True},
    {"binnen_brin": False},
    {"datum": NOW.date() + timedelta(days=30)},
    {"datum": NOW.date() + timedelta(days=31)},
    {"advies_vo": "40"},
    {"advies_vo": "60"},
    *({"vervolgschool": school} for school in NEXT),
    *({"inzage": Inzage(value, None, "Proef")} for value in Inzagewaarde),
    *({"aandachtspunten": text, "inzage": Inzage(Inzagewaarde.JA)} for text in ("Let op.", "Let goed op.", "Ja?")),
)


@dataclass
class Employee:
    """Somebody with a screen: the card as it stood there last."""

    school: Vestiging
    name: str
    sees: Dossier | None = None

    def work(self, town: Town) -> Werk:
        return Werk(town.stores(), Door(self.school.code, self.name, self.name), NOW)


@dataclass
class World:
    """The schools of one run, who works there, and what the parents were shown of each school's version."""

    town: Town
    rng: Random
    employees: tuple[Employee, ...]
    shown: dict[Vestiging, str | None] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    times: int = 0

    def step(self) -> None:
        """One act of one of them; then everything must hold."""
        who = self.rng.choice(self.employees)
        act = self.rng.choice(_ACTS)
        before = {one: self._card(one) for one in {employee.school for employee in self.employees}}
        self.done.append(f"{who.name} {act.__name__}")
        with suppress(OsoError):
            act(self, who)
        for school, card in before.items():
            self._check(school, card, self._card(school))

    def _card(self, school: Vestiging) -> Dossier | None:
        return self.town.stores().find_dossier(school, PUPIL)

    def _check(self, school: Vestiging, before: Dossier | None, after: Dossier | None) -> None:
        assert after is not None or before is None
        if after is None:
            return
        if before is None or replace(before, kop=after.kop) != after:
            assert after.kop.aantal > (before.kop.aantal if before else 0), "a change without an entry"
        acts = intact(self.town.stores(), after.onderwerp, after.kop)
        assert len(acts) == after.kop.aantal
        if after.status is Status.KLAAR and not after.invulling.binnen_brin:
            assert after.versie is not None
            table = standaard(after.versie.standaardversie)
            content = decode(self.town.stores().inhoud.get(after.versie.map, XML)).dossier
            leaves = inhoud_hash(zonder_pdf(content, after.versie.blokken), table)
            assert leaves == after.versie.inhoud_hash == self.shown[school], "not what the parents saw"


def put_record(world: World, who: Employee) -> None:
    world.times += 1
    number = NUMBERS[0 if who.school.brin.code == "14SS" else 1]
    zet_record(who.work(world.town), PUPIL, Record("2019.1", record(number, groep=None)), "*" if who.sees else None)


def look(world: World, who: Employee) -> None:
    who.sees = world._card(who.school)


def fill_in(world: World, who: Employee) -> None:
    """Save with the ETag of what was seen, which may be old by now."""
    now = world._card(who.school)
    held = who.sees if who.sees and world.rng.random() < 0.3 else now
    if held is None:
        return
    fields = dict(world.rng.choice(CHANGES))
    away = {name: fields.pop(name) for name in ("datum", "advies_vo", "vervolgschool") if name in fields}

    def change(old: Invulling) -> Invulling:
        return replace(old, **fields, uitschrijving=replace(old.uitschrijving, **away))

    shown = now.versie.inhoud_hash if now and now.versie else None
    card, _ = vul_in(who.work(world.town), PUPIL, change, kaart_etag(held))
    if "inzage" in fields:
        world.shown[who.school] = shown if fields["inzage"].gegeven else None
    who.sees = card


def collect(world: World, who: Employee) -> None:
    verzamel(who.work(world.town), PUPIL, world.rng.choice(OVERSTAPPEN[:2] + OVERSTAPPEN[3:4]))


def set_ready(world: World, who: Employee) -> None:
    who.sees = zet_klaar(who.work(world.town), PUPIL)[0]


def save_and_set_ready(world: World, who: Employee) -> None:
    """Klaarzetten saves first (R32)."""
    fill_in(world, who)
    set_ready(world, who)


def withdraw(world: World, who: Employee) -> None:
    trek_in(who.work(world.town), PUPIL, "Proef")


def go_the_usual_way(world: World, who: Employee) -> None:
    """Chapter 3 in a row, so that most runs come to where a dossier is open."""
    work = who.work(world.town)
    elsewhere = Vervolgschool("99EF" if who.school.brin.code == "14SS" else "14SS")

    def leave(old: Invulling) -> Invulling:
        leaving = replace(old.uitschrijving, datum=NOW.date() + timedelta(days=30), vervolgschool=elsewhere)
        return replace(old, binnen_brin=False, uitschrijving=leaving)

    def see(old: Invulling) -> Invulling:
        return replace(old, inzage=Inzage(Inzagewaarde.JA))

    vul_in(work, PUPIL, leave, "*")
    collected = verzamel(work, PUPIL, OVERSTAPPEN[0]).dossier
    vul_in(work, PUPIL, see, kaart_etag(collected))
    world.shown[who.school] = collected.versie.inhoud_hash if collected.versie else None
    set_ready(world, who)


def ask(world: World, who: Employee) -> None:
    """The other school asks; what it gets is what is open."""
    source = next(one.school for one in world.employees if one.school.brin != who.school.brin)
    pgn = Pgn(PgnType.BSN, NUMBERS[0 if source.brin.code == "14SS" else 1])
    asking = Adressen(source.brin, None, who.school.brin, Aanleverpunt("0"))
    granted = behandel(world.town.register, OverdrachtRequest(asking, OVERSTAP, KEY(pgn)), OIN)
    assert isinstance(granted, OverdrachtResponse)
    to = Adressen(source.brin, Aanleverpunt("0"), Brin(who.school.brin.code), Aanleverpunt("0"))
    answer = world.town.deliver(DocumentRequest(to, pgn, None, OVERSTAP, granted.sessie_id))
    if isinstance(answer, bytes):
        dossier = decode(answer).dossier
        assert inhoud_hash(zonder_pdf(dossier, ("bijlagedocs",)), standaard("2019.1")) == world.shown[source]


_ACTS: tuple[Callable[[World, Employee], None], ...] = (
    put_record,
    look,
    fill_in,
    fill_in,
    fill_in,
    collect,
    set_ready,
    save_and_set_ready,
    save_and_set_ready,
    withdraw,
    go_the_usual_way,
    ask,
)


def run(aws: Provisioned, seed: str, steps: int) -> World:
    """One run in an account of its own; AssertionError after the acts that led to it."""
    town = Town(aws, Register({}))
    here, there = Vestiging("14SS00"), Vestiging("99EF00")
    for school in (here, there):
        town.settle(school, "0")
    employees = (Employee(here, "A"), Employee(here, "B"), Employee(there, "C"))
    world = World(town, Random(seed), employees)
    for employee in (employees[0], employees[2]):
        put_record(world, employee)
    try:
        for _ in range(steps):
            world.step()
    except AssertionError:
        print(f"seed {seed}: {', '.join(world.done)}")
        raise
    return world


@contextmanager
def _accounts(folder: Path) -> Iterator[Callable[[int], Provisioned]]:
    endpoint, child = start_ministack(folder)
    try:

        def account(number: int) -> Provisioned:
            plain = Aws(endpoint, str(int(_ACCOUNT) + number))
            return Provisioned(endpoint, plain.account, provision(plain))

        yield account
    finally:
        stop(child)


def main(arguments: list[str]) -> int:
    """Print runs, steps and seed; an AssertionError names the acts."""
    given = dict(argument.split("=", 1) for argument in arguments)
    runs, steps = int(given.get("RUNS", "20")), int(given.get("STEPS", "30"))
    seed = given.get("SEED") or str(SystemRandom().randrange(10**6))
    opened = 0
    with tempfile.TemporaryDirectory(prefix="oso-") as folder, _accounts(Path(folder)) as account:
        for number in range(runs):
            world = run(account(number), f"{seed} {number}", steps)
            opened += sum("go_the_usual_way" in act or "set_ready" in act for act in world.done)
    print(f"{runs} runs of {steps} steps, {opened} tries to open a dossier, SEED={seed}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
