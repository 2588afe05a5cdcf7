"""XML cut into records: what is whole is handed out, what is not is told, whatever the bytes are."""

from __future__ import annotations

import io
import time
import tracemalloc
from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from broadsheet.errors import ParseFailed
from broadsheet.sources.reading import Reading
from broadsheet.sources.xml_records import local, records
from broadsheet.types import Dump


def reading_of(content: bytes | str) -> Reading:
    raw = content.encode() if isinstance(content, str) else content
    taken = datetime(2026, 6, 1, tzinfo=UTC)
    return Reading(Dump(source="s", name="made.xml", sha256="0" * 64, modified=taken, content=raw), "made")


def read(content: bytes | str, *tags: str, furniture: Collection[str] = ()) -> tuple[list[str], Reading]:
    """The elements as XML without declarations of namespaces, and the Reading."""
    reading = reading_of(content)
    found = []
    for element in records(reading, *(tags or ("{*}item",)), furniture=furniture):
        etree.cleanup_namespaces(element)
        text = etree.tostring(element, encoding="unicode", with_tail=False)
        found.append(text if "xmlns" not in text else text.partition(" xmlns")[0] + ">…")
    return found, reading


def reasons(reading: Reading) -> list[str]:
    return [problem.reason for problem in reading.problems]


def test_records_come_in_their_order_with_what_they_stand_in() -> None:
    reading = reading_of('<list day="7"><part no="1"><item>a</item></part><part no="2"><item>b</item></part></list>')
    found = []
    for element in records(reading, "{*}item"):
        part = element.getparent()
        assert part is not None
        whole = part.getparent()
        assert whole is not None
        found.append((element.text, part.get("no"), whole.get("day")))

    assert found == [("a", "1", "7"), ("b", "2", "7")]
    assert (reading.problems, reading.total) == ([], 0)


def test_names_are_matched_with_their_namespace_where_one_is_given() -> None:
    text = '<l xmlns="urn:one" xmlns:two="urn:two"><item>a</item><two:item>b</two:item></l>'

    assert len(read(text, "{*}item")[0]) == 2
    found, reading = read(text, "{urn:two}item")
    assert len(found) == 1
    assert reasons(reading) == ["a record of another kind: {urn:one}item"]
    assert reading.total == 1


def test_furniture_comes_before_the_records_it_holds_and_is_told_apart() -> None:
    text = """<rss><channel><title>T</title><image><title>I</title></image><date>1</date>
    <item><title>a</title></item><item><title>b</title></item><date>2</date></channel></rss>"""
    found, reading = read(text, furniture=("{*}channel", "{*}title", "{*}date"))

    assert [one.replace("\n", "").strip() for one in found] == [
        "<channel><title>T</title><image><title>I</title></image><date>1</date>    </channel>",
        "<item><title>a</title></item>",
        "<item><title>b</title></item>",
        "<date>2</date>",
    ]
    assert reading.problems == []


@pytest.mark.parametrize("end", [1, 5, 15, 21, 30])
def test_a_record_without_its_end_is_told_and_never_handed_out(end: int) -> None:
    whole = "<rss><channel><item><title>a</title></item>\n"
    torn = "<item><title>b &amp; c</title></item>"[: -len("</item>") - 30 + end]
    found, reading = read(whole + torn)

    assert found == ["<item><title>a</title></item>"]
    (problem,) = reading.problems
    begun = "<item>" in torn
    assert (problem.level, reading.total) == ("error" if begun else "warning", int(begun))
    assert problem.text.endswith(torn)


def test_the_end_tag_itself_may_be_cut_at_any_place() -> None:
    text = "<rss><item>a</item><item>b</item >"
    for end in range(text.index("<item>b") + 6, len(text)):
        found, reading = read(text[:end])
        assert found == ["<item>a</item>"], end
        assert reasons(reading) == [
            "the file ends in the middle of a record (begun in line 1); what there is of it is not taken"
        ]
    assert read(text)[0] == ["<item>a</item>", "<item>b</item>"]


def test_a_file_that_ends_between_records_is_not_whole() -> None:
    assert reasons(read("<rss><channel><item>a</item>\n</channel>")[1]) == [
        "the file ends before <rss> is closed; papers may be missing"
    ]
    assert read("<rss><item>a</item></rss>\n\n")[1].problems == []


def test_a_record_that_lost_its_end_costs_itself_alone() -> None:
    found, reading = read("<l>\n<item>a\n<item>b</item><item>c</jtem></l><?xml version='1.0'?><l><item>d</item></l>")

    assert found == ["<item>b</item>", "<item>d</item>"]
    assert reasons(reading)[:2] == [
        "a record without its end (begun in line 2); what there is of it is not taken",
        "a record without its end (begun in line 3); what there is of it is not taken",
    ]
    assert [problem.text.strip() for problem in reading.problems[:2]] == ["<item>a", "<item>c</jtem></l>"]
    assert reading.total == 2


def test_a_record_that_lost_its_begin_is_told() -> None:
    found, reading = read("<l><item>a</item><jtem>b</item><item>c</item></l>")

    assert found == ["<item>a</item>", "<item>c</item>"]
    (problem,) = reading.problems
    assert problem.reason == "the end of a record <item> without its begin"
    assert problem.text.endswith("<jtem>b</item>")


def test_what_looks_like_a_record_is_none() -> None:
    text = """<?xml version="1.0"?><!-- <item>no</item> --><l><![CDATA[<item>no</item>]]><items/>
    <item>a<![CDATA[</item><item>]]><!-- </item> --></item></l>"""
    found, reading = read(text)

    assert found == ["<item>a&lt;/item&gt;&lt;item&gt;</item>"]
    assert reading.problems == []


@pytest.mark.parametrize("lost", ["]]>", "-->"])
def test_a_section_or_comment_that_does_not_end_costs_no_other_record(lost: str) -> None:
    begin = "<![CDATA[" if lost == "]]>" else "<!--"
    one = f"<item><t>{begin}a{lost}</t><u>1</u></item>"
    found, reading = read("<l>" + one.replace(lost, "") + one.replace("1", "2") + "</l>")

    assert len(found) == 2
    assert "<u>1</u>" in found[0]
    assert "a" in found[0]
    assert "<u>2</u>" in found[1]
    (problem,) = reading.problems
    assert problem.reason.startswith("the record in line 1 is not well-formed XML")


@pytest.mark.parametrize(
    ("written", "read_as"),
    [
        ("R&D &amp; S & T", "R&D & S & T"),
        ("&ouml;&nbsp;&hellip;&copy", "ö\xa0…&copy"),
        ("&bogus; &;", "&bogus; &;"),
        ("&#246;&#xF6;&#150;&#38;lt;", "öö–&lt;"),
        ("a\x00b\x0bc&#1;", "a b c"),
        ("1 < 2 <= 3 <", "1 < 2 <= 3 <"),
        ("<![CDATA[x < y & &ouml; ]]>]]&gt;", "x < y & &ouml; ]]>"),
    ],
)
def test_what_xml_cannot_hold_is_not_lost(written: str, read_as: str) -> None:
    reading = reading_of(f"<l><item>{written}</item></l>")

    assert [element.text for element in records(reading, "{*}item")] == [read_as]
    assert reading.problems == []


@pytest.mark.parametrize(
    ("damaged", "names"),
    [
        ("<t>a</t><ditle>b</title><u>c</u>", ["t", "ditle", "u"]),
        ("<t>a</t><title>b</tytle><u>c</u>", ["t", "title", "u"]),
        ("<t<a</t><title>b</title><u>c</u>", ["title", "u"]),
        ("<t>a</t>,title>b</title><u>c</u>", ["t", "u"]),
        ("<t x=1 y='2>a</t><title>b</title>", ["title"]),
    ],
)
def test_damage_within_a_record_leaves_its_other_fields(damaged: str, names: list[str]) -> None:
    reading = reading_of(f"<l>\n<item>{damaged}</item>\n<item>ok</item></l>")
    damaged_one, sound = list(records(reading, "{*}item"))

    assert [local(element) for element in damaged_one] == names
    assert sound.text == "ok"
    (problem,) = reading.problems
    assert problem.reason.startswith("the record in line 2 is not well-formed XML (")
    assert problem.level == "warning"


def test_prefixes_that_are_not_declared() -> None:
    reading = reading_of("<l><item><dc:creator>a</dc:creator><odd:b>c</odd:b></item></l>")
    (element,) = records(reading, "{*}item")

    assert [one.tag for one in element] == ["{http://purl.org/dc/elements/1.1/}creator", "odd:b"]
    assert [local(one) for one in element] == ["creator", "b"]
    assert len(reading.problems) == 1


def test_damage_in_what_records_stand_in_does_not_reach_them() -> None:
    found, reading = read("<rss version=2.0 x='><channel a='b' a='c'><item>a</item></channel></rss>")

    assert [one.partition(">")[0] for one in found] == ["<item"]
    assert len(reading.problems) == 1


@pytest.mark.parametrize("before", ["\n\n", "\ufeff", "\ufeff \n", "junk ", "\x00\x01"])
def test_what_stands_before_the_declaration_does_not_matter(before: str) -> None:
    assert read(before + "<?xml version='1.0' encoding='UTF-8'?><l><item>ö</item></l>")[0] == ["<item>ö</item>"]


@pytest.mark.parametrize(
    ("raw", "problems"),
    [
        ("<?xml version='1.0' encoding='utf-16'?><l><item>Größe</item></l>".encode("utf-16"), 0),
        ("<?xml version='1.0' encoding='utf-8'?><l><item>Größe</item></l>".encode("utf-16-be"), 0),
        ("<?xml version='1.0' encoding='utf-8'?><l><item>Größe</item></l>".encode("cp1252"), 1),
        ("<?xml version='1.0' encoding='iso-8859-1'?><l><item>Größe</item></l>".encode("cp1252"), 0),
        ("<?xml version='1.0' encoding='iso-8859-1'?><l><item>Größe</item></l>".encode(), 0),
        ("<?xml version='1.0' encoding='windows-1250'?><l><item>Größe</item></l>".encode("cp1250"), 0),
        ("<?xml version='1.0' encoding='gb2312'?><l><item>Größe</item></l>".encode(), 1),
        ("<?xml version='1.0' encoding='rot13'?><l><item>Größe</item></l>".encode(), 0),
    ],
)
def test_encodings(raw: bytes, problems: int) -> None:
    found, reading = read(raw)

    assert found == ["<item>Größe</item>"]
    assert len(reading.problems) == problems


@pytest.mark.parametrize(("encoding", "word"), [("shift_jis", "論文"), ("koi8-r", "статья"), ("gb2312", "论文")])
def test_encodings_that_a_file_says_it_has(encoding: str, word: str) -> None:
    raw = f"<?xml version='1.0' encoding='{encoding}'?><l><item>{word}</item></l>".encode(encoding)

    assert read(raw)[0] == [f"<item>{word}</item>"]


def test_a_character_of_several_bytes_across_the_pieces_that_are_read() -> None:
    for shift in range(4):
        text = "<l>" + " " * ((1 << 16) - 20 + shift) + "<item>" + "ö…𝛼" * 9 + "</item></l>"
        assert read(text)[0] == ["<item>" + "ö…𝛼" * 9 + "</item>"]


def test_tags_across_the_pieces_that_are_read() -> None:
    one = "<item a='x>y'><![CDATA[b</item>]]><!-- </item> --><t>c &ouml;</t></item >"
    for shift in range(len(one) + 6):
        found, reading = read("<l>" + " " * ((1 << 16) - len(one) - 6 + shift) + one + "<item>d</item></l>")
        assert found == ['<item a="x&gt;y">b&lt;/item&gt;<t>c ö</t></item>', "<item>d</item>"], shift
        assert reading.problems == []


@pytest.mark.parametrize("declared", ["<!ENTITY a 'b'>", "<!entity % a SYSTEM 'http://x.example/y'>"])
def test_entities_of_a_files_own_are_refused(declared: str) -> None:
    with pytest.raises(ParseFailed, match="declares entities of its own"):
        read(f"<?xml version='1.0'?>\n<!DOCTYPE l [<!ELEMENT l ANY> {declared}]>\n<l><item>&a;</item></l>")


def test_a_bomb_of_entities_is_refused_at_once() -> None:
    levels = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 20))
    start = time.process_time()
    with pytest.raises(ParseFailed):
        read(f"<!DOCTYPE l [<!ENTITY l0 'ha'>{levels}]><l><item>&l19;</item></l>")
    assert time.process_time() - start < 1


def test_a_dtd_elsewhere_is_not_asked_for() -> None:
    found, reading = read('<!DOCTYPE dblp SYSTEM "http://x.example/dblp.dtd"><dblp><item>J&uuml;rgen</item></dblp>')

    assert (found, reading.problems) == (["<item>Jürgen</item>"], [])


@pytest.mark.parametrize("content", ["", "   ", "no markup", "{}", "< 1 > 2", "<rss"])
def test_what_is_no_xml_is_refused(content: str) -> None:
    with pytest.raises(ParseFailed, match="holds no whole element of XML"):
        read(content)


@pytest.mark.parametrize(
    ("begin", "many", "end"),
    [
        ("<l>", "<item>", ""),
        ("<l>", "<item><![CDATA[", ""),
        ("<l><item>", "<![CDATA[", "</item></l>"),
        ("<l><item>", "<!--", "</item></l>"),
        ("<l><item>", "<a>", "</item></l>"),
        ("<l><item>", "<a b='", "</item></l>"),
        ("<l>", "<a ", ""),
        ("", "<a>", ""),
        ("<l>", "</a ", ""),
        ("<l>", "<?", ""),
        ("<l>", "<!", ""),
        ("<l><item>", "&a", "</item></l>"),
        ("<l><item>", "</item <!--", "</item></l>"),
        ("<l><item x=", "'", "</item></l>"),
    ],
)
def test_hostile_markup_costs_time_in_proportion_to_its_length(begin: str, many: str, end: str) -> None:
    start = time.process_time()
    reading = read(begin + many * (400_000 // len(many)) + end)[1]

    assert time.process_time() - start < 3
    assert reading.problems or reading.total == 0


def test_a_record_of_unbelievable_length_is_told_once() -> None:
    found, reading = read("<l><item><t>" + "x" * 9_000_000 + "</t></item><item>b</item></l>")

    assert found == ["<item>b</item>"]
    assert reasons(reading) == ["a record of unbelievable length (begun in line 1); what there is of it is not taken"]
    assert reading.total == 1


def test_memory_does_not_grow_with_the_file() -> None:
    class Stream(io.BytesIO):
        """Half a hundred records for every time it is read, up to a number."""

        left = 0

        def read(self, size: int | None = -1, /) -> bytes:
            self.left -= 1
            return (b"<item><t>" + b"words " * 100 + b"</t></item>\n") * 50 if self.left >= 0 else b""

    def peak(pieces: int) -> tuple[int, int]:
        stream = Stream()
        stream.left = pieces
        dump = replace(reading_of("").dump, stream=lambda: stream)
        tracemalloc.start()
        count = sum(1 for _ in records(Reading(dump, "made"), "{*}item"))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return count, size

    few, many = peak(10), peak(200)
    assert (few[0], many[0]) == (500, 10_000)
    assert many[1] < few[1] * 2 + 500_000


MARKUP = st.sampled_from(["<l>", "</l>", "<item>", "</item>", "<item/>", "<item a='", '"', "'>", "<t>", "</t>"]) | (
    st.sampled_from(
        ["<![CDATA[", "]]>", "<!--", "-->", "<?xml version='1.0'?>", "<?", "?>", "<!", "<!DOCTYPE l [", "]>"]
    )
    | st.sampled_from(
        ["&", "&#", "&ouml;", "a", " ", "\n", "\0", "<x:item>", "</x:item>", "xmlns:x='u'", ">", "<", "/"]
    )
)


@settings(max_examples=150, deadline=None, database=None, derandomize=True)
@given(st.lists(MARKUP, max_size=40).map("".join).map(str.encode) | st.binary(max_size=200))
def test_any_bytes_give_records_and_problems_or_are_refused(content: bytes) -> None:
    reading = reading_of(content)
    try:
        for element in records(reading, "{*}item", furniture=("{*}l", "{*}title")):
            if local(element) == "item":
                reading.furniture()
    except ParseFailed:
        return
    # Nothing is handed out that does not end in the bytes.
    ends = content.count(b"item") + content.count(b"/>")
    assert reading.total - sum(problem.level == "error" for problem in reading.problems) <= ends
