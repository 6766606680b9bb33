"""Contributions: drafts, revisions, authors, states, intake, and the published text."""
