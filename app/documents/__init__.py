"""The essay's text format: its rules, one parse, and what is made from that."""
