"""A verdict in plain words: why a day did or did not hit."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from incentives import rules
from incentives.models import BonusPolicy, DayVerdict, PoolPolicy
from incentives.services.bonus_policies import Terms
from incentives.services.splitting import percent
from people.models import LeaveKind
from people.money import money

NAMES_SHOWN = 4


def judgement(verdict: DayVerdict) -> dict:
    """A verdict's numbers; `share` is a percentage cut to one decimal, for show only."""
    names = (
        "due", "met", "missed", "awaited", "excused", "counted", "met_weight", "counted_weight",
        "needed", "hit", "mode", "unreported", "threshold_bp",
    )  # fmt: skip
    return {name: getattr(verdict, name) for name in names} | {"share": share(verdict)}


def share(verdict: DayVerdict) -> str:
    """Cut and not rounded, so that 94.96 never shows as 95.0; empty when nothing counts."""
    if not verdict.counted_weight:
        return ""
    tenths = 1000 * verdict.met_weight // verdict.counted_weight
    return f"{tenths // 10}.{tenths % 10}"


def explain(numbers: Mapping, missed: Sequence[str]) -> str:
    """“18 of 20 goals met, 19 needed; Claims and Billing missed.”"""
    if numbers["hit"] is None:
        return _("No goal counts, so there is no verdict.")
    values = {"met": numbers["met_weight"], "of": numbers["counted_weight"], "n": numbers["needed"]}
    if numbers["mode"] == rules.Mode.WEIGHTED:
        parts = [_("weight %(met)s of %(of)s met, %(n)s needed") % values]
    else:
        parts = [_("%(met)s of %(of)s goals met, %(n)s needed") % values]
    if missed:
        parts.append(_("%(names)s missed") % {"names": listed(missed)})
    if numbers["awaited"]:
        parts.append(_awaited_in_words(numbers))
    if numbers["excused"]:
        parts.append(
            ngettext("%(n)s goal excused", "%(n)s goals excused", numbers["excused"])
            % {"n": numbers["excused"]}
        )
    return _("%(sentence)s.") % {"sentence": _("; ").join(parts)}


def _awaited_in_words(numbers: Mapping) -> str:
    left_out = numbers["counted"] == numbers["due"] - numbers["excused"] - numbers["awaited"]
    if left_out:
        text = ngettext(
            "%(n)s figure not reported and left out",
            "%(n)s figures not reported and left out",
            numbers["awaited"],
        )
    else:
        text = ngettext("%(n)s figure awaited", "%(n)s figures awaited", numbers["awaited"])
    return text % {"n": numbers["awaited"]}


def listed(names: Sequence[str]) -> str:
    """“A, B and C”; beyond four names the rest is counted."""
    shown, more = list(names[:NAMES_SHOWN]), len(names) - NAMES_SHOWN
    if more > 0:
        shown.append(_("%(n)s more") % {"n": more})
    if len(shown) == 1:
        return shown[0]
    return _("%(most)s and %(last)s") % {"most": _(", ").join(shown[:-1]), "last": shown[-1]}


def rule_in_words(numbers: Mapping) -> str:
    """The rule that decides how much is paid, printed with every verdict."""
    threshold = rules.unscaled(numbers["threshold_bp"] * 10 ** (rules.SCALE_DIGITS - 2), 0)
    if numbers["unreported"] == rules.Unreported.LEAVE_OUT:
        text = _("A day hits with %(t)s%% of its goals; goals without a figure are left out.")
    else:
        text = _("A day hits with %(t)s%% of its goals; goals without a figure count as missed.")
    return text % {"t": f"{threshold:f}"}


def policy_in_words(policy: PoolPolicy | None) -> str:
    """What a pool's policy says, in one sentence."""
    if policy is None:
        return _("No policy holds yet.")
    kinds = PoolPolicy.Kind
    if policy.contribution_kind == kinds.PAYROLL:
        pays = _("%(n)s basis points of the day's payroll") % {"n": policy.contribution_amount}
    else:
        amount = money(policy.contribution_amount, policy.pool.currency)
        pays = (
            _("%(amount)s a head") if policy.contribution_kind == kinds.PER_HEAD else "%(amount)s"
        )
        pays = pays % {"amount": amount}
    scope = policy.scope.name if policy.scope else _("the whole company")
    return " ".join(
        [
            _("Since %(day)s, for %(scope)s: a hit day pays %(pays)s.")
            % {"day": policy.from_date, "scope": scope, "pays": pays},
            rule_in_words({"threshold_bp": policy.threshold_bp, "unreported": policy.unreported}),
        ]
    )


def bonus_terms_in_words(terms: Terms, currency: str) -> list[str]:
    """What a bonus policy says, a sentence a rule."""
    leave = [LeaveKind(kind).label for kind in terms.excluded_leave]
    sentences = [
        _("Each hit day belongs to those who worked in the pool's scope on that day, in proportion"
          " to salary and working time."),
        _("Nobody gets more than %(cap)s%% of the salary (%(basis)s).")
        % {"cap": percent(terms.cap_bp), "basis": BonusPolicy.CapBasis(terms.cap_basis).label},
        _("Leavers: %(rule)s.") % {"rule": BonusPolicy.Leavers(terms.leavers).label},
        _("Days of %(kinds)s earn nothing.") % {"kinds": listed([str(name) for name in leave])}
        if leave else _("Days of leave earn like any other."),
    ]  # fmt: skip
    if terms.department_factor:
        sentences.append(_("A department's own goals met over the year weigh its shares."))
    if terms.manager_factor:
        text = _("Leads may give up to %(band)s%% more or less; what some get more, others of the"
                 " department get less.")  # fmt: skip
        sentences.append(text % {"band": percent(terms.manager_band_bp)})
    if terms.negative_limit_minor:
        text = _("A debt of up to %(limit)s is carried into the next year.")
        sentences.append(text % {"limit": money(terms.negative_limit_minor, currency)})
    return sentences
