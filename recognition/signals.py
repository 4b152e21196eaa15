"""Facts that what stands above the services reacts to; sent after commit."""

from django.dispatch import Signal

nomination_published = Signal()
"""Praise was published, and those concerned wait to be told."""

award_granted = Signal()
"""`award_id`: those it names have won it."""
award_taken_back = Signal()
"""`award_id`: it does not count any more, granted or not."""
deliveries_queued = Signal()
"""Messages to other programs wait."""
