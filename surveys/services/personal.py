"""What this app keeps about a person: that they were invited, and never more.

Whether they took their ballot is left out: HR hands this file out, and would learn who took part.
Each reads it of themself among their polls.
"""

from django.utils.translation import gettext_lazy as _

from people.services.personal import rows_of
from surveys.models import Action, FocusArea, Invitation, Wave, Wording

PARTS = (
    rows_of("poll-invitations", _("Polls you were invited to"), Invitation, "employee",
            without=("claimed",)),
    rows_of("poll-actions", _("Actions after polls"), Action, "owner"),
    rows_of("focus-areas", _("Focus areas named"), FocusArea, "made_by"),
    rows_of("polls-made", _("Polls made"), Wave, "made_by",
            without=("hr_key", "staff_key", "hr_holder", "staff_holder")),
    rows_of("poll-keys", _("Polls whose key you hold"), Wave, "staff_holder",
            without=("hr_key", "staff_key", "hr_holder", "made_by")),
    rows_of("wordings", _("Wordings of poll questions"), Wording, "made_by"),
)  # fmt: skip
