"""Accept: the form that the caller wants most, and the usual one where it does not care (RFC 9110, 12.5.1)."""

import pytest

from chalicelib.web.accept import eerste, kies

JSON, XML, CSV = "application/json", "application/xml", "text/csv"


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        ("", JSON),
        ("*/*", JSON),
        ("*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/xml", XML),
        ("APPLICATION/XML; charset=utf-8", XML),
        ("text/xml", XML),
        ("text/*", XML),
        ("application/json, application/xml;q=0.1", JSON),
        ("application/json;q=0.1, application/xml", XML),
        ("application/json;q=.1, application/xml;q=.2", XML),
        ("application/xml;q=0, application/json", JSON),
        ("application/xml;q=0", JSON),
        ("application/xml;q=0, */*", JSON),
        ("application/json;q=0, */*", XML),
        ("application/xml, */*", XML),
        ("*/*, application/xml;q=0.9", JSON),
        ("application/xml, application/json", XML),
        ("application/json, application/xml", JSON),
        ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", XML),
        ("application/xhtml+xml", JSON),
        ("application/pdf", JSON),
        ("application/xml ; Q=0.5 , application/json;version=1;q=0.4", XML),
        ("application/xml;q=hoog", XML),
        ("application/xml;q=7, application/json", XML),
        (",;,=;q", JSON),
    ],
)
def test_the_form_that_is_wanted_most(accept: str, chosen: str) -> None:
    assert kies(accept, (JSON, XML)) == chosen


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [("text/csv", CSV), ("text/*", CSV), ("text/csv;q=0, */*", JSON), ("application/json, text/csv;q=0.5", JSON)],
)
def test_a_log_as_a_sheet(accept: str, chosen: str) -> None:
    assert kies(accept, (JSON, CSV)) == chosen


def test_the_kind_that_stands_first() -> None:
    assert eerste(" Application/XML ;q=0.1, */*") == XML
    assert eerste("") == ""
