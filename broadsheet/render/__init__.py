"""Digest -> Artifacts: Markdown, a page, JSON, feeds, and the front page. Pure but for reading the templates.

    open_templates(folders)  render_digest(digest, templates, site, mail)
    render_feeds(profile_name, title, digests, site, feed, months)  render_opml(profiles, site)
    render_archives(profile_name, digests, months, site)  months_of(days)  is_over(content)
    render_index(profiles, templates, site)
    digest_json(digest)  read_digest(content)

The same digest, templates and settings give the same bytes. Does not publish: broadsheet.deliver does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..config import Mail, Site
from ..types import Artifact, Digest
from .edition import Edition, edition_of
from .feeds import atom_archive, is_over, months_of, render_archives, render_feeds, render_opml
from .front import front_of
from .front_matter import front_matter, without_front_matter
from .json_form import digest_json, read_digest
from .mail import compose, render_mail
from .templates import Templates, open_templates

__all__ = [
    "RENDERERS",
    "Templates",
    "atom_archive",
    "compose",
    "digest_json",
    "is_over",
    "months_of",
    "open_templates",
    "read_digest",
    "render_archives",
    "render_digest",
    "render_feeds",
    "render_index",
    "render_opml",
    "without_front_matter",
]

#: A digest's form: the digest, the same in words, the templates and the site -> the file.
Renderer = Callable[[Digest, Edition, Templates, Site], Artifact]


def _markdown(digest: Digest, edition: Edition, templates: Templates, site: Site) -> Artifact:
    told = {"edition": edition, "front_matter": front_matter(digest, edition), "site": site}
    content = templates.render("digest.md.j2", told)
    return Artifact(name=_name(digest, "digest.md"), media_type="text/markdown", content=content)


def _html(digest: Digest, edition: Edition, templates: Templates, site: Site) -> Artifact:
    content = templates.render("digest.html.j2", {"edition": edition, "site": site})
    return Artifact(name=_name(digest, "digest.html"), media_type="text/html", content=content)


def _json(digest: Digest, edition: Edition, templates: Templates, site: Site) -> Artifact:
    return Artifact(name=_name(digest, "digest.json"), media_type="application/json", content=digest_json(digest))


#: The forms of a digest, by name, in the order in which they are made.
RENDERERS: Mapping[str, Renderer] = {"markdown": _markdown, "html": _html, "json": _json}


def render_digest(digest: Digest, templates: Templates, site: Site, mail: Mail | None = None) -> tuple[Artifact, ...]:
    """Every form of a digest, as <profile>/<day>/digest.*, and its mail.eml where there are settings for mail.

    Raises RenderError with the template's file and line.
    """
    edition = edition_of(digest, site)
    forms = tuple(render(digest, edition, templates, site) for render in RENDERERS.values())
    return (*forms, render_mail(digest, edition, templates, site, mail)) if mail else forms


def render_index(profiles: Sequence[Sequence[Digest]], templates: Templates, site: Site) -> Artifact:
    """The front page, index.html: of each profile its digests, the newest first. Raises RenderError."""
    content = templates.render("index.html.j2", {"front": front_of(profiles, site), "site": site})
    return Artifact(name="index.html", media_type="text/html", content=content)


def _name(digest: Digest, file: str) -> str:
    return f"{digest.profile}/{digest.day.isoformat()}/{file}"
