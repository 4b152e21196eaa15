"""This app's entries in the menu."""

import rules
from django.utils.translation import gettext_lazy as _

from people.menu import ACCOUNT, COMPANY, FRONT, PEOPLE, Entry
from people.models import User
from people.services.importing import importers


def imports_something(user: User) -> bool:
    return any(rules.has_perm(importer.permission, user) for importer in importers())


def is_employee(user: User) -> bool:
    return hasattr(user, "employee")


ENTRIES = (
    Entry("today", _("Today"), FRONT),
    Entry("people", _("Colleagues"), PEOPLE),
    Entry("roles", _("Roles"), COMPANY, "people.see_roles"),
    Entry("salary-looks", _("Who saw salaries"), COMPANY, "people.see_salary_looks"),
    Entry("audit", _("Log of changes"), COMPANY, "people.see_log"),
    Entry("organisation", _("Organisation"), PEOPLE),
    Entry("sites", _("Sites"), PEOPLE, "people.see_sites"),
    Entry("imports", _("Imports"), PEOPLE, imports_something),
    Entry("mails", _("Mail not delivered"), COMPANY, "people.decide_on_mails"),
    Entry("notices", _("Notices"), ACCOUNT),
    Entry("shown", _("My name and photo"), ACCOUNT, is_employee),
    Entry("devices", _("My devices"), ACCOUNT),
    Entry("my-data", _("My data"), ACCOUNT, is_employee),
)
