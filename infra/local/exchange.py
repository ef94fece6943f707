"""`python -m infra.local.exchange FILES…`, `make exchange FILES='…'`: send OSO files from one school to another.

Each file becomes a fresh pupil of 14SS00 and goes the whole way: put, card, verzamelen for its own profile, inzage,
klaarzetten, asked for by the other school, received. One line per file says what left, what arrived, what was left out
and why, and whether the rest is what was put. The clock of the app stands in the file's own school year, unless --klok.

Exit 0: every file was exchanged as promised, or refused with a reason. 1: a promise was broken. 2: a file could not be
opened, or none was named.
"""

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from urllib3.exceptions import HTTPError

from chalicelib.domain.gegevensblok import Profiel
from chalicelib.gegevensset.controle import controleer
from infra import arguments
from infra.local.compare import Change, differences, text_of
from infra.local.enrol import enrol
from infra.local.portal_client import (
    Answer,
    Portal,
    UnexpectedAnswerError,
    card_path,
    download,
    fill_card,
    number_of,
    outcome,
    request_dossier,
)
from infra.local.processes import StartError
from infra.local.stack import stack
from infra.local.world import Options

PROMISED, BROKEN, UNOPENED = 0, 1, 2
_MOST = 32 * 1024 * 1024
_LEERLING = "/dossier/huidigeschool/leerling"
_DOEL = {"POPO": "99EF00", "POVO": "16VO00", "VOVO": "16VO00", "BB-POPO": "14SS01", "BB-POVO": "14SS01"}
_ADVIES = "40"  # where a POVO file has none: any code of the list will do


@dataclass(frozen=True)
class File:
    """One file to exchange, and what could be read of it: "" where it is no dossier."""

    path: Path
    data: bytes = field(repr=False)
    versie: str = ""
    profiel: str = ""
    datum: date | None = None


@dataclass(frozen=True)
class Line:
    """The outcome for one file, as it is printed."""

    file: File
    code: str
    verdict: int = PROMISED
    left: str = ""
    arrived: str = ""
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        hashes = [f"vertrokken {self.left}", f"aangekomen {self.arrived}"] if self.left else []
        return " | ".join([self.file.path.name, self.file.profiel or "-", self.code, *hashes, *self.notes])


class _RefusedError(Exception):
    """The API said no to a step; the answer says why."""

    def __init__(self, step: str, answer: Answer) -> None:
        super().__init__(step)
        self.step, self.answer = step, answer


def main() -> int:
    """Exchange every file; see the module for the exit codes."""
    asked = _arguments()
    verdicts, files = [PROMISED if asked.files else UNOPENED], []
    for path in asked.files:
        file = _read(path)
        if isinstance(file, Line):
            verdicts.append(_show(file))
        else:
            files.append(file)
    number = 0
    for klok, group in _by_clock(files, asked.klok):
        try:
            with stack(None, Options(retry=1, klok=klok)) as running:
                enrol(running)
                for file in group:
                    number += 1
                    verdicts.append(_show(_safely(Portal(running, "14SS00"), file, f"uitwisseling-{number}")))
        except StartError as error:
            print(f"De sandbox start niet: {error}", file=sys.stderr)
            return BROKEN
    return BROKEN if BROKEN in verdicts else max(verdicts)


def _show(line: Line) -> int:
    print(line, flush=True)
    return line.verdict


def _read(path: Path) -> File | Line:
    """Read a file and what must be known before the clock can be set; a Line when it cannot be opened."""
    try:
        if not path.is_file():
            return Line(File(path, b""), "NIET_TE_OPENEN", UNOPENED, notes=("dit is geen bestand",))
        if path.stat().st_size > _MOST:
            return Line(File(path, b""), "TE_GROOT", notes=(f"meer dan {_MOST} bytes, niet aangeboden",))
        data = path.read_bytes()
    except OSError as error:
        return Line(File(path, b""), "NIET_TE_OPENEN", UNOPENED, notes=(str(error.strerror),))
    report = controleer(data)
    if not report.is_dossier:
        return File(path, data)
    binnen = text_of(data, "/dossier/overdrachtsoort") == Profiel.BB_POPO.overdrachtsoort
    profiel = report.profiel or (Profiel.BB_POPO.value if binnen else "")  # binnen brin need not say its overstap
    return File(path, data, report.versie, profiel, _date(text_of(data, "/dossier/metadata/datum")))


def _date(text: str) -> date | None:
    """A date that a clock can be set to; a time zone behind it does not matter."""
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2100 else None


def _by_clock(files: list[File], klok: datetime | None) -> Sequence[tuple[datetime | None, list[File]]]:
    """The files per school year, and the moment at which its clock starts: the latest date of the files in it."""
    if klok is not None:
        return [(klok, files)] if files else []
    years: dict[int, list[File]] = {}
    for file in files:
        if file.datum:
            years.setdefault(file.datum.year - (file.datum.month < 8), []).append(file)
    groups = [(_moment(group), group) for group in years.values()]
    undated = [file for file in files if file.datum is None]
    if undated and groups:  # any clock will do
        groups[0][1].extend(undated)
    elif undated:
        return [(None, undated)]
    return groups


def _moment(group: list[File]) -> datetime:
    return datetime.combine(max(file.datum for file in group if file.datum), time(10), ZoneInfo("Europe/Amsterdam"))


def _safely(bron: Portal, file: File, leerling_id: str) -> Line:
    """Exchange one file; whatever happens, it becomes a line, and the pupil is gone afterwards."""
    try:
        return _exchange(bron, file, leerling_id)
    except _RefusedError as refused:
        return _refused(file, refused.step, refused.answer)
    except (UnexpectedAnswerError, HTTPError) as error:
        return Line(file, "TECHNISCHE_FOUT", BROKEN, notes=(str(error),))
    finally:
        with suppress(HTTPError):
            bron.ask("DELETE", f"/leerlingen/{leerling_id}", headers={"If-Match": "*"})


def _exchange(bron: Portal, file: File, leerling_id: str) -> Line:
    """The whole way of one file, as far as it comes. Raises _RefusedError with the step that was refused."""
    _set_school(bron.to(bron.school, "beheerder"), file)
    _step("aanleveren", bron.ask("PUT", f"/leerlingen/{leerling_id}", file.data))
    if file.profiel not in _DOEL:
        return _only_put(bron, file, leerling_id)
    card = _fill_in(bron, file, leerling_id)
    body = {"overdracht": file.profiel}
    collected = _step("verzamelen", bron.ask("POST", f"{card_path(leerling_id)}/verzamelen", body)).json
    if not Profiel(file.profiel).binnen_brin:
        _step("inzage", fill_card(bron, leerling_id, {"inzage": {"waarde": "JA"}}, None))
    _step("klaarzetten", bron.ask("POST", f"{card_path(leerling_id)}/klaarzetten", {}))
    left = download(bron, f"{card_path(leerling_id)}/xml")
    number = number_of(file.data)
    if number is None:
        return Line(file, "GEEN_NUMMER", notes=("klaargezet, maar zonder nummer kan niemand erom vragen",))
    doel = bron.to(_DOEL[file.profiel])
    received = outcome(doel, _step("opvragen", request_dossier(doel, "14SS", number, expect=None)).json["id"])
    result = received["resultaat"] or {"code": received["status"]}
    if received["status"] != "ONTVANGEN":
        return Line(file, result["code"], BROKEN, _sha(left), "-", ("niet ontvangen",))
    arrived = download(doel, f"/dossieraanvragen/{received['id']}/xml")
    change = Change(file.versie, card, collected["weggelaten"])
    return _judge(file, result["code"], left, arrived, differences(file.data, arrived, change), change)


def _judge(file: File, code: str, left: bytes, arrived: bytes, odd: list[str], change: Change) -> Line:
    out = "; ".join(f"{one['code']} {one['aantal']}x {one['pad']}: {one['reden']}" for one in change.left_out)
    rest = f"rest anders: {_some(odd)}" if odd else "rest gelijk"
    verdict = PROMISED if left == arrived and not odd else BROKEN
    return Line(file, code, verdict, _sha(left), _sha(arrived), (f"weggelaten: {out or 'niets'}", rest))


def _set_school(beheer: Portal, file: File) -> None:
    """The school as the file needs it: its version of the standard, and the kind of school that made it."""
    if not file.versie:
        return
    soort = text_of(file.data, "/dossier/huidigeschool/soort")
    body = {"standaardversie": file.versie} | ({"soort": soort} if soort else {})
    _step("school", beheer.ask("PATCH", "/school", body, {"If-Match": "*"}))


def _fill_in(bron: Portal, file: File, leerling_id: str) -> Mapping[str, str]:
    """Fill in the card from the file itself; gives path -> value of what the card adds to the dossier."""
    profiel = Profiel(file.profiel)
    expected = {f"{_LEERLING}/overstapadvies/contactnodig": "false"}
    if not text_of(file.data, f"{_LEERLING}/leerlingid"):
        expected[f"{_LEERLING}/leerlingid"] = leerling_id
    body: dict[str, Any] = {"binnenBrin": profiel.binnen_brin}
    if not profiel.binnen_brin:
        own = _date(text_of(file.data, f"{_LEERLING}/datumuitschrijving")) or file.datum or bron.stack.today()
        brin = _DOEL[file.profiel][:4]
        body["uitschrijving"] = {"datum": own.isoformat(), "vervolgschool": {"brin": brin}}
        expected[f"{_LEERLING}/datumuitschrijving"] = own.isoformat()
        advies = f"{_LEERLING}/overstapadvies/advies"
        if profiel is Profiel.POVO and not text_of(file.data, advies):
            body["uitschrijving"]["adviesVo"] = expected[advies] = _ADVIES
    _step("kaart", fill_card(bron, leerling_id, body, None))
    return expected


def _only_put(bron: Portal, file: File, leerling_id: str) -> Line:
    """A dossier for a samenwerkingsverband, or of no known profile: put, checked, and read back."""
    back = bron.ask("GET", f"/leerlingen/{leerling_id}", headers={"Accept": "application/xml"}, expect=200).data
    remarks = [f"{one.code} {one.pad}" for one in controleer(file.data, "intended").meldingen]
    odd = differences(file.data, back, Change(file.versie, replaced=()))
    reason = "een zorgvraag gaat niet van school naar school" if file.profiel else "het profiel is onbekend"
    notes = (
        f"alleen aangeleverd en gecontroleerd: {reason}",
        f"controle: {_some(remarks) or 'geen meldingen'}",
        f"teruggelezen anders: {_some(odd)}" if odd else "teruggelezen gelijk",
    )
    return Line(file, "AANGELEVERD", BROKEN if odd else PROMISED, notes=notes)


def _step(step: str, answer: Answer) -> Answer:
    if answer.status >= 300:
        raise _RefusedError(step, answer)
    return answer


def _refused(file: File, step: str, answer: Answer) -> Line:
    """A refusal with its reason, compactly; one without a reason, or a fault of ours, breaks the promise."""
    own_fault = answer.status >= 500 or not answer.code
    remarks = answer.json["meldingen"] if answer.code else []
    reasons = list(dict.fromkeys(" ".join(filter(None, (one["code"], one["pad"]))) for one in remarks))
    detail = str(answer.json["detail"]) if answer.code else ""
    notes = (f"geweigerd bij {step} ({answer.status}): {_some(reasons) or detail}",)
    return Line(file, answer.code or "TECHNISCHE_FOUT", BROKEN if own_fault else PROMISED, notes=notes)


def _some(items: list[str], most: int = 8) -> str:
    more = f" en nog {len(items) - most}" if len(items) > most else ""
    return ", ".join(items[:most]) + more


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _arguments() -> argparse.Namespace:
    parser = arguments.parser("infra.local.exchange", __doc__.split("\n\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="OSO-dossiers in XML, van elke versie en elk profiel")
    parser.add_argument("--klok", type=_klok, help="een andere dag voor de klok van de app, bijvoorbeeld 2019-05-01")
    return parser.parse_args()


def _klok(text: str) -> datetime:
    moment = datetime.fromisoformat(text if "T" in text else f"{text}T10:00")
    return moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo("Europe/Amsterdam"))


if __name__ == "__main__":
    raise SystemExit(main())
