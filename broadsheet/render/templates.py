"""The templates: found, compiled before anything is rendered, and errors told with file and line.

Every value that a template prints is made safe for its form on the way out (Jinja's `finalize`), so that a template,
ours or a user's, has nothing to remember. Knows nothing of digests.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import CodeType, TracebackType
from typing import ClassVar

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.bccache import Bucket
from markupsafe import Markup

from ..errors import RenderError
from . import markdown_text, plain_text
from .characters import shown, undirected
from .math import with_math

#: The templates that are rendered; what they include or extend is found by itself.
NEEDED = (
    *("digest.html.j2", "digest.md.j2", "index.html.j2", "mail/mail.html.j2", "mail/mail.txt.j2"),
    *(
        f"site/{page}.html.j2"
        for page in ("index", "profile", "day", "paper", "sources", "source", "feeds", "search", "404")
    ),
)
STYLE = "style.css"
MAIL_STYLE = "mail/mail.css"


@dataclass(frozen=True, slots=True, kw_only=True)
class Templates:
    """Compiled templates; made by open_templates."""

    html: Environment
    markdown: Environment
    #: For mail/: HTML without explicit directions, as mail programs drop what would isolate them; and plain text.
    mail: Environment
    text: Environment
    #: The style sheet, as it stands in the page.
    style: str

    def render(self, name: str, variables: Mapping[str, object]) -> bytes:
        """The template's text in UTF-8. Raises RenderError with the file and line that failed."""
        try:
            return self.of(name).get_template(name).render(**variables).encode("utf-8")
        except Exception as error:
            found = _place(error)
            if found is None:
                raise  # no template is to blame: a mistake of ours
            raise RenderError(*found, _reason(error)) from error

    def of(self, name: str) -> Environment:
        """The environment that a template of this name belongs to."""
        if name.endswith(".md.j2"):
            return self.markdown
        if name.endswith(".txt.j2"):
            return self.text
        return self.mail if name.startswith("mail/") else self.html


def open_templates(folders: Sequence[Path]) -> Templates:
    """The templates of these folders, file by file from the first folder that has it.

    Raises RenderError for a file that is missing, is no UTF-8, or has a mistake in its syntax.
    """
    loader = FileSystemLoader([str(folder) for folder in folders])
    # Explicit: select_autoescape() goes by the end of the name, and would not escape in a .j2 file.
    html = _environment(loader, "html", autoescape=True)
    html.finalize = _for_html
    html.filters["with_math"] = with_math
    markdown = _environment(loader, "markdown", autoescape=False)
    markdown.finalize = markdown_text.for_markdown
    markdown.filters.update(
        below=markdown_text.below, bold=markdown_text.bold, inside=markdown_text.inside, link=markdown_text.link
    )
    mail = _environment(loader, "mail", autoescape=True)
    mail.finalize = _for_mail
    text = _environment(loader, "text", autoescape=False)
    text.finalize = plain_text.for_text
    text.filters.update(underlined=plain_text.underlined, wrapped=plain_text.wrapped)
    style, mail_style = _style(html, STYLE, folders), _style(mail, MAIL_STYLE, folders)
    # Marked-up text that is not escaped, in this one place: the style sheet. Browsers read <style> as it stands, so
    # escaping would break it; it comes from our folders and never from a dump, and _style refuses what would end it.
    html.globals.update(style=Markup(style), style_hash=_hash(style))  # noqa: S704
    # In one line, so that what stays of it in the head leaves the character set among the first 1024 bytes.
    mail.globals.update(style=Markup(" ".join(mail_style.split())))  # noqa: S704
    templates = Templates(html=html, markdown=markdown, mail=mail, text=text, style=style)
    # Most pages share a frame and pieces, which are looked at once.
    looked_at: dict[int, set[str]] = {}
    for name in NEEDED:
        environment = templates.of(name)
        _compile(environment, name, folders, looked_at.setdefault(id(environment), set()))
    return templates


def _environment(loader: FileSystemLoader, form: str, *, autoescape: bool) -> Environment:
    return Environment(
        loader=loader,
        bytecode_cache=_Remembered(form),
        autoescape=autoescape,  # noqa: S701  (on for HTML; Markdown has its own escaping, in finalize)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _for_html(value: object) -> object:
    """A value on its way into HTML, before it is escaped."""
    return shown(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _for_mail(value: object) -> object:
    return undirected(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _style(environment: Environment, name: str, folders: Sequence[Path]) -> str:
    # A browser reads line ends as \n before it compares the hash, and the Nu checker leaves out the blanks at the ends.
    style = _source(environment, name, folders).replace("\r\n", "\n").replace("\r", "\n").strip()
    if "</style" in style.lower():
        line = style[: style.lower().index("</style")].count("\n") + 1
        raise RenderError(name, line, "a style sheet that is part of a page cannot hold </style")
    return style


def _hash(style: str) -> str:
    """For the page's Content-Security-Policy (CSP Level 3, section 2.3.1): sha256-<base64>."""
    return "sha256-" + base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")


def _source(environment: Environment, name: str, folders: Sequence[Path]) -> str:
    assert environment.loader is not None  # noqa: S101
    try:
        return environment.loader.get_source(environment, name)[0]
    except TemplateNotFound as error:
        raise RenderError(name, None, f"is missing; looked in {_told(folders)}") from error
    except UnicodeDecodeError as error:
        raise RenderError(name, None, f"is no UTF-8 at byte {error.start}; save it as UTF-8") from error


def _compile(environment: Environment, name: str, folders: Sequence[Path], seen: set[str]) -> None:
    """Compile a template and, in turn, all that it names; seen: those that were, which grows."""
    waiting = [name]
    seen.add(name)
    while waiting:
        part = waiting.pop()
        source = _source(environment, part, folders)
        try:
            filename = environment.get_template(part).filename or part
            named = _named(source)
        except TemplateSyntaxError as error:
            raise RenderError(error.filename or part, error.lineno, error.message or "is no template") from error
        for other, line in named:
            if not any((folder / other).is_file() for folder in folders):
                raise RenderError(filename, line, f"there is no template {other}; looked in {_told(folders)}")
            if other not in seen:
                seen.add(other)
                waiting.append(other)


@lru_cache(maxsize=256)
def _named(source: str) -> tuple[tuple[str, int], ...]:
    """The templates that a template cannot do without and names in plain words, each with the line that names it."""
    found = []
    template = Environment(autoescape=True).parse(source)
    for node in template.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        # Neither the one that may be missing, nor one whose name is only known while rendering, nor one of several.
        named = getattr(node, "template", None)
        if isinstance(named, nodes.Const) and not getattr(node, "ignore_missing", False):
            found.append((str(named.value), node.lineno))
    return tuple(found)


class _Remembered(BytecodeCache):
    """Compiled templates of this process, by their text: a second run in it compiles nothing."""

    _codes: ClassVar[dict[tuple[str, str, str], CodeType]] = {}

    def __init__(self, form: str) -> None:
        self._form = form

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give a template its code, if it has been compiled for this form."""
        bucket.code = self._codes.get((self._form, bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Remember the code of a template."""
        if bucket.code is not None:
            self._codes[self._form, bucket.key, bucket.checksum] = bucket.code


def _told(folders: Sequence[Path]) -> str:
    return " and ".join(str(folder) for folder in folders) or "no folder"


def _place(error: Exception) -> tuple[str, int | None] | None:
    """File and line of the template in which an error arose; None if it did not arise in one."""
    if isinstance(error, TemplateSyntaxError):
        return error.filename or error.name or "", error.lineno
    frames = [frame for frame in _frames(error.__traceback__) if frame[0].endswith(".j2")]
    return frames[-1] if frames else None


def _frames(traceback: TracebackType | None) -> Iterator[tuple[str, int]]:
    while traceback is not None:
        yield traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
        traceback = traceback.tb_next


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"there is no template {error.message or error.name}"
    text = str(error) or type(error).__name__
    return text if isinstance(error, TemplateError) else f"{type(error).__name__}: {text}"
