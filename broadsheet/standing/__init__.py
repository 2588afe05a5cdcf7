"""How things stand: as values, as JSON, as Prometheus text. Changes nothing but the file it is asked to write."""

from __future__ import annotations

from .concerns import concerns
from .prometheus import exposition, write, write_metrics
from .record import record
from .values import Collected, Concern, Past, Reader, Standing, look

__all__ = [
    "Collected",
    "Concern",
    "Past",
    "Reader",
    "Standing",
    "concerns",
    "exposition",
    "look",
    "record",
    "write",
    "write_metrics",
]
