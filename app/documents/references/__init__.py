"""The works an essay refers to: read from what authors paste, kept as data, formatted once."""
