"""Moderation: queues, claims, decisions."""
