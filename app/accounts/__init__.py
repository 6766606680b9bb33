"""People: accounts, roles, sign-in, profile."""
