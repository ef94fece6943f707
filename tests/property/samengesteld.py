"""`python -m tests.property.samengesteld N=500 SEED=7`: what becomes of any record, selection and card.

For every overstap profile and version N records, as a school may put them (`record_maker.py`), go through the flows of
the product: put, choose, fill in, collect, record the inzage, set ready. What is stored must pass `intended`: when it is
collected apart from what the parents still have to say, after the inzage wholly. What cannot be made valid must be
refused, with meldingen that name what only the school can mend. Counts of both are printed, with the seed.
"""

import hashlib
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import product
from random import Random, SystemRandom
from zoneinfo import ZoneInfo

from chalicelib.domain.document import Document, Documentsoort, Documentstatus
from chalicelib.domain.dossier import Dossier, Inzage, Inzagewaarde, Invulling, Toestemming, Uitschrijving, Vervolgschool
from chalicelib.domain.gegevensblok import OVERSTAPPEN, Eis, Profiel
from chalicelib.domain.mutatielog import Door
from chalicelib.domain.nummers import Pgn, PgnType
from chalicelib.domain.school import School
from chalicelib.domain.selectie import Selectie
from chalicelib.errors import Invalid, OsoError, Refused
from chalicelib.flows import Werk, klaarzetten, verzamelen
from chalicelib.flows.leerlingen import RECORD, Record
from chalicelib.gegevensset.controle import controleer, controleer_waarden
from chalicelib.gegevensset.keuze import plannen_van, toetsen_van
from chalicelib.gegevensset.samenstellen import naam_van, nummer_van, overzicht_van
from chalicelib.gegevensset.tabel import VERSIES, Standaard, standaard
from tests.property.memory import Memory
from tests.property.record_maker import SECRET_MAIL, SECRET_NUMBER, SECRET_STREET, make_record
from tests.property.tree_maker import Waarden
from tests.property.values import NAMES
from tests.pupil import SCHOOL
