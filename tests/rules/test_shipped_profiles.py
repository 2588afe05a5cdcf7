"""The profiles that ship: examples that work."""

from __future__ import annotations

from pathlib import Path

import pytest

from broadsheet.config import read_profile
from broadsheet.rules import compile_profiles
from tests.made import paper

FILES = sorted((Path(__file__).parents[2] / "config" / "profiles").glob("*.toml"))


def test_three_or_more_profiles_ship() -> None:
    assert len(FILES) >= 3


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_profile_loads_and_its_rules_are_understood(file: Path) -> None:
    profile = read_profile(file)
    compile_profiles([profile])
    assert profile.title
    assert len(profile.rules) >= 6
    assert profile.mutes


def test_the_serving_profile_knows_every_key() -> None:
    text = next(file for file in FILES if file.stem == "efficient-serving").read_text(encoding="utf-8")
    keys = ("title", "limit", "min_score", "title_boost", "sources", "start_days", "name", "when", "weight")
    assert [key for key in keys if f"\n{key} = " not in text] == []


def test_the_serving_profile_finds_and_mutes() -> None:
    profile = read_profile(next(file for file in FILES if file.stem == "efficient-serving"))
    engine = compile_profiles([profile])
    found, muted = engine.judge(
        [
            paper("Halfway: Evicting the KV-Cache", abstract="Quantized caches raise throughput of LLM serving."),
            paper("Videos of Nothing"),
        ]
    )[profile.name]
    assert [match.rule for match in found.matches][:2] == ["kv cache", "quantization"]
    assert found.matches[0].boosted
    assert muted.muted_by == "pictures and films"
