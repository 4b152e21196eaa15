"""Office screens: which there are, what each is to show, and what it was seen to show."""

from screens.models.playlists import Emergency, EmergencyText, Playlist, Showing
from screens.models.screens import Contact, Painted, Pairing, Screen
from screens.models.snapshots import Change, Current, Snapshot, Withdrawal

__all__ = [
    "Change",
    "Contact",
    "Current",
    "Emergency",
    "EmergencyText",
    "Painted",
    "Pairing",
    "Playlist",
    "Screen",
    "Showing",
    "Snapshot",
    "Withdrawal",
]
