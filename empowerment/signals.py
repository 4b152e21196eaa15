"""Facts that are told after the commit; each names the case by `case_id`."""

from django.dispatch import Signal

case_asked = Signal()
case_decided = Signal()
