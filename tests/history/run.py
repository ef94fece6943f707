"""One run: a new school, its actors all at once, and the judgement of what they were told.

Each answer must be explained by some order of the acts (`search.py`); the last look is one of them, so a lost update
shows. The mutatielog must hold an entry for each act that was answered with success, and none besides, in a chain that
is intact; and a version that left was one that was open and had been shown.
"""

import itertools
import threading
from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from random import Random
from typing import Any

from chalicelib.domain.mutatielog import controleer_keten
from chalicelib.domain.nummers import Vestiging
from chalicelib.flows.leerlingen import Record, zet_record
from chalicelib.flows.verzamelen import vul_in
from infra.local.register import Register
from tests.conftest import Provisioned
from tests.faults.town import LEAVING, PUPIL, Town, work
from tests.history import model
from tests.history.actors import CARD, DOSSIER, NUMBER, SETTINGS, Actor, School, worker
from tests.history.model import Act
from tests.history.search import Done, explain
from tests.pupil import record

EMPLOYEES, WORKERS, WIRE = 3, 2, 2
_LOGGED = {
    "save": "KAART_OPGESLAGEN",
    "show": "INZAGE_VASTGELEGD",
    "collect": "VERZAMELD",
    "ready": "KLAARGEZET",
    "bulk": "KLAARGEZET",
    "withdraw": "INGETROKKEN",
    "fetch": "VERZONDEN",
}


class Unexplained(AssertionError):
    """No order of the acts gives these answers; the text is the history."""


@dataclass(frozen=True)
class Ground:
    """One account that all runs share: each has a school of its own."""

    town: Town

    @classmethod
    def of(cls, aws: Provisioned) -> "Ground":
        town = Town(aws, Register({}))
        town.settle(Vestiging("99EF00"), "0")
        return cls(town)

    def school(self, number: int) -> School:
        """A school that nobody used before, with a pupil who is written out and not collected."""
        vestiging = Vestiging(f"{number // 90:02d}GE{number % 90 + 1:02d}")
        punt = str(number % 90 + 1)
        self.town.settle(vestiging, punt)
        who = work(self.town.stores(), vestiging)
        zet_record(who, PUPIL, Record("2019.1", record(DOSSIER)), None)
        vul_in(who, PUPIL, lambda old: type(old)(uitschrijving=LEAVING), "*")
        return School(self.town, vestiging, punt)


def play(ground: Ground, number: int, seed: str, acts: int) -> School:
    """Let them all act at once, then look a last time, and judge. Raises Unexplained."""
    school = ground.school(number)
    stores = ground.town.stores()
    begin = {
        CARD: model.Card(stores.dossier(school.vestiging, PUPIL).version),
        NUMBER: model.Number(),
        SETTINGS: model.Settings(
            stores.school(school.vestiging).version, stores.school(school.vestiging).telefoon or ""
        ),
    }
    _all_at_once(school, seed, acts)
    last = Actor(school, "last", Random(seed))
    last.do(CARD, Act("look"))
    last.do(NUMBER, Act("who"))
    last.do(SETTINGS, Act("look"))
    judge(school, begin)
    return school


def _all_at_once(school: School, seed: str, acts: int) -> None:
    employees: list[Any] = [(f"employee {n}", _employee) for n in range(EMPLOYEES)]
    plans = [*employees, *((f"wire {n}", _wire) for n in range(WIRE))]
    gate, wrong = threading.Barrier(len(plans)), list[BaseException]()

    def start(name: str, plan: Any) -> None:
        try:
            gate.wait(30)
            plan(Actor(school, name, Random(f"{seed} {name}")), acts)
        except BaseException as error:  # noqa: BLE001  a thread has nobody to raise to: it is raised below
            wrong.append(error)

    workers = [Actor(school, f"worker {n}", Random(f"{seed} worker {n}")) for n in range(WORKERS)]
    threads = [threading.Thread(target=worker, args=[one], daemon=True) for one in workers]
    busy = [threading.Thread(target=start, args=one, daemon=True) for one in plans]
    for thread in (*threads, *busy):
        thread.start()
    for thread in busy[: len(employees)]:
        thread.join(120)
    school.quiet.set()
    for thread in busy:
        thread.join(60)
    school.over.set()
    for thread in threads:
        thread.join(30)
    if wrong:
        raise wrong[0]
    assert not any(thread.is_alive() for thread in (*threads, *busy)), "somebody waits for ever"


def _employee(who: Actor, acts: int) -> None:
    """First all at once the same number, under two ids; then mostly the card, with its next step most often."""
    who.do(NUMBER, Act("put", 0, who.rng.choice(("n-1", "n-2"))))
    for count in range(acts):
        text = f"{who.name} {count}"
        choice = who.rng.choice(
            ("next",) * 5 + ("look", "save", "save", "withdraw", "collect", "bulk", "number", "number", "settings")
        )
        if choice == "next":
            _next(who, text)
        elif choice == "number":
            act = who.rng.choice((Act("put", 0, "n-1"), Act("put", 0, "n-2"), Act("remove", 0, "n-1"), Act("who")))
            who.do(NUMBER, act)
        elif choice == "settings":
            who.do(SETTINGS, Act("save", who.seen(SETTINGS), f"000-555{who.rng.randrange(10**4):04d}"))
            who.look(SETTINGS)
        elif choice == "look":
            who.look(CARD)
        elif choice == "save":
            who.do(CARD, Act("save", who.seen(CARD), text))
        else:
            who.do(CARD, Act(choice, 0, text))


def _next(who: Actor, text: str) -> None:
    """Look, and do what comes next: collect, show, set ready."""
    etag, _, _, collected, shown, is_open = who.do(CARD, Act("look"))
    who.etags[CARD] = int(str(etag))
    if not collected:
        who.do(CARD, Act("collect"))
    elif not shown:
        who.do(CARD, Act("show", who.etags[CARD]))
    elif not is_open:
        who.do(CARD, Act(who.rng.choice(("ready", "bulk")), 0, f"{text} next"))


def _wire(who: Actor, acts: int) -> None:
    """Ask again and again for as long as the employees are at it, and no more than the search can order."""
    for _ in range(2 * acts):
        if who.school.quiet.is_set():
            return
        who.do(CARD, Act("fetch"))
        who.school.quiet.wait(who.rng.uniform(0, 1))


def judge(school: School, begin: dict[str, Hashable]) -> None:
    """Every answer explained, every success logged; raises Unexplained."""
    rules: dict[str, Any] = {CARD: model.card, NUMBER: model.number, SETTINGS: model.settings}
    for subject, history in school.history.items():
        if explain(history, begin[subject], rules[subject]) is None:
            raise Unexplained(f"{subject} of {school.vestiging}, from {begin[subject]}:\n{_told(history)}")
    logged = _logged(school)
    done = Counter(
        _LOGGED[one.act.word] for one in school.history[CARD] if one.answer[0] == "ok" and one.act.word in _LOGGED
    )
    if {act: logged[act] for act in set(_LOGGED.values())} != {act: done[act] for act in set(_LOGGED.values())}:
        raise Unexplained(f"logged {dict(logged)}, told {dict(done)}\n{_told(school.history[CARD])}")


def _told(history: list[Done]) -> str:
    return "\n".join(map(str, sorted(history, key=lambda one: one.began)))


def _logged(school: School) -> Counter[str]:
    """What the chain of the pupil says since the actors began; it must be intact."""
    stores = school.town.stores()
    now = stores.dossier(school.vestiging, PUPIL)
    entries = stores.logregels(now.onderwerp)
    assert controleer_keten(now.onderwerp, entries, now.kop) == ()
    return Counter(entry.actie for entry in itertools.islice(entries, 2, None))


def figures(schools: list[School]) -> str:
    """How many acts there were of each kind, how many overlapped with another, and how they were answered."""
    every = [one for school in schools for history in school.history.values() for one in history]
    overlap = sum(
        any(a is not b and a.began < b.ended and b.began < a.ended for b in history)
        for school in schools
        for history in school.history.values()
        for a in history
    )
    words = Counter(one.act.word for one in every)
    delivered = sum(one.act.word == "fetch" and one.answer[0] == "ok" for one in every)
    answers = Counter(str(one.answer[0]) for one in every if one.act.word not in ("look", "who"))
    return (
        f"{len(every)} acts, {overlap} at the same time as another: {dict(sorted(words.items()))}\n"
        f"{delivered} deliveries, "
        f"answers: {dict(answers.most_common())}"
    )
