"""`make guards`: switch off every business rule, and break every sentence of the protocol: its test must turn red.

A rule whose test stays green without it is not guarded at all. Prints one line per such rule, and the counts.
"""

import sys
from collections.abc import Iterator
from functools import partial

from chalicelib.gegevensset.tabel import VERSIES, standaard
from tests import guards_protocol
from tests.unit.full_dossier import speaks
from tests.unit.rule_cases import Case, hand_made
from tests.unit.table_cases import code_list_cases, status_cases


def cases(version: str) -> Iterator[Case]:
    """Every case of a version."""
    table = standaard(version)
    made = (*hand_made(), *code_list_cases(table), *status_cases(table))
    return (case for case in made if version in case.versions)


def turns_red(case: Case, version: str) -> bool:
    """Whether the test of this case is green with its rule and red without it."""
    speaks(case, version)
    try:
        speaks(case, version, without=frozenset({case.rule}))
    except AssertionError:
        return True
    return False


def main() -> int:
    """Run all versions; exit 1 if some rule can go unnoticed."""
    red = total = 0
    for version in VERSIES:
        by_rule: dict[str, list[Case]] = {}
        for case in cases(version):
            by_rule.setdefault(case.rule, []).append(case)
        for rule, its_cases in by_rule.items():
            total += 1
            if all(map(partial(turns_red, version=version), its_cases)):
                red += 1
            else:
                print(f"NOT GUARDED {version} {rule}")
        print(f"{version}: {len(by_rule)} rules, {sum(map(len, by_rule.values()))} cases", flush=True)
    print(f"rules: {red} of {total} turned red", flush=True)
    spoken, sentences = guards_protocol.run()
    print(f"protocol: {spoken} of {sentences} turned red")
    return 0 if (red, spoken) == (total, sentences) else 1


if __name__ == "__main__":
    sys.exit(main())
