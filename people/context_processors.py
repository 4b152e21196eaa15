"""What every page's frame shows: only what this person may open."""

import rules
from django.utils.translation import gettext_lazy as _

from people.services.importing import importers

LINKS = [
    ("figures", _("Figures"), "incentives.enter_figures"),
    ("days", _("Days"), ""),
    ("departments", _("Departments"), ""),
    ("pools", _("Pools"), ""),
    ("imports", _("Imports"), "import"),
    ("held-figures", _("To confirm"), "incentives.confirm_figures"),
    ("restatements", _("Corrections"), "restatements"),
    ("back-test", _("Back-test"), "incentives.back_test"),
    ("wagtailadmin_home", _("Write"), "people.edit_content"),
]
RESTATEMENTS = (
    "incentives.propose_restatement", "incentives.approve_restatement", "incentives.audit",
)  # fmt: skip


def navigation(request) -> dict:
    """`navigation`: (name of the address, title) pairs."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"navigation": []}
    return {
        "navigation": [(name, title) for name, title, right in LINKS if _may(user, right)],
    }


def _may(user, right: str) -> bool:
    """By the predicates alone: asking the user would also read Django's permission tables."""
    if right == "import":
        return any(rules.has_perm(importer.permission, user) for importer in importers())
    if right == "restatements":
        return any(rules.has_perm(permission, user) for permission in RESTATEMENTS)
    return not right or rules.has_perm(right, user)
