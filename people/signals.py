"""Facts that what stands above the services reacts to; sent after commit."""

from django.dispatch import Signal

mail_queued = Signal()
"""Mails wait in the outbox."""

consent_changed = Signal()
"""Somebody agreed otherwise to be named or shown: `employee_id`."""
