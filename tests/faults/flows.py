"""Every flow of the product: what there is before, what is done (`steps.py`, `upkeep.py`), what may be logged twice.

What a flow leaves behind is not written here: it is what a run without faults leaves behind (`sweep.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from tests.faults.steps import (
    COLLECTED,
    READY,
    ask,
    bulk,
    collect,
    deliver,
    fill_in,
    full_bulk,
    other_pupil,
    put,
    put_again,
    put_for_zorgvraag,
    receive,
    record_inzage,
    remove_zorgvraag,
    send_zorgvraag,
    session,
    set_ready,
    swv_answers,
    take_over,
    tell,
    undo,
    withdraw,
)
from tests.faults.upkeep import clean_up, fail_for_good, forgotten, nudge, put_back, rotate
from tests.faults.world import World

ONCE_MORE = frozenset({"VERZONDEN", "AANVRAAG_GEWEIGERD"})
"""What is delivered at least once has an entry for each time (infra/decisions/logged-before-it-leaves.md)."""
Step = Callable[[World], object]


@dataclass(frozen=True)
class Flow:
    """One flow: what there is before, the acts in which a call may go wrong, and the acts that may be logged twice."""

    name: str
    before: tuple[Step, ...]
    acts: tuple[Step, ...]
    repeats: frozenset[str] = frozenset()


FLOWS = (
    Flow("opslaan", (), (put, put_again)),
    Flow("verzamelen", (put, fill_in), (collect, record_inzage)),
    Flow("klaarzetten", COLLECTED, (set_ready,)),
    Flow("intrekken", READY, (withdraw,)),
    Flow("bulk", (put, other_pupil), (bulk,)),
    Flow("bulk-vol", COLLECTED, (full_bulk,)),
    Flow("answer", (*READY, session), (deliver,), ONCE_MORE),
    Flow("ask", READY, (ask,), ONCE_MORE),
    Flow("import", (*READY, receive), (take_over,)),
    Flow("undo", (*READY, receive, take_over), (undo,)),
    Flow("zorgvraag", (put_for_zorgvraag,), (send_zorgvraag,), frozenset({"ZORGVRAAG_OPGEHAALD"})),
    Flow("terugkoppeling", (put_for_zorgvraag, send_zorgvraag), (swv_answers,)),
    Flow("zorgvraag-weg", (put_for_zorgvraag, send_zorgvraag), (remove_zorgvraag,)),
    Flow("notificatie", (*READY, receive), (tell,), frozenset({"NOTIFICATIE_GEVRAAGD"})),
    Flow("afmaken", (*READY, forgotten), (nudge,), ONCE_MORE),
    Flow("opruimen", (*READY, receive, take_over), (clean_up,)),
    Flow("rotatie", (*READY, receive, take_over), (rotate,)),
    Flow("redrive", (put, other_pupil, fail_for_good), (put_back,)),
)
