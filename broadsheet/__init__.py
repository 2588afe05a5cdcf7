"""Broadsheet: raw dumps of research-paper listings in, daily digests that people trust out.

The folder names are the data flow: sources -> identity -> store, changes -> rules -> digest -> render -> deliver,
over types and errors. pipeline puts them in order; cli and flows call pipeline. Nothing here knows Prefect.
"""

__version__ = "0.1.0"
