"""Artifact -> readers: folders, and by their own modules mail servers, maildirs and webhooks.

Knows nothing of what an artifact says. smtp, maildir, webhook, copying and dkim are imported where they are needed:
most runs send nothing.
"""

from .folder import publish, publish_many, published, settle
from .pagefind import indexed
from .preview import server

__all__ = ["indexed", "publish", "publish_many", "published", "server", "settle"]
