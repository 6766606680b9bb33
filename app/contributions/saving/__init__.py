"""Saving a draft so that nobody loses a word: by itself, by several at once, kept versions."""
