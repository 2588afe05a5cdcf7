"""Artifact -> readers. So far: a folder. Knows nothing of what an artifact says."""

from .folder import publish, publish_many, published, settle
from .preview import server

__all__ = ["publish", "publish_many", "published", "server", "settle"]
