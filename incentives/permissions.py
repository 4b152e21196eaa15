"""Who may do what with figures, targets, days and pools."""

import rules

from people.models import Role
from people.permissions import has_role, is_active_account

rules.add_perm("incentives.see_results", is_active_account)
rules.add_perm("incentives.enter_figures", has_role(Role.LEAD, Role.ADMINISTRATOR))
rules.add_perm("incentives.import_results", has_role(Role.LEAD, Role.HR, Role.ADMINISTRATOR))
rules.add_perm("incentives.set_targets", has_role(Role.HR, Role.ADMINISTRATOR))
rules.add_perm(
    "incentives.back_test", has_role(Role.HR, Role.ADMINISTRATOR, Role.EXECUTIVE, Role.FINANCE)
)
rules.add_perm(
    "incentives.propose_restatement", has_role(Role.HR, Role.FINANCE, Role.ADMINISTRATOR)
)
rules.add_perm("incentives.approve_restatement", has_role(Role.FINANCE, Role.EXECUTIVE))
rules.add_perm("incentives.excuse", has_role(Role.HR, Role.EXECUTIVE, Role.ADMINISTRATOR))
rules.add_perm(
    "incentives.confirm_figures", has_role(Role.LEAD, Role.HR, Role.FINANCE, Role.ADMINISTRATOR)
)
rules.add_perm("incentives.audit", has_role(Role.AUDITOR))
