"""The menu: each app registers its addresses; everybody is shown only what they may open."""

from collections.abc import Callable
from dataclasses import dataclass, field

import rules
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from people.models import User

FRONT, MONEY, PEOPLE, COMPANY, ACCOUNT = range(5)
"""The groups of the menu; FRONT stands without a title, ACCOUNT under the person's name."""

TITLES = {FRONT: "", MONEY: _("Money"), PEOPLE: _("People"), COMPANY: _("Company")}


@dataclass(frozen=True)
class Entry:
    """An address's name, its title, and who may see it: a permission, several, or a function."""

    name: str
    title: str | Promise
    group: int
    needs: str | tuple[str, ...] | Callable[[User], bool] = ()

    @property
    def address(self) -> str:
        return reverse(self.name)

    def is_for(self, user: User) -> bool:
        """By the predicates alone: asking the user would also read Django's permission tables."""
        if callable(self.needs):
            return self.needs(user)
        needs = (self.needs,) if isinstance(self.needs, str) else self.needs
        return not needs or any(rules.has_perm(permission, user) for permission in needs)


@dataclass
class MenuGroup:
    title: str | Promise
    links: list[Entry] = field(default_factory=list)


_entries: list[Entry] = []


def register(*entries: Entry) -> None:
    known = {entry.name for entry in _entries}
    _entries.extend(entry for entry in entries if entry.name not in known)


def menu_for(user: User) -> list[MenuGroup]:
    groups = {number: MenuGroup(title) for number, title in TITLES.items()}
    for entry in _entries:
        if entry.group in groups and entry.is_for(user):
            groups[entry.group].links.append(entry)
    return [group for group in groups.values() if group.links]


def account_links_for(user: User) -> list[Entry]:
    return [entry for entry in _entries if entry.group == ACCOUNT and entry.is_for(user)]
