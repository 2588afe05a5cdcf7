"""What the formats of Hugging Face's Daily Papers share: how the site's own records say a paper.

    records.py   one record (of the API, of a page, of an archive made of them) -> an entry
    answers.py   JSON text -> the records in it, whatever they are wrapped in and however damaged it is

Is no format itself: daily_papers_json.py, daily_papers_html.py, daily_papers_rss.py, daily_papers_markdown/ and
paper_links.py are. Copies of the page as plain text hold no such records; see daily_papers/.
"""

from __future__ import annotations

from .answers import plain_record, records_in
from .records import entry_of, links_of

__all__ = ["entry_of", "links_of", "plain_record", "records_in"]
