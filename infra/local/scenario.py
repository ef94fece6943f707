"""A run that touches everything with the data of several pupils: happy paths, refusals, bad input, the wire.

Nothing is asserted here; what matters is what stays behind (`infra.local.evidence`). New routes take part by
themselves: every route of the register is called by a school that has nothing to see, and with numbers and names in
places where none belongs.
"""

import base64
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

import urllib3

from chalicelib.domain.gegevensblok import Overdrachtsoort, Profiel
from chalicelib.domain.nummers import Aanleverpunt, Brin, Pgn, PgnType
from chalicelib.errors import OsoError
from chalicelib.gegevensset.codec import decode
from chalicelib.gegevensset.controle import controleer
from chalicelib.messages import PROFIELEN, soap
from chalicelib.messages.berichten import Adressen, DocumentRequest
from chalicelib.messages.zoeksleutel import zoeksleutel_provider
from chalicelib.sender import https_sender
from chalicelib.traffic_center import TrafficCenter
from chalicelib.web import portal as routes
from chalicelib.web.deur import ROUTES
from infra.local.enrol import enrol
from infra.local.evidence import Evidence
from infra.local.portal_client import (
    Portal,
    card_path,
    download,
    fill_card,
    number_of,
    outcome,
    request_dossier,
)
from infra.local.processes import ready, start, stop, wait_until
from infra.local.scenario_acts import ask_for_support, get_support, in_bulk, tell_and_import
from infra.local.stack import Stack

DOEL = {"POPO": "99EF00", "POVO": "16VO00", "VOVO": "16VO00", "BB-POPO": "14SS01", "BB-POVO": "14SS01"}
_ONBEKEND = ("BSN", "238521436")

assert routes.__all__  # importing it filled the register


def run(stack: Stack, pupils: Iterable[bytes]) -> Evidence:
    """Do it all on a stack without pollers, so that queue messages can be seen before anybody takes them."""
    enrol(stack)
    evidence = Evidence(stack)
    bron = Portal(stack, "14SS00", trace=evidence.trace)
    ready_for = dict(_publish(bron, pupils))
    _look_around(evidence, list(ready_for))
    _bad_input(evidence, bron, next(iter(ready_for.values()))[0])
    _wire(evidence, next(iter(ready_for.values()))[1])
    asked = list(_ask(bron, ready_for.values()))
    in_bulk(bron, list(ready_for), [number for _, number, _ in ready_for.values()])
    support = ask_for_support(bron, *_first(ready_for))
    evidence.peek()
    pollers = start("pollers", [sys.executable, "-m", "infra.local.pollers", "--herkansing=1"],
                    stack.folder / "pollers.log", stack.env)  # fmt: skip
    try:
        ready(pollers)
        _receive(asked)
        get_support(bron, *_first(ready_for), support)
        tell_and_import(bron, ready_for, asked)
        evidence.peek()
        _end_in_dlq(evidence, bron.to("99EF00"))
    finally:
        stop(pollers)
    return evidence


def _publish(bron: Portal, pupils: Iterable[bytes]) -> Iterator[tuple[str, tuple[bytes, tuple[str, str], str]]]:
    """Put, fill in, collect and set ready each pupil that has a number; gives the data, the number and who may ask."""
    for count, data in enumerate(pupils, 1):
        leerling_id, profiel, number = f"lek-{count}", controleer(data).profiel, number_of(data)
        bron.ask("PUT", f"/leerlingen/{leerling_id}", data)
        bron.ask("GET", f"/leerlingen/{leerling_id}", headers={"Accept": "application/xml"})
        if profiel not in DOEL or number is None:
            continue
        _as_json(bron, leerling_id, data)
        binnen = Profiel(profiel).binnen_brin
        uit = {"datum": "2026-07-17", "adviesVo": "60", "vervolgschool": {"brin": DOEL[profiel][:4]}}
        body: dict[str, Any] = {"binnenBrin": binnen, "contactNodig": True}
        fill_card(bron, leerling_id, body if binnen else body | {"uitschrijving": uit}, None)
        bron.ask("GET", f"{card_path(leerling_id)}/controle?overdracht={profiel}")
        bron.ask("POST", f"{card_path(leerling_id)}/klaarzetten", {})
        bron.ask("POST", f"{card_path(leerling_id)}/verzamelen", {"overdracht": profiel})
        if not binnen:
            no = {"waarde": "NIET_AKKOORD", "redenNietAkkoord": "De verzorgers zien het advies anders."}
            fill_card(bron, leerling_id, {"inzage": no}, None)
        bron.ask("POST", f"{card_path(leerling_id)}/klaarzetten", {})
        for kind in ("xml", "pdf"):
            download(bron, f"{card_path(leerling_id)}/{kind}")
        yield leerling_id, (data, number, profiel)


def _first(ready_for: Mapping[str, tuple[bytes, tuple[str, str], str]]) -> tuple[str, str]:
    """A pupil, and the last name that is looked for afterwards."""
    leerling_id, (data, _, _) = next(iter(ready_for.items()))
    return leerling_id, decode(data).dossier["huidigeschool"]["leerling"]["achternaam"]


def _as_json(bron: Portal, leerling_id: str, data: bytes) -> None:
    """Put the same pupil again as JSON, look it up by name and number, and read every list."""
    etag = bron.ask("GET", f"/leerlingen/{leerling_id}").etag
    dossier = decode(data).dossier
    bron.ask("PUT", f"/leerlingen/{leerling_id}", {"dossier": dossier}, {"If-Match": etag})
    leerling = dossier["huidigeschool"]["leerling"]
    naam, number = leerling["achternaam"], number_of(data)
    assert number is not None
    for body in ({"achternaam": naam}, {"pgnType": number[0], "pgn": number[1]}, {"limiet": 1}):
        bron.ask("POST", "/leerlingen/zoeken", body)
    page = bron.ask("GET", "/leerlingen?limiet=1", expect=200).json
    if page["volgende"]:
        bron.ask("GET", f"/leerlingen?limiet=1&na={page['volgende']}", expect=200)
    _keep_files(bron, f"/leerlingen/{leerling_id}/map", naam, number[1])
    for path in ("/leerlingen", "/werkvoorraad", card_path(leerling_id), f"{card_path(leerling_id)}/mutatielogs"):
        bron.ask("GET", path)


def _keep_files(bron: Portal, path: str, naam: str, digits: str) -> None:
    """A note and a file called after the pupil in the leerlingmap; the file is put with the form, and confirmed."""
    bron.ask("POST", path, {"soort": "NOTITIE", "tekst": f"Gesprek over {naam}, {digits}."})
    file = {"soort": "BESTAND", "naam": f"Verslag {naam}.txt", "inhoudstype": "text/plain", "omschrijving": naam}
    form = bron.ask("POST", path, file)
    if form.status == 202:
        fields = {**form.json["velden"], "file": (f"Verslag {naam}.txt", f"Verslag over {naam}, {digits}.")}
        urllib3.request("POST", form.json["url"], fields=fields, retries=False)
        bron.ask("POST", f"{path}/{form.json['documentId']}/bevestigen")
    listed = bron.ask("GET", path)
    for one in listed.json["items"] if listed.status == 200 else ():
        link = bron.ask("GET", f"{path}/{one['documentId']}")
        if link.status == 200:
            bron.fetch(link.json["url"])


def _look_around(evidence: Evidence, leerling_ids: list[str]) -> None:
    """A school that has nothing to see here calls every route that reads, for every pupil."""
    for leerling_id in leerling_ids:
        for rol in ("administratie", "auditor"):
            ander = Portal(evidence.stack, "99EF00", rol, evidence.others)
            for route in ROUTES:
                if route.verb == "GET" and route.recht and ("{leerlingId}" in route.pad or leerling_id == "lek-1"):
                    ander.ask("GET", _fill(route.pad, leerling_id))


def _fill(pad: str, value: str) -> str:
    """The path of a route with every parameter filled in."""
    parts = (value if part.startswith("{") else part for part in pad.removeprefix("/v1").split("/"))
    return "/".join(parts)


def _bad_input(evidence: Evidence, bron: Portal, data: bytes) -> None:
    """Numbers and names where none belongs, at every route: path, query, body, headers, token."""
    number = number_of(data)
    assert number is not None
    digits, naam = number[1], decode(data).dossier["huidigeschool"]["leerling"]["achternaam"]
    rude = replace(bron, trace=evidence.hostile)
    for rol in ("administratie", "beheerder"):  # between them they may do nearly all
        _every_route(rude.to("14SS00", rol), digits, naam)
    text = data.decode()
    for broken in (f"<!DOCTYPE dossier>{text}", text[: len(text) // 2], text.replace(digits, digits[:-1] + "0"),
                   text.replace("<leerling>", f"<leerling><schoenmaat>{digits}</schoenmaat>"), digits):  # fmt: skip
        rude.ask("PUT", "/leerlingen/lek-fout", broken.encode())
    echoed = replace(rude, trace=[])  # a field that is called so is named in the answer, as it must be
    echoed.ask("PUT", "/leerlingen/lek-fout", text.replace("<leerling>", f"<leerling><x{digits}/>").encode())
    echoed.ask("POST", "/dossieraanvragen", {digits: naam}, {"Idempotency-Key": uuid4().hex})
    for raw in (f'{{"brin": "14SS", "pgnType": "BSN", "pgn": "{digits}"', f'["{digits}"]', naam):
        json_ = {"Content-Type": "application/json", "Idempotency-Key": uuid4().hex}
        rude.ask("POST", "/dossieraanvragen", raw.encode(), json_)
    for token in _bad_tokens(evidence.stack, digits):
        rude.ask("GET", "/leerlingen", headers={"Authorization": f"Bearer {token}"})
    for path in (f"/{digits}", f"/leerlingen/{digits}/{digits}", f"/leerlingen/{naam.encode().hex()}"):
        rude.ask("GET", path)


def _every_route(someone: Portal, digits: str, naam: str) -> None:
    """Every route with a number in its path, in its query, and in every header that it reads."""
    headers = dict.fromkeys(("If-Match", "Idempotency-Key", "X-Correlation-Id", "User-Agent", "Cookie"), digits)
    for route in ROUTES:
        body = {"pgn": digits, "naam": naam} if route.verb in ("POST", "PUT", "PATCH") else None
        someone.ask(route.verb, _fill(route.pad, digits), body, headers)
        someone.ask(route.verb, f"{_fill(route.pad, 'lek-fout')}?zoek={digits}&na={digits}", body, headers)


def _bad_tokens(stack: Stack, digits: str) -> Iterator[str]:
    yield digits
    yield base64.b64encode(json.dumps({"alg": "none", "sub": digits}).encode()).decode() + "." + digits + "."
    yield stack.token("14SS00", claims={"school": digits})
    yield stack.token("14SS00", digits, sub="14ss00-administratie")
    yield stack.token("14SS00", claims={"aud": digits})


def _wire(evidence: Evidence, number: tuple[str, str]) -> None:
    """Callers that are refused at the SOAP door: no certificate, an unknown one, no valid session, no SOAP at all."""
    stack = evidence.stack
    adressen = Adressen(Brin("14SS"), Aanleverpunt("0"), Brin("99EF"), Aanleverpunt("0"))
    pgn, soort = Pgn(PgnType(number[0]), number[1]), Overdrachtsoort.OVERSTAPDOSSIER
    profiel = PROFIELEN["18"]
    message = soap.encode(profiel, DocumentRequest(adressen, pgn, None, soort, str(uuid4())))
    bodies = (message, message[:-40], b"<a>" + number[1].encode(), message.replace(b"14SS", number[1].encode()))
    for certificate in ("leverancier-a", "leverancier-b", "onbekend"):
        with urllib3.PoolManager(
            ca_certs=stack.pki.ca,
            cert_file=stack.pki.cert(certificate),
            key_file=stack.pki.key(certificate),
            retries=False,
        ) as http:
            for body in bodies:
                headers = {"Content-Type": "text/xml", "SOAPAction": number[1], "X-Client-Cert": number[1]}
                evidence.wire.append(http.request("POST", stack.wire, body=body, headers=headers).data)
            evidence.wire.append(http.request("POST", f"{stack.wire}/{number[1]}", body=message).data)
    send = https_sender(stack.pki.ca, stack.pki.cert("onbekend"), stack.pki.key("onbekend"), sandbox=True)
    key = zoeksleutel_provider(base64.b64decode(stack.center.zoeksleutel))
    try:
        answer = TrafficCenter(send, profiel, key, f"{stack.center.adres}/tc/18").open_sessie(adressen, pgn, soort)
        evidence.wire.append(str(answer).encode())
    except OsoError as error:
        evidence.wire.append(str(error).encode())


def _ask(bron: Portal, published: Iterable[tuple[bytes, tuple[str, str], str]]) -> Iterator[tuple[Portal, str]]:
    """Ask for every pupil, by the school that may and by one that may not, and for a number that nobody has."""
    for _, number, profiel in published:
        for doel in (bron.to(DOEL[profiel]), bron.to("16VO00" if DOEL[profiel] == "99EF00" else "99EF00")):
            yield doel, request_dossier(doel, "14SS", number).json["id"]
        request_dossier(bron, "99EF", number, expect=None)
    yield bron.to("99EF00"), request_dossier(bron.to("99EF00"), "14SS", _ONBEKEND).json["id"]


def _receive(asked: Iterable[tuple[Portal, str]]) -> None:
    """Wait for every outcome, read what came, and let the source look at who asked."""
    for doel, id_ in asked:
        if outcome(doel, id_)["status"] == "ONTVANGEN":
            for kind in ("xml", "pdf"):
                download(doel, f"/dossieraanvragen/{id_}/{kind}")
        doel.ask("GET", f"/dossieraanvragen/{id_}/mutatielogs", headers={"Accept": "text/csv"})
        doel.ask("GET", "/dossieraanvragen")
        doel.to("14SS00").ask("GET", "/dossieraanvragen/binnengekomen")


def _end_in_dlq(evidence: Evidence, doel: Portal) -> None:
    """A request that cannot be done, while the Traffic Center is down, until its message lies in the DLQ."""
    storing: Mapping[str, Any] = {"bericht": "overdrachtRequest", "wat": "500", "aantal": 6}
    urllib3.request("POST", f"{evidence.stack.center.stand}/stand/storing", json=storing, retries=False)
    outcome(doel, request_dossier(doel, "14SS", _ONBEKEND).json["id"])
    wait_until(evidence.peek, 20, "een bericht in de dead letter queue")
