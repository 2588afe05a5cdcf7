from __future__ import annotations

import pickle

import pytest

from broadsheet import errors
from broadsheet.errors import ConfigError, DeliveryError, Mistake, RenderError, SourceError

EVERY = [
    ConfigError([Mistake(file="a.toml", line=3, column=2, text="x = (", message="is open", remedy="close it")]),
    SourceError("a.txt", "is empty"),
    errors.UnknownFormat("a.txt", "is a picture"),
    errors.ParseFailed("a.txt", "is cut"),
    errors.SuspiciousDump("a.txt", "has one paper"),
    errors.StoreError("the disk is full"),
    errors.StoreBusy("run 3 holds it"),
    RenderError("digest.html.j2", 7, "x is undefined"),
    DeliveryError("output", "is full", transient=True),
]


@pytest.mark.parametrize("error", EVERY, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error: errors.BroadsheetError) -> None:
    again = pickle.loads(pickle.dumps(error))  # noqa: S301

    assert type(again) is type(error)
    assert str(again) == str(error)
    assert getattr(again, "transient", None) == getattr(error, "transient", None)


def test_the_exit_codes_are_those_of_the_manual() -> None:
    assert {type(error).__name__: error.exit_code for error in EVERY} == {
        "ConfigError": 2,
        "SourceError": 3,
        "UnknownFormat": 3,
        "ParseFailed": 3,
        "SuspiciousDump": 3,
        "StoreError": 1,
        "StoreBusy": 1,
        "RenderError": 1,
        "DeliveryError": 1,
    }


def test_a_caret_keeps_its_place_behind_tabs() -> None:
    mistake = Mistake(file="a.toml", line=1, column=4, text="\tx (", message="is open")

    assert str(mistake).splitlines()[1:] == ["    \tx (", "    \t  ^"]


def test_an_error_names_its_place() -> None:
    assert str(RenderError("a.j2", None, "is gone")) == "a.j2: is gone"
    assert str(RenderError("a.j2", 3, "is gone")) == "a.j2:3: is gone"
    assert str(Mistake(file="a.toml", line=None, message="is gone")) == "a.toml: is gone"
