"""Side-by-side measurements; none of them passes or fails.

./run bench                 all of them
./run bench daily           what a morning costs, on made-up dumps as large as three real pages
./run bench daily DIR       the same on the dumps in DIR
./run bench flow            what Prefect costs a morning, beside an empty flow (--quick: one round; or a DIR)
./run bench parse           reading listings, beside feedparser, BeautifulSoup and json (--quick: a few seconds)
./run bench rules           matching, as the rules grow (--quick: under half a minute)
./run bench pages           Lighthouse's marks for each kind of page, on a phone and on a desk (needs npm and Chromium)
./run bench search          the site's search in Chromium, over 500 and 5,000 made-up papers
./run bench site            the published site: a year of it, and the morning after (--quick: a month)
"""

from __future__ import annotations

import sys

from bench import daily, flow, pages, parse, rules, search, site

BENCHES = {
    "daily": daily.main,
    "flow": flow.main,
    "pages": pages.main,
    "parse": parse.main,
    "rules": rules.main,
    "search": search.main,
    "site": site.main,
}


def main(arguments: list[str]) -> int:
    """Run the named bench, or all of them."""
    if arguments and arguments[0] not in BENCHES:
        print(f"bench: {arguments[0]!r} is not known; there are: {', '.join(BENCHES)}", file=sys.stderr)
        return 2
    chosen = [BENCHES[arguments[0]]] if arguments else list(BENCHES.values())
    for bench in chosen:
        bench(arguments[1:])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
