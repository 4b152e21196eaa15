"""This app's entries in the menu."""

from django.utils.translation import gettext_lazy

from people.menu import ACCOUNT, PEOPLE, Entry

ENTRIES: tuple[Entry, ...] = (
    Entry("cases", gettext_lazy("Cases"), PEOPLE, "empowerment.list_cases"),
    Entry("my-cases", gettext_lazy("My cases"), ACCOUNT, "empowerment.spend"),
)
