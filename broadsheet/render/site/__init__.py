"""The published site: pages about days, profiles, papers and sources, from values that the store filled.

    names.py      where each page lies            frame.py      what every page has around it
    days.py       a day, a profile                papers.py     a paper; difference.py: what changed in a text
    overview.py   today, sources, feeds, 404      search_data.py   what the search looks through

Pure but for reading the templates: knows no store and no clock. Imported by its modules, so that the feeds can ask for
names without all the rest.
"""
