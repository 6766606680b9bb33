"""Figures of an essay: uploaded, kept by content, served to whoever may read it."""
