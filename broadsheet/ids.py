"""The ids of papers: what one looks like wherever it stands, and its normal form. Pure.

Does not decide which ids mean one paper; that is broadsheet.identity.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

#: arXiv gives every paper a DOI of its own that holds its id.
ARXIV_DOI = "10.48550/arxiv."

# Identifiers of arXiv: since April 2007 YYMM.NNNN(N), before it archive(.SUBJECT)/YYMMNNN, where the subject class is
# no part of the identity (https://info.arxiv.org/help/arxiv_identifier.html).
_ARXIV_ID = r"(?:(\d{4}\.\d{4,5})|([a-z][a-z-]*)(?:\.[a-z-]+)?/(\d{7}))(?:v(\d{1,3}))?"
_ARXIV = re.compile(rf"(?a)(?:arxiv:)?{_ARXIV_ID}", re.IGNORECASE)
# What arXiv and others write around it.
_AROUND_ARXIV = re.compile(
    r"(?a)\s*(?:oai:arxiv\.org:|arxiv:\s*|(?:doi:|https?://(?:dx\.)?doi\.org/)?10\.48550/arxiv\.|https?://(?:[a-z]+\.)?"
    r"arxiv\.org/(?:abs|pdf|html|format|src|ps)/|https?://(?:www\.)?huggingface\.co/papers/)?"
    rf"{_ARXIV_ID}(?:\.pdf)?(?:[?#]\S*)?\s*",
    re.IGNORECASE,
)
# https://www.doi.org/doi-handbook/HTML/doi-name-syntax.html; case does not matter in a DOI.
_DOI = re.compile(r"(?a)(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}(?:\.\d+)*/[^\s\0-\x1f\x7f\ud800-\udfff]+)")
_OPENREVIEW = re.compile(r"(?a)[\w-]{4,}")
# https://aclanthology.org/info/ids/: P18-1001 and 2022.acl-long.4.
_ACL = re.compile(r"(?a)[a-z]\d\d-\d{4,5}|\d{4}\.[a-z0-9_]{1,40}-[a-z0-9_]{1,40}\.\d{1,5}")
_DBLP = re.compile(r"(?a)[a-z]+/[\w+.-]{1,60}/[\w+.-]{1,80}", re.IGNORECASE)
_OPENALEX = re.compile(r"(?a)(?:https://openalex\.org/)?(w\d{1,15})")
_S2 = re.compile(r"(?a)[0-9a-f]{40}")
_PMID = re.compile(r"(?a)(?:pmid:)?0*([1-9]\d{0,8})")


def arxiv_id(text: str) -> tuple[str, int | None] | None:
    """Id and version of what names one paper of arXiv and nothing else: an id, an OAI name, a URL, a DOI of arXiv.

    "https://arxiv.org/abs/math.GT/0309136v2" is ("math/0309136", 2); the version is None where none is named.
    """
    found = _AROUND_ARXIV.fullmatch(text)
    if not found:
        return None
    version = int(found[4]) if found[4] else None
    return (found[1] or f"{found[2].lower()}/{found[3]}"), version


def arxiv_links(value: str) -> dict[str, str]:
    """Where arXiv has the paper with this id."""
    return {"abstract": f"https://arxiv.org/abs/{value}", "pdf": f"https://arxiv.org/pdf/{value}"}


def doi(text: str) -> str | None:
    """The DOI that a text is, in lower case and without what is written before it; None for anything else."""
    found = _DOI.fullmatch(text.strip().lower())
    return found and found[1]


def arxiv(value: str) -> str | None:
    """An id of arXiv without its version; None for what is none."""
    found = _ARXIV.fullmatch(value.lower())
    return found and (found[1] or f"{found[2]}/{found[3]}")


def openreview(value: str) -> str | None:
    """The id of a forum of OpenReview; None for what is none."""
    return value if _OPENREVIEW.fullmatch(value) else None


def pmid(value: str) -> str | None:
    """A PubMed id without leading zeros; None for what is none."""
    found = _PMID.fullmatch(value.lower())
    return found and found[1]


def acl(value: str) -> str | None:
    """An id of the ACL Anthology; None for what is none."""
    return value if _ACL.fullmatch(value.lower()) else None


def dblp(value: str) -> str | None:
    """The key of a record of DBLP; None for what is none."""
    return value if _DBLP.fullmatch(value) else None


def openalex(value: str) -> str | None:
    """The id of a work in OpenAlex, without its address; None for what is none."""
    found = _OPENALEX.fullmatch(value.lower())
    return found and found[1].upper()


def s2(value: str) -> str | None:
    """The paperId of Semantic Scholar; None for what is none."""
    return value if _S2.fullmatch(value) else None


#: Schemes of ids, strongest first, and what makes an id of theirs comparable (None for what is no id: such values are
#: often one stand-in for many papers, and must not join them).
SCHEMES: Mapping[str, Callable[[str], str | None]] = {
    "arxiv": arxiv,
    "doi": doi,
    "openreview": openreview,
    "pmid": pmid,
    # Ids that one index gives its own records: they tell papers of one title apart ("Books Received").
    "acl": acl,
    "dblp": dblp,
    "openalex": openalex,
    "s2": s2,
}
