"""What is set, and who is outside: settings, certificates, issuers of tokens, the Traffic Center."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from chalicelib.config import IN_GEHEIM, Settings, pem
from chalicelib.domain.nummers import Brin
from chalicelib.domain.resultaat import Resultaat
from chalicelib.domain.termijnen import lees_termijnen
from chalicelib.errors import OsoError
from chalicelib.messages import protocolprofiel
from chalicelib.messages.berichten import OverzichtAanleverpunt
from chalicelib.messages.zoeksleutel import kies_provider
from chalicelib.sender import https_sender
from chalicelib.traffic_center import TrafficCenter
from chalicelib.veilig import bezwaren, is_proefadres
from infra.doctor.finding import LET_OP, MIS, OK, Bevinding, Patient

_DAGEN_MIS, _DAGEN_LET_OP = 7, 30


def instellingen(p: Patient) -> Iterator[Bevinding]:
    """Every reason for which production would not start; elsewhere they are worth a look."""
    redenen = bezwaren(p.env, later=IN_GEHEIM if p.zonder_geheim else ())
    stand = MIS if p.env.get("OSO_STAGE", "prod") not in ("sandbox", "dev") else LET_OP
    for reden in redenen:
        naam, _, tekst = reden.partition(": ")
        yield Bevinding(stand, f"instelling {naam}", f"{tekst}. In productie start de dienst zo niet.")
    if not redenen:
        yield Bevinding(OK, "instellingen", "alle instellingen zijn veilig voor productie")


def termijnen(p: Patient) -> Iterator[Bevinding]:
    """Whether the terms that differ can be read."""
    try:
        lees_termijnen(p.settings.termijnen)
    except ValueError:
        yield Bevinding(MIS, "bewaartermijnen", "OSO_TERMIJNEN noemt een onbekende termijn of geen heel aantal.")
        return
    yield Bevinding(OK, "bewaartermijnen", "leesbaar")


def peppers(p: Patient) -> Iterator[Bevinding]:
    """One pepper, or a rotation that is under way."""
    versies = sorted(p.settings.pepper, key=int)
    if not versies:
        yield Bevinding(MIS, "pepper", "er is er geen: nummers kunnen niet worden gevonden. Zet OSO_PEPPER.")
    elif len(versies) > 1:
        stap = "gebruik, dan over" if p.settings.pepper_schrijft else "over"
        tekst = f"er zijn er meer: maak de wisseling af met python -m infra.rotate pepper {stap}, daarna pepper oud"
        yield Bevinding(LET_OP, "pepper", tekst)
    else:
        yield Bevinding(OK, "pepper", f"versie {versies[0]}")


def certificaten(p: Patient) -> Iterator[Bevinding]:
    """Ours and those that we trust: readable, whole, of one pair, and how long they are good still."""
    s = p.settings
    gelezen = {}
    for naam, waarde in (("eigen certificaat", s.client_cert), ("vertrouwde certificaten", s.tc_ca)):
        if not waarde:
            yield Bevinding(LET_OP, naam, "niet ingesteld")
            continue
        try:
            gelezen[naam] = x509.load_pem_x509_certificates(pem(waarde).encode())
        except (OSError, ValueError):
            yield Bevinding(MIS, naam, "niet leesbaar. Zet een PEM-bestand met de hele keten neer.")
            continue
        yield _houdbaarheid(naam, min(een.not_valid_after_utc for een in gelezen[naam]), p.nu)
    if eigen := gelezen.get("eigen certificaat"):
        yield _sleutelpaar(eigen[0], s)
        yield _keten(eigen, gelezen.get("vertrouwde certificaten", []))


def _sleutelpaar(eigen: x509.Certificate, s: Settings) -> Bevinding:
    vorm = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    try:
        sleutel = load_pem_private_key(pem(s.client_key).encode(), None).public_key()
    except (OSError, ValueError, TypeError):
        return Bevinding(MIS, "eigen sleutel", "niet leesbaar. Vul hem opnieuw met python -m infra.vault.")
    if sleutel.public_bytes(*vorm) != eigen.public_key().public_bytes(*vorm):
        return Bevinding(MIS, "eigen sleutel", "hoort niet bij het eigen certificaat. Vul beide opnieuw, samen.")
    return Bevinding(OK, "eigen sleutel", "hoort bij het eigen certificaat")


def _keten(eigen: Sequence[x509.Certificate], vertrouwd: Sequence[x509.Certificate]) -> Bevinding:
    """Whether each certificate was given by the next, and the last by one that we know or by itself."""
    for een, volgende in pairwise(eigen):
        if not _gegeven_door(een, volgende):
            return Bevinding(MIS, "certificaatketen", "staat in de verkeerde volgorde of hoort niet bij elkaar.")
    laatste = eigen[-1]
    if not any(_gegeven_door(laatste, een) for een in (laatste, *vertrouwd)):
        return Bevinding(LET_OP, "certificaatketen", "houdt op voor een bekende uitgever. Voeg de tussenliggende toe.")
    return Bevinding(OK, "certificaatketen", f"{len(eigen)} certificaat of certificaten, tot een bekende uitgever")


def _gegeven_door(een: x509.Certificate, ander: x509.Certificate) -> bool:
    try:
        een.verify_directly_issued_by(ander)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _houdbaarheid(naam: str, tot: datetime, nu: datetime) -> Bevinding:
    dagen = (tot - nu).days
    stand = MIS if dagen < _DAGEN_MIS else LET_OP if dagen < _DAGEN_LET_OP else OK
    doe = "" if stand == OK else ". Vraag nu een nieuw certificaat aan"
    return Bevinding(stand, naam, f"nog {dagen} dagen geldig{doe}" if dagen >= 0 else f"verlopen{doe}")


def uitgevers(p: Patient) -> Iterator[Bevinding]:
    """Who may give tokens: with public keys alone, for schools."""
    for nummer, uitgever in enumerate(p.settings.issuers, 1):
        naam = f"uitgever van tokens {nummer}"
        sleutels = uitgever.jwks.get("keys", [])
        if not sleutels or any("d" in sleutel for sleutel in sleutels):
            yield Bevinding(MIS, naam, "heeft geen sleutel, of een geheime sleutel. Neem de openbare JWKS over.")
        elif not uitgever.scholen:
            yield Bevinding(LET_OP, naam, "mag voor geen enkele school spreken")
        else:
            yield Bevinding(OK, naam, f"{len(sleutels)} sleutel(s), {len(uitgever.scholen)} school/scholen")


def traffic_center(p: Patient) -> Iterator[Bevinding]:
    """Whether it answers, and knows our aanleverpunten; asked only with a BRIN."""
    s = p.settings
    if not s.tc_url or (is_proefadres(s.tc_url) and not s.sandbox):
        yield Bevinding(MIS, "Traffic Center", "het adres is geen https-adres op internet. Zet OSO_TC_URL goed.")
        return
    if p.brin is None:
        yield Bevinding(LET_OP, "Traffic Center", "niet gevraagd. Geef een BRIN mee om de verbinding te proberen.")
        return
    try:
        send = https_sender(s.tc_ca or None, s.client_cert, s.client_key, sandbox=s.sandbox)
        provider = kies_provider(s.zoeksleutel_provider, s.zoeksleutel)
        punten = TrafficCenter(send, protocolprofiel(s.profiel), provider, s.tc_url).overzicht(Brin(p.brin))
    except (OsoError, OSError) as fout:
        code = fout.code if isinstance(fout, OsoError) else "certificaat of sleutel niet leesbaar"
        yield Bevinding(MIS, "Traffic Center", f"antwoordt niet ({code}). Controleer adres, certificaat en netwerk.")
        return
    if isinstance(punten, Resultaat):
        yield Bevinding(MIS, "Traffic Center", f"weigert: {punten.code}. {punten.wat_nu}")
        return
    yield Bevinding(OK, "Traffic Center", "antwoordt")
    yield _aanleverpunten(p, p.brin, punten)


def _aanleverpunten(p: Patient, brin: str, punten: Sequence[OverzichtAanleverpunt]) -> Bevinding:
    """Those at which our schools of this BRIN answer must stand in the register of the Traffic Center."""
    rijen = p.client("dynamodb").query(
        TableName=p.settings.tabel_state,
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": f"PUNT#{brin}"}},
    )["Items"]
    eigen, bekend = {rij["sk"]["S"] for rij in rijen}, {punt.aanleverpunt.nummer for punt in punten}
    if eigen - bekend:
        tekst = f"{len(eigen - bekend)} van ons staan niet bij het Traffic Center. Registreer ze opnieuw."
        return Bevinding(MIS, "aanleverpunten", tekst)
    if not punten:
        return Bevinding(LET_OP, "aanleverpunten", "deze BRIN heeft geen aanleverpunten. Maak ze aan in Mijn OSO.")
    return Bevinding(OK, "aanleverpunten", f"{len(punten)} bij het Traffic Center, waarvan {len(eigen)} van ons")
