"""Terms: what may go along, and until when."""

from datetime import date


def toets_venster(datum: date) -> date:
    """The earliest afnamedatum of a toets in a POVO dossier that is made on `datum` (OVa.TR04, 15.31).

    The running school year and the two before it, and a school year starts on 1 August: until 31 July that
    is 1 August of three calendar years ago, from 1 August on of two.
    """
    jaren = 3 if datum < date(datum.year, 8, 1) else 2
    return date(datum.year - jaren, 8, 1)
