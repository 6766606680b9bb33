"""Editions of the conference, their call windows, tracks, themes and questions."""
