from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from jinja2 import TemplateNotFound

from broadsheet.config import Site
from broadsheet.errors import RenderError
from broadsheet.render import Templates, open_templates, render_digest
from broadsheet.types import Digest


def test_a_workspace_overrides_one_file_and_keeps_the_others(
    tmp_path: Path, shipped: Path, make_digest: Callable[..., Digest], site: Site
) -> None:
    (tmp_path / "digest.md.j2").write_text("# Mine: {{ edition.title }}\n")
    markdown, page, _ = render_digest(make_digest(title="a *b*"), open_templates([tmp_path, shipped]), site)
    assert markdown.content == b"# Mine: a \\*b\\*\n"
    assert b"a *b*" in page.content


def test_a_workspace_overrides_a_part(
    tmp_path: Path, shipped: Path, make_digest: Callable[..., Digest], site: Site
) -> None:
    (tmp_path / "_sources.html.j2").write_text("<p>{{ edition.sources[0].dump }}</p>\n")
    (tmp_path / "style.css").write_bytes(b"p { margin: 0; }\r\np { padding: 0; }\r\n")
    _, page, _ = render_digest(make_digest(), open_templates([tmp_path, shipped]), site)
    assert b"<p>made-up.txt</p>" in page.content
    assert b"<style>p { margin: 0; }\np { padding: 0; }</style>" in page.content


@pytest.mark.parametrize(
    ("file", "text", "line", "reason"),
    [
        ("digest.html.j2", "one\n{% if x %}\nthree", 3, "unexpected|end of template|looking for"),
        ("digest.md.j2", "one\ntwo\n{{ edition.title | shout }}", 3, "shout"),
        ("_row.html.j2", "{{ row.title", 1, "unexpected end"),
        ("index.html.j2", "\n\n\n{% endif %}", 4, "endif"),
    ],
)
def test_a_mistake_in_a_template_is_found_before_anything_is_rendered(
    tmp_path: Path, shipped: Path, file: str, text: str, line: int, reason: str
) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(RenderError) as caught:
        open_templates([tmp_path, shipped])
    assert caught.value.template == str(tmp_path / file)
    assert caught.value.line == line
    assert re.search(reason, caught.value.reason)
    assert str(caught.value).startswith(f"{tmp_path / file}:{line}: ")


def test_a_part_that_only_a_users_template_names_is_compiled_too(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "digest.md.j2").write_text('{% include "mine.md.j2" %}')
    (tmp_path / "mine.md.j2").write_text("\n{% for %}")
    with pytest.raises(RenderError) as caught:
        open_templates([tmp_path, shipped])
    assert (caught.value.template, caught.value.line) == (str(tmp_path / "mine.md.j2"), 2)


def test_a_missing_part_is_told_with_the_folders_that_were_searched(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "digest.md.j2").write_text('{% include "nowhere.md.j2" %}')
    with pytest.raises(RenderError, match=r"there is no template nowhere\.md\.j2; looked in") as caught:
        open_templates([tmp_path, shipped])
    assert (caught.value.template, caught.value.line) == (str(tmp_path / "digest.md.j2"), 1)
    assert str(tmp_path) in caught.value.reason


def test_a_part_that_may_be_missing_is_not_missed(
    tmp_path: Path, shipped: Path, make_digest: Callable[..., Digest], site: Site
) -> None:
    (tmp_path / "digest.md.j2").write_text('{% include "nowhere.md.j2" ignore missing %}here\n')
    assert render_digest(make_digest(), open_templates([tmp_path, shipped]), site)[0].content == b"here\n"


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"style\.css: is missing; looked in"):
        open_templates([tmp_path / "nowhere"])
    with pytest.raises(RenderError, match="looked in no folder"):
        open_templates([])


def test_a_template_that_is_no_utf8_is_told(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "digest.md.j2").write_bytes("caf\u00e9".encode("latin-1"))
    with pytest.raises(RenderError, match=r"digest\.md\.j2: is no UTF-8 at byte 3"):
        open_templates([tmp_path, shipped])


def test_a_style_sheet_cannot_end_its_element(tmp_path: Path, shipped: Path) -> None:
    (tmp_path / "style.css").write_text("p {}\n/* </STYLE> */\n")
    with pytest.raises(RenderError, match=r"style\.css:2: .*cannot hold </style"):
        open_templates([tmp_path, shipped])


@pytest.mark.parametrize(
    ("file", "text", "line", "reason"),
    [
        ("digest.html.j2", "one\n{{ edition.titel }}", 2, "no attribute 'titel'"),
        ("digest.html.j2", "one\n\n{{ nothing }}", 3, "'nothing' is undefined"),
        ("digest.md.j2", "{{ 1 / 0 }}", 1, "ZeroDivisionError: division by zero"),
        ("_row.md.j2", "\n{{ row.rank.x.y }}", 2, "no attribute 'x'"),
        ("digest.md.j2", "\n{% include name_of.it %}", 2, "'name_of' is undefined"),
        ("digest.md.j2", "\n{% include ['a.j2', site.title] %}", 2, "there is no template"),
        ("digest.html.j2", "one\n{{ site.title | attr('x') | upper | bold }}", 2, "bold"),
    ],
)
def test_a_mistake_while_rendering_names_file_and_line(
    tmp_path: Path,
    shipped: Path,
    digest_of: Callable[[str], Digest],
    site: Site,
    file: str,
    text: str,
    line: int,
    reason: str,
) -> None:
    (tmp_path / file).write_text(text)
    with pytest.raises(RenderError, match=re.escape(reason)) as caught:
        render_digest(digest_of("text"), open_templates([tmp_path, shipped]), site)
    assert (caught.value.template, caught.value.line) == (str(tmp_path / file), line)


def test_a_mistake_in_a_part_that_is_named_while_rendering_is_told(
    tmp_path: Path, shipped: Path, make_digest: Callable[..., Digest], site: Site
) -> None:
    (tmp_path / "digest.md.j2").write_text("{% include edition.title %}")
    (tmp_path / "mine.md.j2").write_text("\n\n{% for %}")
    with pytest.raises(RenderError) as caught:
        render_digest(make_digest(title="mine.md.j2"), open_templates([tmp_path, shipped]), site)
    assert (caught.value.template, caught.value.line) == (str(tmp_path / "mine.md.j2"), 3)


def test_a_mistake_of_ours_is_not_blamed_on_a_template(templates: Templates) -> None:
    with pytest.raises(TemplateNotFound):
        templates.render("never-written.html.j2", {})


def test_a_template_that_includes_itself_is_told(
    tmp_path: Path, shipped: Path, make_digest: Callable[..., Digest], site: Site
) -> None:
    (tmp_path / "digest.md.j2").write_text('{% include "digest.md.j2" %}')
    with pytest.raises(RenderError, match="RecursionError"):
        render_digest(make_digest(), open_templates([tmp_path, shipped]), site)


def test_no_shipped_template_prints_text_unescaped(shipped: Path) -> None:
    for path in sorted(shipped.glob("*.j2")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|\bMarkup\b", text), path.name
        assert not re.search(r"=\{[{%]", text), f"{path.name}: an attribute without quotes"
        assert "style=" not in text, path.name
        assert not re.search(r"<script|\son\w+=|https?://", text), path.name


def test_the_style_sheet_asks_for_no_other_file(shipped: Path) -> None:
    assert not re.search(r"url\(|@import|@font-face", (shipped / "style.css").read_text(encoding="utf-8"))
