"""Shared Flask: transaction, sign-in, languages in addresses, forms, error pages, headers."""
