"""Documents read into a draft."""
