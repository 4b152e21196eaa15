"""This app's entry in the menu."""

from django.utils.translation import gettext_lazy as _

from people.menu import COMPANY, Entry

ENTRIES = (Entry("screens", _("Office screens"), COMPANY, "screens.see_screens"),)
