"""This app's entries in the menu."""

from django.utils.translation import gettext_lazy as _

from people.menu import ACCOUNT, PEOPLE, Entry

ENTRIES: tuple[Entry, ...] = (
    Entry("polls", _("Polls"), PEOPLE, "surveys.see_polls"),
    Entry("poll-results", _("Poll results"), PEOPLE, "surveys.see_results"),
    Entry("actions", _("Actions after polls"), PEOPLE, "surveys.see_actions"),
    Entry("my-polls", _("My polls"), ACCOUNT, "surveys.vote"),
    Entry("my-actions", _("My actions"), ACCOUNT, "surveys.own_actions"),
)
