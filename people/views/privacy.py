"""What is kept about people: the log of changes, one's own data, and forgetting somebody."""

from django.contrib.auth.decorators import login_required, permission_required
from django.utils.translation import gettext as _

from people.filters import AuditFilter
from people.lists import show_list
from people.permissions import log_for
from people.tables import AuditTable


@login_required
@permission_required("people.see_log", raise_exception=True)
def log(request):
    return show_list(
        request, AuditTable, log_for(request.user), title=_("Log of changes"), filters=AuditFilter
    )
