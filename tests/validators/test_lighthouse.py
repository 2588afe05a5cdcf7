"""Each kind of the site's pages against Lighthouse: accessibility and best practices, on a phone and on a desk.

Its mark for performance is a measurement: `./run bench pages` prints it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.pages import FORMS, say
from tests.chromium import CHROMIUM
from tests.validators.conftest import GET, LIGHTHOUSE, kinds
from tests.validators.serving import serving

pytestmark = [
    pytest.mark.validators,
    pytest.mark.slow,
    pytest.mark.chromium,
    pytest.mark.skipif(
        not (LIGHTHOUSE.exists() and shutil.which("node") and CHROMIUM.exists()), reason=f"needs Lighthouse: {GET}"
    ),
]


@pytest.mark.parametrize("form", FORMS)
def test_lighthouse_has_nothing_to_say_of_any_kind_of_page(published: Path, tmp_path: Path, form: str) -> None:
    site = published / "example" / "site"
    found = {kind: page for kind, page in sorted(kinds(published).items()) if page.is_relative_to(site)}
    assert len(found) >= 5
    # A look takes ten seconds: the days' page is looked at in both forms, every other kind in one of them.
    turn = FORMS.index(form)
    pages = [page for n, (kind, page) in enumerate(found.items()) if n % len(FORMS) == turn or "day" in kind]
    # The page for what is not there links to the rest by the address that the settings say.
    with serving(site, "/papers/") as served:
        for page in pages:
            marks = say(
                LIGHTHOUSE, CHROMIUM, f"{served.address}{page.relative_to(site)}", form, tmp_path, performance=False
            )
            assert marks.wanting == (), page
            assert (marks.accessibility, marks.best_practices) == (100, 100), page


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    (tmp_path / "bad.html").write_text('<!DOCTYPE html><html><title>x</title><img src="a.png"><p style="color:#eee">x')
    with serving(tmp_path) as served:
        marks = say(LIGHTHOUSE, CHROMIUM, f"{served.address}bad.html", FORMS[0], tmp_path, performance=False)
    assert marks.accessibility < 90
    assert {"html-has-lang", "image-alt", "color-contrast"} & set(marks.wanting)
