"""This app's entries in the menu."""

from django.utils.translation import gettext_lazy as _

from people.menu import COMPANY, Entry

ENTRIES = (
    Entry("stories", _("Stories"), COMPANY),
    Entry("you-said-we-did", _("You said, we did"), COMPANY),
    Entry("search", _("Search"), COMPANY),
    Entry("wagtailadmin_home", _("Write"), COMPANY, "people.edit_content"),
)
