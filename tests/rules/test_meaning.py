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
    ("au:odegard", True),  # ø is typed as an o
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


APART: list[Row] = [
    ('"cache eviction"~0', "cache eviction", True),
    ('"cache eviction"~0', "eviction, cache", True),  # either order
    ('"cache eviction"~0', "cache and eviction", False),
    ('"cache eviction"~1', "cache and eviction", True),
    ('"cache eviction"~1', "eviction of cache", True),
    ('"cache eviction"~1', "cache and then eviction", False),
    ('"cache eviction"~2', "cache-aware fast eviction", True),  # a hyphen parts tokens here as elsewhere
    ('"cache eviction"~1', "cache-aware fast eviction", False),
    ('"cache eviction"~1', "caches and eviction", False),  # a phrase has no plural
    ('"cach* evict*"~1', "evicting a cache", True),
    ('"kv-cache eviction"~1', "eviction in the KV cache", False),
    ('"kv-cache eviction"~2', "eviction in the KV cache", True),
    ('"kv-cache eviction"~2', "eviction in the KVCache", True),
    ('"the the"~3', "the cache", False),  # one token is not two words
    ('"the the"~3', "the cache of the house", True),
    ('"a b c"~0', "c a b", True),
    ('"a b c"~1', "b x a c", True),
    ('"a b c"~1', "b x a x c", False),  # so many between them in all
    ('"a b c"~9', "a b", False),
    ("cache NEAR/0 eviction", "cache eviction", True),
    ("cache NEAR/2 eviction", "cache x y eviction", True),
    ("cache NEAR/2 eviction", "eviction x y caches", True),  # a word has its plural
    ("cache NEAR/2 eviction", "cache x y z eviction", False),
    ('"kv cache" NEAR/1 evict*', "evicting a KV cache", True),
    ('"kv cache" NEAR/1 evict*', "evicting a warm KV cache", False),
    ("cache NEAR/3 cache", "a cache", False),
    ("cache NEAR/3 cache", "caches of caches", True),
    ("-cache NEAR/1 eviction", "cache eviction", False),
    ("a OR cache NEAR/1 b c", "cache b c", True),  # a OR ((cache NEAR/1 b) AND c)
    ("a OR cache NEAR/1 b c", "cache b", False),
    ("NEAR eviction".lower(), "near eviction", True),  # near is a word
]

TEX: list[Row] = [
    ("schrödinger", r"Schr\"odinger", True),
    ("schrodinger", r"Schr\"{o}dinger", True),
    ("schrodinger", r"Schr{\"o}dinger", True),
    ("schrodinger", r"Schr{\"{o}}dinger", True),
    ("cafe", r"a caf\'e", True),
    ("cafe", r"a caf\'{e}", True),
    ("naive", r"na\"{\i}ve", True),
    ("francois", r"Fran\c{c}ois", True),
    ("erdos", r"Erd\H{o}s", True),
    ("erdos", r"Erd\H os", True),
    ("strasse", r"Stra\ss e", True),
    ("strasse", r"Stra{\ss}e", True),
    ("ødegård", r"{\O}deg{\aa}rd", True),
    ("llms", "{LLM}s", True),
    ("llms", r"\emph{LLM}s", True),
    ("llm", r"\textbf{LLM}-based", True),
    ("emph", r"\emph{LLM}s", False),
    ("cache", r"{\em cache}", True),
    ("em", r"{\em cache}", False),
    ("kmeans", "$k$-means", True),
    ("nth", "the $n$th", True),
    ("5", "between $5 and $6", True),
    ("finetuning", r"fine\-tuning", True),
    ("50%", r"50\% faster", True),
    ('"r d"', r"R\&D", True),
    ("frac", r"\frac{a}{b}", True),  # what is not understood stays as it is
    ("ab", r"\frac{a}{b}", False),
    (r"Schr\'odinger", "Schrödinger", True),
    ("{a", "a", True),
]

EXPRESSIONS: list[Row] = [
    ("/GPT-[0-9]+/", "GPT-4o", True),
    ("/GPT-[0-9]+/", "gpt-4", False),  # not folded
    ("/GPT-[0-9]+/i", "gpt-4", True),
    ("/ache/", "caches", True),  # no whole words here
    (r"/\bache/", "caches", False),
    ("/^We /", "We do", True),
    ("/^We /", "Here We do", False),
    ("/naïve/", "a naïve one", True),
    ("/naive/", "a naïve one", False),
    ("/naïve/", r"a na\"{\i}ve one", True),  # on the cleaned text
    (r"/1\/2/", "1/2", True),
    ("/a (b|c) d/", "a c d", True),
    ("x /b/", "x b", True),
    ("-/b/", "a", True),
    ("/x*/", "abc", True),  # nothing is found everywhere
    ("/x*/", "", True),
]

SHORT_FORMS: list[Row] = [
    ("a && b", "a b", True),
    ("a && b", "a", False),
    ("a || b", "b", True),
    ("a || b && c", "b", False),  # a OR (b AND c)
    ("!a", "b", True),
    ("!a", "a", False),
    ("b !(a OR c)", "b c", False),
    ("a ANDNOT b", "a", True),
    ("a ANDNOT b", "a b", False),
    ("a ANDNOT (b c)", "a b", True),
    ("AT&T", "AT&T", True),
]


@pytest.mark.parametrize(("query", "text", "holds"), APART + TEX + EXPRESSIONS + SHORT_FORMS)
def test_the_whole_language_holds_exactly_where_the_table_says(query: str, text: str, holds: bool) -> None:
    assert (hits_of(parse_query(query), paper("Zzz", abstract=text)) is not None) is holds


SCOPES: list[tuple[str, bool]] = [
    ('title:"cache need"~1', True),
    ('abs:"cache need"~1', False),
    ('"first study"~9', False),  # not from the title into the abstract
    ("cache NEAR/9 eviction", False),
    ("title:(need NEAR/1 cache)", True),
    ("title:need NEAR/1 title:cache", True),
    ("au:(adele NEAR/0 peters)", True),
    ("au:(peters NEAR/9 bo)", False),
    ("title:/cache/", True),
    ("abs:/cache/", False),
    ("/first$/", True),
    ("/^We study/", True),
    ("au:/^Bo /", True),
    ("org:/^Made/", True),
    (r"cat:/^cs\.(LG|CL)$/", True),
    (r"cat:/^cs$/", False),
    ("id:/^arxiv:2601/", True),
    ("source:/daily/", True),
    ("title:(a && cache)", True),
    ("title:(cache || eviction)", True),
    ("cat:cs.LG ANDNOT title:eviction", True),
]


@pytest.mark.parametrize(("query", "holds"), SCOPES)
def test_the_whole_language_looks_only_where_its_field_says(query: str, holds: bool) -> None:
    shown = paper(
        "We need a cache: first",
        guid="arxiv:2601.00042",
        abstract="We study eviction.",
        authors=("Adele Peters", "Bo Ødegård"),
        organization="Made-up Institute",
        categories=("cs.LG", "astro-ph.CO"),
    )
    assert (hits_of(parse_query(query), shown) is not None) is holds
