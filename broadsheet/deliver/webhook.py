"""A digest posted to a URL: as JSON where it is http(s), as a short message by apprise (an extra) anywhere else.

The URL is a secret: whoever knows it can post there. It stands in no outcome and goes to no log. Follows no redirect,
takes no proxy and no password from the environment, and reads no more of an answer than it tells.

What becomes of it: 2xx sent; 408, 425, 429 and 5xx later, after Retry-After where they say so; whatever else the other
side answers failed. A connection that ended before its answer came: later, not unknown, because every try carries the
same Idempotency-Key, by which a receiver knows the second one. A receiver that ignores it may show a digest twice.
"""

from __future__ import annotations

import base64
import json
import logging
import re
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

import httpx

from .. import __version__
from .outcome import Outcome, line

#: Seconds for each step: to connect, to send, to wait for the next bytes.
TIMEOUT = 30.0
#: Seconds and bytes for the body of an answer, of which one line is told.
_PATIENCE = 10.0
_MOST_OF_AN_ANSWER = 4 << 10
#: Nobody is made to wait longer than a day by a header.
_LONGEST_PAUSE = 86_400
_AGAIN = {408, 425, 429}
# Of a URL, so long a part may be what makes it a secret.
_TELLING = 6
# In a chat, what calls everybody or somebody by name.
_CALL = re.compile(r"(?<=@)(?=(?:all|channel|everyone|here)\b)|(?<=<)(?=[!@#])", re.IGNORECASE)


def post(url: str, content: bytes, key: str, *, title: str, text: str, page: str = "") -> Outcome:
    """Post a digest.

    content: its JSON. key: the same at every try of one delivery. title, text: the same for people, in a line and in
    a few; chat programs show `text`. page: where the digest is published, if it is.
    """
    title, text = _tame(title), _tame(text)
    if url.partition(":")[0].lower() not in ("http", "https"):
        return _by_apprise(url, title, text)
    try:
        body = _body(content, title, text, page)
    except ValueError:
        return Outcome(state="failed", told="the digest is no JSON")
    try:
        target = httpx.URL(url)
        headers = _headers(target, key)
    except (httpx.InvalidURL, UnicodeError):
        return Outcome(state="later", told="the URL of the webhook is none; put it right where it is kept")
    if not target.host:
        return Outcome(state="later", told="the URL of the webhook names no host; put it right where it is kept")
    return _posted(target, body, headers, url)


def _body(content: bytes, title: str, text: str, page: str) -> bytes:
    digest = json.loads(content)
    if not isinstance(digest, dict):
        raise ValueError
    told = {
        "title": title,
        "text": text,
        "profile": digest.get("profile"),
        "day": digest.get("day"),
        "url": page or None,
        "digest": digest,
    }
    return json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode("ascii")


def _headers(url: httpx.URL, key: str) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "Accept": "*/*",
        "User-Agent": f"broadsheet/{__version__}",
        "Idempotency-Key": line(key),
    }
    if url.username:
        # In UTF-8, as RFC 7617 has it.
        word = f"{unquote(url.username)}:{unquote(url.password)}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(word).decode()}"
    return headers


def _posted(url: httpx.URL, body: bytes, headers: dict[str, str], secret: str) -> Outcome:
    """One request, past httpx's client: that would write the URL to the log, and ask the environment for more."""
    request = httpx.Request(
        "POST",
        url.copy_with(fragment=None),
        headers=headers,
        content=body,
        extensions={"timeout": httpx.Timeout(TIMEOUT).as_dict()},
    )
    try:
        with _heard(), httpx.HTTPTransport(verify=ssl.create_default_context(), trust_env=False) as transport:
            response = transport.handle_request(request)
            try:
                said = _said(response, secret) if response.status_code >= 300 else ""
            finally:
                response.close()
    except httpx.TimeoutException:
        return Outcome(state="later", told=f"the webhook gave no answer within {TIMEOUT:g} s")
    except httpx.TransportError as error:
        return Outcome(state="later", told=f"the webhook cannot be reached: {_without(str(error), secret)}")
    return _outcome(response, said)


def _outcome(response: httpx.Response, said: str) -> Outcome:
    code = response.status_code
    told = f"the webhook answers {code} {said}".rstrip()
    if 200 <= code < 300:
        return Outcome(state="sent", told=told)
    if code in _AGAIN or 500 <= code < 600:
        return Outcome(state="later", told=told, pause=_pause(response.headers))
    if 300 <= code < 400:
        # Where it leads may be a secret too, and may be anywhere.
        told = f"the webhook answers {code}: it has moved; find out where to, and keep that URL"
    return Outcome(state="failed", told=told)


def _said(response: httpx.Response, secret: str) -> str:
    """The beginning of an answer, as one line."""
    found, until = b"", time.monotonic() + _PATIENCE
    try:
        for block in response.iter_raw():
            found += block
            if len(found) >= _MOST_OF_AN_ANSWER or time.monotonic() > until:
                break
    except httpx.HTTPError:
        pass  # What it means, the code said before.
    return _without(found[:_MOST_OF_AN_ANSWER].decode("utf-8", "replace"), secret)


def _pause(headers: httpx.Headers) -> int:
    """The seconds of Retry-After; where it names a time, by the other side's own clock."""
    asked = headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", asked):
        return min(int(asked), _LONGEST_PAUSE)
    then, now = _time(asked), _time(headers.get("Date", ""))
    if then is None or now is None:
        return 0
    return min(max(int((then - now).total_seconds()), 0), _LONGEST_PAUSE)


def _time(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return found if found.tzinfo is not None else None


def _by_apprise(url: str, title: str, text: str) -> Outcome:
    try:
        import apprise
    except ImportError:
        told = "a webhook that is no http(s) URL needs apprise: pip install 'broadsheet[apprise]'"
        return Outcome(state="later", told=told)
    with _heard() as heard:
        service: Any = apprise.Apprise.instantiate(url)
        if service is None:
            told = "the URL of the webhook is none that apprise knows; put it right where it is kept"
            return Outcome(state="later", told=told)
        done = bool(service.notify(body=text or title, title=title, body_format=apprise.NotifyFormat.TEXT))
    if done:
        return Outcome(state="sent", told="by apprise")
    # It does not say whether another try would help; its caller gives up in the end.
    return Outcome(state="later", told=f"apprise could not send it: {_without(' '.join(heard), url)}".rstrip(": "))


@contextmanager
def _heard() -> Iterator[list[str]]:
    """What the packages that post log meanwhile, which goes to nobody else: a URL may stand in it."""
    heard: list[str] = []
    listener = logging.Handler(logging.WARNING)
    listener.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    loggers = [logging.getLogger(name) for name in ("apprise", "httpcore", "urllib3")]
    before = [(logger.level, logger.propagate, logger.handlers) for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.WARNING)
        logger.propagate, logger.handlers = False, [listener]
    try:
        yield heard
    finally:
        for logger, (level, propagate, handlers) in zip(loggers, before, strict=True):
            logger.setLevel(level)
            logger.propagate, logger.handlers = propagate, handlers


def _without(text: str, secret: str) -> str:
    """A line without the URL or any part of it that could be what makes it a secret."""
    parts = {part for part in re.split(r"[/?&=:@#.,;]+", secret) if len(part) >= _TELLING}
    return line(text, secret, *parts, *map(unquote, parts))


def _tame(text: str) -> str:
    """The text with a space of no width in what a chat would take for a call to everybody (@all, <!channel>)."""
    return _CALL.sub("\u200b", text)
