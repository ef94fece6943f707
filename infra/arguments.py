"""How a command that speaks on the wire reads its arguments; `--help` says what the wire was not held against (9b)."""

import argparse

NIET_GEVERIFIEERD = "Not verified against the Kennisnet WSDL: many shapes are inferred (see the protocol profiles)."


def parser(prog: str, doc: str | None) -> argparse.ArgumentParser:
    """The parser of `python -m prog`."""
    return argparse.ArgumentParser(prog=f"python -m {prog}", description=doc, epilog=NIET_GEVERIFIEERD)


def assignments(prog: str, doc: str | None) -> list[str]:
    """The arguments of a command that takes `NAME=VALUE` alone, as make gives them."""
    reader = parser(prog, doc)
    reader.add_argument("assignments", nargs="*", metavar="NAME=VALUE")
    given: list[str] = reader.parse_args().assignments
    return given
