"""Facts that what stands above the services reacts to; sent after commit."""

from django.dispatch import Signal

nomination_published = Signal()
"""Praise was published, and those concerned wait to be told."""
