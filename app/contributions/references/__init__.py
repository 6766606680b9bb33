"""The works an essay refers to."""
