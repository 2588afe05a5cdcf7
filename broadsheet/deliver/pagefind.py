"""An index of a site's papers for its search, made by Pagefind (the extra `pagefind`), which is a program of its own.

The index is made beside the old one and takes its place when it is whole. Decides nothing about what is indexed: the
pages say so themselves (data-pagefind-body).
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ..errors import DeliveryError

#: Its folder in the site.
INDEX = "pagefind"
#: Seconds for an archive of a million papers; the usual site takes some.
_PATIENCE = 3600


def indexed(site: Path, language: str) -> None:
    """Make the index of a site's papers anew. language: an HTML language tag.

    Raises DeliveryError where Pagefind is missing or fails; the old index stays then.
    """
    if importlib.util.find_spec("pagefind") is None:
        remedy = "pip install 'broadsheet[pagefind]', or set pagefind = false in [site]"
        raise DeliveryError(str(site / INDEX), f"the index needs Pagefind: {remedy}", transient=True)
    try:
        with tempfile.TemporaryDirectory(prefix=".tmp-", dir=site) as folder:
            made = Path(folder) / INDEX
            _run(site, made, language)
            _swap(made, site / INDEX, Path(folder) / "old")
    except OSError as error:
        reason = f"cannot be written: {error.strerror or error}; check the folder and its permissions"
        raise DeliveryError(str(site / INDEX), reason, transient=True) from error


def _run(site: Path, made: Path, language: str) -> None:
    command = [sys.executable, "-P", "-m", "pagefind", "--site", str(site), "--output-path", str(made)]
    options = ["--glob", "papers/**/*.html", "--force-language", language.partition("-")[0], "--quiet"]
    try:
        done = subprocess.run([*command, *options], capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise DeliveryError(
            str(site / INDEX), "Pagefind did not come to an end; run it by hand", transient=True
        ) from None
    if done.returncode or not (made / "pagefind.js").is_file():
        told = " ".join((done.stderr or done.stdout).decode("utf-8", "replace").split())[-300:]
        raise DeliveryError(str(site / INDEX), f"Pagefind failed: {told or done.returncode}", transient=True)
    # Ready-made pages of its own, which nothing here shows.
    for file in (*made.glob("*-ui.*"), made / "pagefind-highlight.js"):
        file.unlink(missing_ok=True)


def _swap(made: Path, place: Path, old: Path) -> None:
    """Put the new folder in the old one's place; between the two renames the search does without."""
    if place.exists():
        place.rename(old)
    made.rename(place)
    shutil.rmtree(old, ignore_errors=True)
