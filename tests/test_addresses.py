from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broadsheet.addresses import Mailbox, is_address, is_domain, mailbox


@pytest.mark.parametrize(
    "text",
    ["a@example.org", "a.b+c@example.org", "o'hara@xn--bcher-kva.example", "A_1@1.example", "a" * 64 + "@b.example"],
)
def test_an_address(text: str) -> None:
    assert is_address(text)
    assert mailbox(f"A Name <{text}>") == Mailbox(name="A Name", address=text)


@pytest.mark.parametrize(
    "text",
    [
        *("", "a", "@", "a@", "@example.org", "a@b", "a@example", "a@example.", "a@.example", "a@-b.example"),
        *("a@b-.example", "a@b_c.example", "a..b@example.org", ".a@example.org", "a.@example.org", "a b@example.org"),
        *("a@example.org ", "a@example.org\n", "a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org"),
        *("a@b@example.org", '"a"@example.org', "a@[127.0.0.1]", "<a@example.org>", "caf\u00e9@example.org"),
        *("a@caf\u00e9.example", "a@\u0661.example", "a" * 65 + "@b.example", "a@" + "b" * 64 + ".example"),
        "a@" + "b.c" * 84 + ".example",
    ],
)
def test_no_address(text: str) -> None:
    assert not is_address(text)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("a@example.org", ""),
        (" <a@example.org> ", ""),
        ("A, B <a@example.org>", "A, B"),
        ('"A, B" <a@example.org>', "A, B"),
        ("Caf\u00e9 <a@example.org>", "Caf\u00e9"),
    ],
)
def test_a_mailbox(text: str, name: str) -> None:
    assert mailbox(text) == Mailbox(name=name, address="a@example.org")


@pytest.mark.parametrize(
    "text",
    [
        *("", "A", "A a@example.org", "A <a@b>", "A <a@example.org> b", "A <a@example.org>, <b@example.org>"),
        *("A\r\nB <a@example.org>", 'A" "B <a@example.org>', "A <<a@example.org>>"),
    ],
)
def test_no_mailbox(text: str) -> None:
    assert mailbox(text) is None


@given(st.text())
def test_what_is_taken_for_an_address_is_printable_and_has_one_sign(text: str) -> None:
    for candidate in (text, f"{text}@example.org", f"a@{text}.example"):
        if is_address(candidate):
            assert candidate.isascii()
            assert candidate.isprintable()
            assert candidate.count("@") == 1
            assert not set(candidate) & set(' ,;:<>()[]\\"')


def test_a_domain_has_two_labels() -> None:
    assert is_domain("example.org")
    assert not is_domain("localhost")
    assert not is_domain("example.org.")
    assert not is_domain("a." * 130 + "b")
