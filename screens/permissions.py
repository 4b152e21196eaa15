"""Who keeps screens, and who sees how they are."""

import rules

from people.models import Role
from people.permissions import has_role

rules.add_perm("screens.keep_screens", has_role(Role.ADMINISTRATOR, Role.EDITOR))
rules.add_perm(
    "screens.see_screens",
    has_role(Role.ADMINISTRATOR, Role.EDITOR, Role.EXECUTIVE, Role.AUDITOR, Role.HR),
)
