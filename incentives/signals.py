"""Facts that upper apps may react to; sent after commit."""

from django.dispatch import Signal

day_closed = Signal()
"""A day got a provisional or final verdict: `date`."""

day_restated = Signal()
"""A final day was corrected: `date`."""
