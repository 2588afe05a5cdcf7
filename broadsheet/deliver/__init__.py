"""Artifact -> readers. So far: a folder. Knows nothing of what an artifact says."""

from .folder import publish

__all__ = ["publish"]
