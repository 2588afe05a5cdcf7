"""What @"another rule" stands for: the queries of a profile, with every use led to the query it names.

Finds names that are not there, rules that use themselves, and chains too deep to follow. Parses and decides nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from .faults import QuerySyntaxError
from .query import And, Not, Or, Query, Use

#: Conditions within conditions, those of the rules that are used included.
MOST_LEVELS = 300


def resolve(
    queries: Mapping[str, Query], also: Collection[str] = ()
) -> tuple[dict[str, Query], dict[str, QuerySyntaxError]]:
    """The queries of a profile with their uses resolved, and the faults, both by the names of rules and mutes.

    also: names of rules that exist and could not be read. A fault has its place in the query of its name. A query that
    needs a faulty one is in neither; of rules that use one another in a circle, one has the fault.
    """
    direct = {name: list(uses_of(query)) for name, query in queries.items()}
    names = [*queries, *also]
    faults = {
        name: _unknown(use, names) for name, uses in direct.items() for use in reversed(uses) if use.name not in names
    }
    found: dict[str, Query] = {}
    levels: dict[str, int] = {}
    for name in _inner_first(direct, faults):
        if name in faults or any(use.name not in found for use in direct[name]):
            continue
        found[name], levels[name] = _led(queries[name], found, levels)
        if levels[name] > MOST_LEVELS and direct[name]:
            deepest = max(direct[name], key=lambda use: levels[use.name])
            what = f"the rules that it uses are more than {MOST_LEVELS} conditions deep"
            faults[name] = QuerySyntaxError(what, deepest.at, "write this one without the others")
            del found[name]
    return found, faults


def uses_of(query: Query) -> Iterator[Use]:
    """The uses of other rules that stand in a query, in order."""
    match query:
        case Use():
            yield query
        case Not(part=part):
            yield from uses_of(part)
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from uses_of(part)


def _unknown(use: Use, names: Collection[str]) -> QuerySyntaxError:
    near = difflib.get_close_matches(use.name, names, n=1, cutoff=0.6)
    remedy = f'did you mean @"{near[0]}"?' if near else "write the name of a rule or mute of this profile"
    return QuerySyntaxError(f"there is no rule {use.name!r}", use.at, remedy)


def _inner_first(direct: Mapping[str, list[Use]], faults: dict[str, QuerySyntaxError]) -> list[str]:
    """The names, each behind those it uses; a circle becomes a fault of the rule that closes it."""
    order: list[str] = []
    begun: set[str] = set()
    for root in direct:
        if root in begun:
            continue
        begun.add(root)
        path, on_path = [(root, iter(direct[root]))], {root}
        while path:
            name, uses = path[-1]
            use = next(uses, None)
            if use is None:
                order.append(name)
                on_path.remove(name)
                path.pop()
            elif use.name in direct and use.name not in begun:
                begun.add(use.name)
                on_path.add(use.name)
                path.append((use.name, iter(direct[use.name])))
            elif use.name in on_path:
                names = [one for one, _ in path]
                chain = " -> ".join([*names[names.index(use.name) :], use.name])
                faults.setdefault(
                    name, QuerySyntaxError(f"the rule uses itself: {chain}", use.at, "break the circle at one of them")
                )
    return order


def _led(query: Query, found: Mapping[str, Query], levels: Mapping[str, int]) -> tuple[Query, int]:
    """A query with its uses led to what they name, and how many levels it has."""
    match query:
        case Use(name=name):
            return replace(query, query=found[name]), levels[name] + 1
        case Not(part=part):
            inner, deep = _led(part, found, levels)
            return Not(inner), deep + 1
        case And(parts=parts) | Or(parts=parts):
            built = [_led(part, found, levels) for part in parts]
            return type(query)(tuple(part for part, _ in built)), 1 + max(deep for _, deep in built)
        case _:
            return query, 1
