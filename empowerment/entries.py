"""This app's entries in the menu."""

from people.menu import Entry

ENTRIES: tuple[Entry, ...] = ()
