"""In which currencies each site's people spend."""

from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from empowerment.forms.limits import CurrenciesForm
from empowerment.services.limit_reading import sites_with_currencies
from empowerment.services.limit_telling import set_currencies_and_tell
from empowerment.services.limits import LimitRefused
from empowerment.tables.limits import SiteCurrenciesTable
from people import second_factor
from people.lists import show_list
from people.models import Site
from people.views.acts import asked, look_then_act


@login_required
@permission_required("empowerment.see_all_limits", raise_exception=True)
def index(request: HttpRequest) -> HttpResponse:
    return show_list(
        request, SiteCurrenciesTable, sites_with_currencies(on=timezone.localdate()),
        title=_("Currencies of sites"), may_set=request.user.has_perm("empowerment.set_limits"),
        lead=_("In which currencies people spend on customers; the first is offered. Where none is"
               " named, in whatever they have limits for."),
        shown={"back": reverse("limits"), "back_text": _("Empowerment limits")},
    )  # fmt: skip


@login_required
@permission_required("empowerment.set_limits", raise_exception=True)
@second_factor.shown_again
def set_for(request: HttpRequest, code: str) -> HttpResponse:
    site = get_object_or_404(Site, code=code)
    return look_then_act(
        request, asked(request, CurrenciesForm),
        lambda **said: set_currencies_and_tell(
            site, **said, by=request.user, now=timezone.now()
        ),
        title=_("Currencies of %(site)s") % {"site": site}, button=_("Set the currencies"),
        back=reverse("site-currencies"), back_text=_("Currencies of sites"), private=True,
        refusals=(LimitRefused,),
    )  # fmt: skip
