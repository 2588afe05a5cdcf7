"""Artifact -> readers: folders, and by their own modules mail servers, maildirs and webhooks.

Knows nothing of what an artifact says. smtp, maildir, webhook, copying, dkim and preview are imported where they are
needed: most runs send nothing, and none shows a preview.
"""

from .folder import publish, publish_many, published, settle
from .pagefind import INDEX, indexed

__all__ = ["INDEX", "indexed", "publish", "publish_many", "published", "settle"]
