"""docs/digest.schema.json says what digest.json holds: no less than the nouns have, and nothing that they have not."""

from __future__ import annotations

import copy
import json
import types
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import jsonschema  # type: ignore[import-untyped]
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from broadsheet.render import digest_json, read_digest
from broadsheet.types import Digest, Guid, Paper, Ranked

ROOT = Path(__file__).parents[2]
SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "digest.schema.json").read_text(encoding="utf-8"))
CHECKER = jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker(["date", "date-time"]))
#: What digest.json has beside the fields of the nouns, and what it leaves out.
WORKED_OUT: dict[type, dict[str, type]] = {Digest: {"shown": int}, Ranked: {"score": float}}
BOOKKEEPING: dict[type, set[str]] = {Paper: {"stamps", "said"}}
PLAIN = {str: "string", int: "integer", float: "number", bool: "boolean", date: "string", datetime: "string"}
FORMAT = {date: "date", datetime: "date-time"}


def differences(kind: Any, schema: Mapping[str, Any], whole: Mapping[str, Any], at: str) -> Iterator[str]:
    """Where a schema and a type do not say the same."""
    if "$ref" in schema:
        schema = whole["$defs"][schema["$ref"].removeprefix("#/$defs/")]
    kind = getattr(kind, "__supertype__", kind)
    if is_dataclass(kind):
        yield from _of_dataclass(typing.cast(type, kind), schema, whole, at)
    elif get_origin(kind) in (typing.Union, types.UnionType):
        yield from _of_optional(kind, schema, whole, at)
    elif get_origin(kind) is Literal:
        if schema.get("enum") != list(get_args(kind)):
            yield f"{at}: {schema.get('enum')} are not {get_args(kind)}"
    elif get_origin(kind) is tuple:
        one, rest = get_args(kind)
        if schema.get("type") != "array":
            yield f"{at} is no array"
        if rest is not ... and (schema.get("minItems"), schema.get("maxItems")) != (2, 2):
            yield f"{at} is no pair"
        yield from differences(one, schema.get("items", {}), whole, f"{at}[]")
    elif get_origin(kind) is Mapping:
        if schema.get("type") != "object":
            yield f"{at} is no object"
        yield from differences(get_args(kind)[1], schema.get("additionalProperties", {}), whole, f"{at}{{}}")
    elif schema.get("type") != PLAIN[kind] or schema.get("format") != FORMAT.get(kind):
        yield f"{at}: {schema.get('type')} {schema.get('format')} is no {kind.__name__}"


def _of_dataclass(kind: type, schema: Mapping[str, Any], whole: Mapping[str, Any], at: str) -> Iterator[str]:
    hints = get_type_hints(kind) | WORKED_OUT.get(kind, {})
    names = [field.name for field in fields(kind) if field.name not in BOOKKEEPING.get(kind, ())]
    names += WORKED_OUT.get(kind, {})
    if list(schema.get("properties", {})) != names or schema.get("required") != names:
        yield f"{at}: {list(schema.get('properties', {}))} are not {names}"
        return
    if schema.get("additionalProperties") is not False or not schema.get("title") or not schema.get("description"):
        yield f"{at} has no title or description, or allows more than it says"
    for name in names:
        if not schema["properties"][name].get("description"):
            yield f"{at}.{name} is not described"
        yield from differences(hints[name], schema["properties"][name], whole, f"{at}.{name}")


def _of_optional(kind: Any, schema: Mapping[str, Any], whole: Mapping[str, Any], at: str) -> Iterator[str]:
    (one,) = (part for part in get_args(kind) if part is not type(None))
    if get_origin(one) is Literal:
        inner = {"enum": [value for value in schema.get("enum", ()) if value is not None]}
        may = None in schema.get("enum", ())
    elif "anyOf" in schema:
        inner, may = schema["anyOf"][0], {"type": "null"} in schema["anyOf"]
    else:
        inner, may = {**schema, "type": schema["type"][0]}, schema["type"][1:] == ["null"]
    if not may:
        yield f"{at} may not be null"
    yield from differences(one, inner, whole, at)


TEXT = st.text(st.characters(codec="utf-8"), max_size=4)
VALUES: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXT,
    int: st.integers(1, 99),
    float: st.floats(0, 100),
    bool: st.booleans(),
    date: st.dates(min_value=date(1000, 1, 1)),
    datetime: st.datetimes(min_value=datetime(1990, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    Guid: TEXT.map(lambda text: Guid(f"arxiv:{text}")),
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Any value of a type of the nouns."""
    if kind in VALUES:
        return VALUES[kind]
    if isinstance(kind, type) and is_dataclass(kind):
        hints = {name: hint for name, hint in get_type_hints(kind).items() if name not in BOOKKEEPING.get(kind, ())}
        known = {name: values_of(hint) for name, hint in hints.items()}
        if kind is Digest:
            known["profile"] = st.just("serving")
        return st.builds(kind, **known)
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([st.none() if part is type(None) else values_of(part) for part in parts])
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple:
        one = values_of(parts[0])
        return st.tuples(one, one) if parts[1] is not ... else st.lists(one, max_size=1).map(tuple)
    assert origin is Mapping, kind
    return st.dictionaries(values_of(parts[0]), values_of(parts[1]), max_size=1)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_schema_has_every_field_of_the_nouns_and_no_other() -> None:
    assert list(differences(Digest, SCHEMA, SCHEMA, "Digest")) == []


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (("properties", "title", "type"), "integer", "Digest.title"),
        (("properties", "title", "description"), "", "Digest.title is not described"),
        (("properties", "day", "format"), "date-time", "Digest.day"),
        (("properties", "more"), {"type": "string"}, "are not"),
        (("$defs", "Entry", "properties", "abstract", "type"), ["string"], "abstract may not be null"),
        (("$defs", "Entry", "properties", "published_precision", "enum"), ["day", None], "published_precision"),
        (("$defs", "Provenance", "properties", "span", "maxItems"), 3, "span is no pair"),
        (("$defs", "Match", "required"), ["rule"], "Digest.sections[].rows[].matches[]"),
        (("$defs", "Hit", "additionalProperties"), True, "allows more"),
    ],
)
def test_a_schema_that_drifts_is_found(path: tuple[str, ...], value: object, told: str) -> None:
    drifted = copy.deepcopy(SCHEMA)
    *way, last = path
    place: Any = drifted
    for step in way:
        place = place[step]
    place[last] = value
    assert told in "\n".join(differences(Digest, drifted, drifted, "Digest"))


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(values_of(Digest))
def test_any_digest_is_as_the_schema_says_and_reads_back(digest: Digest) -> None:
    content = digest_json(digest)
    CHECKER.validate(json.loads(content))
    assert read_digest(content) == digest


def test_naughty_digests_are_as_the_schema_says(naughty_digest: Digest) -> None:
    CHECKER.validate(json.loads(digest_json(naughty_digest)))


PUBLISHED = [
    *sorted((ROOT / "output" / "example").rglob("digest.json")),
    *sorted((ROOT / "tests" / "golden").rglob("digest.json")),
]


@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: "-".join(path.parts[-4:-1]))
def test_published_digests_are_as_the_schema_says(path: Path) -> None:
    CHECKER.validate(json.loads(path.read_bytes()))


def without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda digest: digest.pop(name)


def set_to(value: object, *path: str | int) -> Callable[[dict[str, Any]], None]:
    def change(digest: Any) -> None:
        for step in path[:-1]:
            digest = digest[step]
        digest[path[-1]] = value

    return change


ROW = ("sections", 0, "rows", 0)


@pytest.mark.parametrize(
    "change",
    [
        *map(without, ("shown", "timezone", "corrected", "sections")),
        set_to(1, "unknown"),
        set_to("3 July", "day"),
        set_to("../up", "profile"),
        set_to("old", "sections", 0, "name"),
        set_to("7", *ROW, "score"),
        set_to({}, *ROW, "change", "paper", "stamps"),
        set_to("2401.01234", *ROW, "change", "paper", "guid"),
        set_to("yesterday", *ROW, "change", "paper", "first_seen"),
        set_to([1], *ROW, "change", "paper", "best", "provenance", "span"),
        set_to(7, *ROW, "change", "paper", "best", "links", "pdf"),
        set_to(101, "sources", 0, "coverage"),
    ],
)
def test_a_damaged_digest_is_refused(
    change: Callable[[dict[str, Any]], None], make_digest: Callable[..., Digest], make_row: Callable[..., Ranked]
) -> None:
    plain = json.loads(digest_json(make_digest((make_row(),))))
    CHECKER.validate(plain)
    change(plain)
    assert not CHECKER.is_valid(plain)
