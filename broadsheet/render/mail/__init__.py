"""Digest -> mail: the same news as text and as HTML, with the headers of a mailing list, as bytes ready to be sent.

    compose(digest, edition, templates, site, mail, receiver)     the mail to one receiver
    render_mail(digest, edition, templates, site, mail)           the same to the settings' own, as an artifact

The same digest, templates, settings and receiver give the same bytes, so a mail sent again is the same mail. Sends
nothing and asks no clock: the date is the digest's own.
"""

from __future__ import annotations

from dataclasses import replace

from css_inline import CSSInliner

from ...addresses import is_address
from ...config import Mail, Site
from ...errors import RenderError
from ...types import Artifact, Digest
from ..edition import Edition
from ..templates import MAIL_STYLE, Templates
from .fitting import Fit, fitting
from .headers import headers_of, identity_of
from .letter import Letter
from .message import message_of
from .writing import Material, material_of, parts_of

__all__ = ["compose", "render_mail"]

_HTML, _TEXT = "mail/mail.html.j2", "mail/mail.txt.j2"
# What a style sheet says for dark or narrow screens cannot stand in an element: those rules stay in the head.
_INLINER = CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False, minify_css=True)


def compose(digest: Digest, edition: Edition, templates: Templates, site: Site, mail: Mail, receiver: str) -> bytes:
    """The mail of a digest to one receiver. Raises RenderError for a template's mistake and for a wrong receiver."""
    if not is_address(receiver):
        raise RenderError("mail", None, f"{receiver!r} is no single mail address")
    material = material_of(digest, edition, site, mail, receiver)
    largest = mail.budget_kib * 1024
    fit = fitting(material.papers, lambda fit: _size(_html(_letter(material, fit), templates, site)) <= largest)
    letter = _letter(material, fit)
    return message_of(
        headers_of(digest, site, mail, receiver, material.titles),
        templates.render(_TEXT, {"letter": letter, "site": site}).decode(),
        _html(letter, templates, site),
        key=identity_of(digest, site, mail, receiver).key,
        language=site.language,
    )


def render_mail(digest: Digest, edition: Edition, templates: Templates, site: Site, mail: Mail) -> Artifact:
    """The digest's mail.eml, written to the receiver that the settings name. Raises RenderError."""
    content = compose(digest, edition, templates, site, mail, mail.receiver)
    return Artifact(
        name=f"{digest.profile}/{digest.day.isoformat()}/mail.eml", media_type="message/rfc822", content=content
    )


def _letter(material: Material, fit: Fit) -> Letter:
    return replace(material.frame, parts=parts_of(material, fit))


def _html(letter: Letter, templates: Templates, site: Site) -> str:
    """The HTML part, with its style in the elements."""
    page = templates.render(_HTML, {"letter": letter, "site": site}).decode()
    try:
        return _INLINER.inline(page)
    except ValueError as error:  # css_inline.InlineError
        raise RenderError(MAIL_STYLE, None, f"cannot be put into the mail's elements: {error}") from error


def _size(html: str) -> int:
    """In bytes, as it is decoded: every line of a mail ends in two of them."""
    return len(html.encode()) + html.count("\n")
