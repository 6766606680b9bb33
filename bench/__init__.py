"""Benchmarks of the whole site and of its books, printed as ratios: ``python -m bench``."""
