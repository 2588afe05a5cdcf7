"""Dumps from elsewhere: web pages and feeds, folders, mailboxes. Brings bytes; reads nothing in them and keeps nothing.

Importing this is cheap: what speaks HTTP is loaded when the first Fetcher is made.
"""

from __future__ import annotations

from .http import Answer, Fetcher, Validators

__all__ = ["Answer", "Fetcher", "Validators"]
