"""What every page of the site has around it: ways to the other pages, to the feeds, to the two files of its look."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ...config import Site
from ...errors import RenderError
from ...types import Artifact
from ..templates import Templates
from .names import profile_folder, profile_page

#: Where the site lies in the output folder.
FOLDER = "site"
STYLE = "style.css"
SCRIPT = "script.js"
#: Raise it when pages come out differently from the same templates, so that old ones are made again.
_FORM = 1
# More profiles than this would fill the screen of a phone with their names.
_MOST_DESKS = 8

_FEEDS = (
    ("application/rss+xml", "rss.xml", "{} (RSS)"),
    ("application/atom+xml", "atom.xml", "{} (Atom)"),
    ("application/feed+json", "feed.json", "{} (JSON Feed)"),
    ("application/atom+xml", "digests/atom.xml", "{}, day by day"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLink:
    """A profile in the navigation."""

    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed, for readers that look for one in the page."""

    type: str
    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The frame of one page; every address is relative to the folder of the site."""

    #: The way from the page to that folder: "../../".
    root: str
    #: Which entry of the navigation the page belongs to.
    section: str
    desks: tuple[DeskLink, ...]
    feeds: tuple[FeedLink, ...]
    style: str
    script: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """What all pages are made with; made by open_press."""

    templates: Templates
    site: Site
    #: Name and title, in the order of the navigation.
    profiles: tuple[tuple[str, str], ...]
    desks: tuple[DeskLink, ...]
    style: bytes
    script: bytes
    style_href: str
    script_href: str

    def page(
        self, name: str, template: str, *, section: str = "", profile: str = "", root: str | None = None, **told: object
    ) -> Artifact:
        """A page of the site; profile: whose feeds it offers, by default those of all.

        root: the way to the folder of the site where it is not that from the name. Raises RenderError.
        """
        frame = Frame(
            root="../" * name.count("/") if root is None else root,
            section=section,
            desks=self.desks if len(self.desks) <= _MOST_DESKS else (),
            feeds=feeds_of(self.profiles, profile),
            style=self.style_href,
            script=self.script_href,
        )
        content = self.templates.render(f"site/{template}", {"frame": frame, "site": self.site, **told})
        return Artifact(name=f"{FOLDER}/{name}", media_type="text/html", content=content)

    def look(self) -> str:
        """What decides how pages look beside their own facts; where it changes, all pages are made anew."""
        parts = [str(_FORM), repr(self.site), repr(self.profiles), *_sources(self.templates)]
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]

    def assets(self) -> tuple[Artifact, ...]:
        """The style sheet and the script."""
        return (
            Artifact(name=f"{FOLDER}/{STYLE}", media_type="text/css", content=self.style),
            Artifact(name=f"{FOLDER}/{SCRIPT}", media_type="text/javascript", content=self.script),
        )


def open_press(templates: Templates, site: Site, profiles: Sequence[tuple[str, str]]) -> Press:
    """profiles: name and title of each, in the order of the navigation. Raises RenderError."""
    # The look of a digest, of the site, and of what the script brings, in one file.
    style = b"\n".join(_text(templates, name) for name in ("style.css", "site/style.css", "site/script.css"))
    script = _text(templates, f"site/{SCRIPT}")
    return Press(
        templates=templates,
        site=site,
        profiles=tuple(profiles),
        desks=tuple(DeskLink(title=title, href=profile_page(name)) for name, title in profiles),
        style=style,
        script=script,
        style_href=f"{STYLE}?v={_version(style)}",
        script_href=f"{SCRIPT}?v={_version(script)}",
    )


def feeds_of(profiles: Sequence[tuple[str, str]], profile: str = "") -> tuple[FeedLink, ...]:
    """All feeds of a profile; without one, the two of each that differ in more than their format."""
    feeds = _FEEDS if profile else _FEEDS[1::2]
    return tuple(
        FeedLink(type=kind, title=told.format(title), href=f"{profile_folder(name)}/{file}")
        for name, title in profiles
        if profile in ("", name)
        for kind, file, told in feeds
    )


def _text(templates: Templates, name: str) -> bytes:
    """A file as it stands, with \\n at the ends of its lines. Raises RenderError."""
    loader = templates.html.loader
    assert loader is not None  # noqa: S101
    try:
        text = loader.get_source(templates.html, name)[0]
    except Exception as error:
        raise RenderError(name, None, f"cannot be read: {error}") from error
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8")


def _sources(templates: Templates) -> list[str]:
    """Name and text of every template of pages that there is, in the order of their names."""
    loader = templates.html.loader
    assert loader is not None  # noqa: S101
    names = templates.html.list_templates(extensions=("j2", "css", "js"))
    return [part for name in names for part in (name, loader.get_source(templates.html, name)[0])]


def _version(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
