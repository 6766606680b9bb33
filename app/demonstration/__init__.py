"""The demonstration: two editions, people for every role, essays in ten languages, a volume.

Everything is brought in through the same operations as by people, at the moments it would have
happened, so that it has its revisions, decisions, mails and audit entries like anything else.
"""

from app.demonstration.load import is_loaded, load

__all__ = ["is_loaded", "load"]
