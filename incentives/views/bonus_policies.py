"""A pool's bonus policies: what held, what holds, and a new one from a day on."""

from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from incentives.forms.policies import BonusPolicyForm
from incentives.models import Pool
from incentives.services.bonus_policies import BonusPolicyRefused, terms_for, terms_of
from incentives.services.policy_words import first_governed, set_and_tell, terms_in_words
from incentives.services.years import fiscal_year
from people.views.acts import look_then_act

MAY_SEE = ("incentives.set_bonus_policy", "incentives.see_bonus_runs")


@login_required
def index(request, code: str):
    """Every policy of a pool, the newest first, with who, when and why."""
    if not any(request.user.has_perm(permission) for permission in MAY_SEE):
        raise PermissionDenied
    pool = get_object_or_404(Pool, code=code)
    history = [
        {
            "policy": policy,
            "first_year": first_governed(policy.from_date),
            "rules": terms_in_words(terms_of(policy), currency=pool.currency),
        }
        for policy in pool.bonus_policies.select_related("made_by__employee").order_by("-from_date")
    ]
    return render(request, "incentives/bonus_policies.html", {"pool": pool, "history": history})


@login_required
@permission_required("incentives.set_bonus_policy", raise_exception=True)
def set_policy(request, code: str):
    """A new policy: its effects in words first."""
    pool = get_object_or_404(Pool, code=code)
    today = timezone.localdate()
    begun = terms_for(pool, fiscal_year(today))
    form = BonusPolicyForm(
        request.POST or None, pool=pool, initial=BonusPolicyForm.showing(begun, pool.currency)
    )
    return look_then_act(
        request, form,
        lambda **_said: set_and_tell(
            pool, form.terms, from_date=form.cleaned_data["from_date"],
            reason=form.cleaned_data["reason"], by=request.user,
        ),
        title=_("New bonus policy of pool %(pool)s") % {"pool": pool}, button=_("Set the policy"),
        back=reverse("bonus-policies", args=[pool.code]), back_text=_("Bonus policies"),
        lead=_("A year follows the policy in force on its first day, so that what is promised when"
               " it begins holds."),
        private=True, refusals=(BonusPolicyRefused,),
    )  # fmt: skip
