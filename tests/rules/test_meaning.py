"""What a query finds: truth tables, written by hand from the meaning of the language and not from the code.

Every row is a query, a text, and whether the query holds for a paper with that text as its abstract.
"""

from __future__ import annotations

from datetime import date

import pytest

from broadsheet.rules import parse_query
from broadsheet.rules.reference import hits_of
from tests.made import paper

Row = tuple[str, str, bool]

PLURALS: list[Row] = [
    ("cache", "a cache", True),
    ("cache", "two caches", True),
    ("caches", "a cache", True),
    ("cache", "caching", False),
    ("rag", "storage", False),
    ("agent", "the reagent", False),
    ("LLM", "LLMs", True),
    ("LLMs", "an LLM", True),
    ("llm", "LLM's output", True),
    ("class", "classes", True),
    ("classes", "class", True),
    ("class", "clas", True),
    ("clas", "classes", False),
    ("bias", "biases", True),
    ("biases", "bias", True),
    ("policy", "policies", True),
    ("policies", "policy", True),
    ("policy", "policing", False),
    ("key", "keys", True),
    ("batch", "batches", True),
    ("rl", "RLs", False),
    ("it", "its", False),
    ("its", "it", False),
    ("sky", "skies", True),
    ('"language model"', "a language model", True),
    ('"language model"', "language models", False),
    ('"cache"', "caches", False),
]

HYPHENS: list[Row] = [
    ("fine-tuning", "fine-tuning", True),
    ("fine-tuning", "fine tuning", True),
    ("fine-tuning", "finetuning", True),
    ('"fine tuning"', "fine-tuning", True),
    ('"fine tuning"', "fine tuning", True),
    ('"fine tuning"', "finetuning", False),
    ("finetuning", "fine-tuning", True),
    ("finetuning", "finetuning", True),
    ("finetuning", "fine tuning", False),
    ("finetuning", "fine, tuning", False),
    ('"fine-tuning"', "finetuning", True),
    ("tuning", "fine-tuning", True),
    ("fine", "fine-tuning", True),
    ("tunings", "fine-tuning", True),
    ("fine-tuning", "fine-grained tuning", False),
    ("kv-cache", "KV cache", True),
    ("kv-cache", "KVCache", True),
    ("kvcache", "KV-cache", True),
    ("kvcache", "KV cache", False),
    ("kv-cache", "KV-caches", True),
    ("kv-cache", "KV caches", True),
    ("kv-caches", "a KVcache", True),
    ('"kv-cache"', "KV caches", False),
    ("kvcache", "KV-cache-aware serving", True),
    ("kvcache", "non-KV-cache", True),
    ('"kvcache aware"', "KV-cache-aware serving", True),
    ('"kvcache aware"', "KV-cacheaware serving", False),
    ("systems-level", "system-level", False),
    ("model-s", "a model", False),
    ("state-of-the-art", "state-of-the-art results", True),
    ("state-of-the-art", "state of the art results", True),
    ('"state of the art"', "state-of-the-art", True),
    ("stateoftheart", "state-of-the-art", True),
    ('"of the"', "state-of-the-art", True),
    ("ofthe", "state-of-the-art", True),
    ("state-art", "state-of-the-art", False),
    ("gpt-4o", "GPT-4o", True),
    ("gpt4o", "GPT-4o", True),
    ("gpt-4o", "GPT4o", True),
    ("gpt", "GPT-4o", True),
    ("gpt", "GPT4o", False),
    ("gpt4", "GPT-4o", False),
    ("4-bit", "4 bit weights", True),
    ("4bit", "4-bit weights", True),
    ("finetuning", "fine\u2011tuning", True),
    ("finetuning", "fine\u2013tuning", True),
    ("finetuning", "fine\u2212tuning", True),
    ("finetuning", "fine--tuning", True),
    ("fine\u2010tuning", "fine tuning", True),
    ("pretraining", "pre- and post-training", False),
    ("pre-training", "pre- training", True),
    ("pre-", "pre- and post-training", True),
    ("posttraining", "pre- and post-training", True),
    ("multiagent", "multi-agents", True),
]

CHARACTERS: list[Row] = [
    ("c++", "written in C++", True),
    ("c++", "vitamin C", True),  # only letters, digits and marks count
    (".net", "the .NET runtime", True),
    ("10,000", "10,000 papers", True),
    ("10,000", "10000 papers", False),
    ("10000", "10,000 papers", False),
    ("2:4", "2:4 sparsity", True),
    ("bayes", "Bayes' rule", True),
    ("bayes'", "Bayes rule", True),
    ("don't", "we don\u2019t", True),
    ("naive", "naïve", True),
    ("naïve", "NAIVE", True),
    ("naive", "nai\u0308ve", True),
    ("fine", "ﬁne", True),
    ("istanbul", "İstanbul", True),
    ("İSTANBUL", "istanbul", True),
    ("strasse", "Straße", True),
    ("STRASSE", "straße", True),
    ("llm", "ＬＬＭ", True),
    ("x2", "x² grows", True),
    ("σ", "the last ς", True),
    ("模型", "大 模型", True),
    ("模型", "大模型", False),
    ("*模型", "大模型", True),
    ("한국", "한국", True),
    ("snake", "snake_case", True),
    ('"a b"', "a, b", True),
    ('"a b"', "a c b", False),
    ("client/server", "client and server", False),
    ("client/server", "client, servers", True),
]

WILDCARDS: list[Row] = [
    ("quant*", "quantization", True),
    ("quant*", "quant", True),
    ("quant*", "post-quantized", True),
    ("quant*", "equant", False),
    ("*former", "transformer", True),
    ("*former", "transformers", False),
    ("*form*", "transformers", True),
    ("w*rd", "word", True),
    ("w*rd", "wrd", True),
    ("w*rd", "wo rd", False),
    ("w*rd", "sword", False),
    ("finet*", "fine-tuned", True),
    ("*finetuning*", "re-fine-tuning", True),
    ("fine-tun*", "fine tuned", True),
    ("fine-tun*", "finetuned", True),
    ("fine-tun*", "fine grained tuned", False),
    ("f*ing", "fine-tuning", False),
    ("*ab*cd", "xaba-bcd", True),
    ('"kv cach*"', "KV caching", True),
    ('"kv cach*"', "KV and caching", False),
    ('"pay * attention"', "pay more attention", True),
    ('"pay * attention"', "pay attention", False),
    ("post-*", "post-training", True),
    ("a*b*c", "axxbxxc", True),
    ("a*b*c", "axxcxxb", False),
]

OPERATORS: list[Row] = [
    ("cache evict", "evict a cache", True),
    ("cache evict", "a cache", False),
    ("cache AND evict", "evict a cache", True),
    ("cache OR evict", "a cache", True),
    ("a OR b c", "a", True),  # a OR (b AND c)
    ("a OR b c", "b", False),
    ("a b OR c", "c", True),
    ("(a OR b) c", "a", False),
    ("NOT a b", "b", True),  # (NOT a) AND b
    ("NOT a b", "a b", False),
    ("NOT (a b)", "a", True),
    ("cache -evict", "a cache", True),
    ("cache -evict", "evict a cache", False),
    ('cache -"page table"', "cache, page table", False),
    ("cache NOT (a OR b)", "cache b", False),
    ("a OR NOT b", "c", True),
    ("NOT survey", "", True),
    ("this or that", "this that", False),  # or is a word here
    ("this or that", "this or that", True),
]

TABLE = PLURALS + HYPHENS + CHARACTERS + WILDCARDS + OPERATORS


@pytest.mark.parametrize(("query", "text", "holds"), TABLE)
def test_a_query_holds_exactly_where_the_table_says(query: str, text: str, holds: bool) -> None:
    assert (hits_of(parse_query(query), paper("Zzz", abstract=text)) is not None) is holds


FIELDS: list[tuple[str, bool]] = [
    ("cache", True),
    ("eviction", True),
    ("title:cache", True),
    ("ti:cache", True),
    ("TITLE:cache", True),
    ("title:eviction", False),
    ("abstract:eviction", True),
    ("abs:cache", False),
    ("title:(cache OR nothing)", True),
    ("title:(cache eviction)", False),
    ("-title:eviction", True),
    ('title:"a cache"', True),
    ('"first we"', False),  # a phrase does not run from the title on into the abstract
    ("author:ødegård", True),
    ("au:odegard", False),  # ø is a letter of its own, not an o with an accent
    ("author:adele", True),
    ('author:"adele peters"', True),
    ('author:"peters bo"', False),  # nor from one author into the next
    ("author:peter", False),  # a name has no plural
    ("author:(adele bo)", True),
    ("author:pet*", True),
    ("org:institute", True),
    ("org:institutes", True),
    ("org:cache", False),
    ("adele", False),
    ("institute", False),
    ("category:cs.LG", True),
    ("cat:cs.lg", True),
    ("cat:cs.*", True),
    ("cat:cs", False),
    ("cat:math.*", False),
    ("cat:astro-ph.*", True),
    ("cat:(stat.ML OR cs.LG)", True),
    ('cat:"cs.LG"', True),
    ("source:daily-papers", True),
    ("source:Daily*", True),
    ("source:daily", False),
    ("id:arxiv:2601.00042", True),
    ("id:2601.00042", True),
    ("id:ARXIV:2601.*", True),
    ("id:(2601.00041 OR 2601.00042)", True),
    ("id:10.1000/made.up", True),
    ("id:doi:10.1000/made.up", True),
    ("id:2601", False),
    ("comments:3", True),
    ("comments:=3", True),
    ("comments:>=3", True),
    ("comments:>3", False),
    ("comments:<=3", True),
    ("comments:<3", False),
    ("comments:1..3", True),
    ("comments:4..9", False),
    ("comments:(1 OR >2)", True),
    ("upvotes:>=0", False),  # unknown
    ("upvotes:<100", False),
    ("NOT upvotes:<100", True),
    ("authors:2", True),
    ("authors:<=1", False),
    ("published:2026-03-15", True),
    ("published:2026-03", True),
    ("published:2026", True),
    ("published:2026-02", False),
    ("published:>=2026-03-15", True),
    ("published:>2026-03-15", False),
    ("published:>2026-03", False),
    ("published:>2026-02", True),
    ("published:<2026-03", False),
    ("published:<=2026-03", True),
    ("published:2026-01..2026-03", True),
    ("published:2026-01-01..2026-03-14", False),
    ("published:2025..2026", True),
]


@pytest.mark.parametrize(("query", "holds"), FIELDS)
def test_a_field_looks_only_where_its_name_says(query: str, holds: bool) -> None:
    shown = paper(
        "We need a cache: first",
        guid="arxiv:2601.00042",
        abstract="We study eviction.",
        authors=("Adele Peters", "Bo Ødegård"),
        organization="Made-up Institute",
        categories=("cs.LG", "astro-ph.CO"),
        ids={"arxiv": "2601.00042", "doi": "10.1000/made.up"},
        comments=3,
        published=date(2026, 3, 15),
        published_precision="day",
    )
    assert (hits_of(parse_query(query), shown) is not None) is holds
