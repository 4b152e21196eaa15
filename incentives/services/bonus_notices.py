"""What people are told of bonus runs and of a pool's years."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.models import BonusRun, PoolYearAct
from people.models import Role, User
from people.services.notices import Facts, Kind, News, Way, register, tell, tell_all
from people.services.recipients import holders_of, leads

DECIDES = frozenset({Role.FINANCE, Role.EXECUTIVE})


def _factors_wanted(facts: Facts) -> str:
    text = _("The bonus of %(year)s is drafted: propose factors for your departments.")
    return text % {"year": facts["year"]}


def _act_proposed(facts: Facts) -> str:
    return _("%(act)s: pool %(pool)s, %(year)s. It waits for somebody to decide.") % _named(facts)


def _act_decided(facts: Facts) -> str:
    if facts["state"] == PoolYearAct.State.DONE:
        text = _("Approved as you proposed: %(act)s, pool %(pool)s, %(year)s.")
    else:
        text = _("Refused: %(act)s, pool %(pool)s, %(year)s.")
    return text % _named(facts)


def _named(facts: Facts) -> dict:
    return {**facts, "act": PoolYearAct.Kind(facts["kind"]).label}


FACTORS_WANTED = Kind(
    "factors-wanted", gettext_lazy("Factors of a bonus are wanted"), _factors_wanted,
    way=Way.AT_ONCE, roles=frozenset({Role.LEAD}),
)  # fmt: skip
ACT_PROPOSED = Kind(
    "year-act-proposed", gettext_lazy("A pool's year waits for a decision"), _act_proposed,
    way=Way.AT_ONCE, roles=DECIDES,
)  # fmt: skip
ACT_DECIDED = Kind(
    "year-act-decided", gettext_lazy("Your proposal for a pool's year was decided"), _act_decided,
    roles=frozenset({Role.FINANCE}),
)  # fmt: skip
register(FACTORS_WANTED, ACT_PROPOSED, ACT_DECIDED)


def tell_leads_of_draft(run: BonusRun) -> None:
    """Those who lead a department with a share, once a run, when its policy has their factors."""
    if not run.policy["manager_factor"]:
        return
    departments = set(run.shares.order_by().values_list("department", flat=True))
    facts, path = {"year": run.year}, reverse("factors", args=[run.pk])
    tell_all(
        FACTORS_WANTED,
        [
            News(user, f"factors:{run.pk}", facts, path)
            for user in leads(departments, on=run.through)
        ],
    )


def tell_of_act(act: PoolYearAct) -> None:
    """Those who may decide, but not who proposed."""
    tell_all(
        ACT_PROPOSED,
        [
            News(user, f"year-act:{act.pk}", _facts(act), _page(act))
            for user in holders_of(*DECIDES, but_not=[act.made_by_id])
        ],
    )


def tell_of_act_decided(act: PoolYearAct, *, by: User) -> None:
    if act.made_by_id != by.pk and not act.made_by.is_system:
        tell(
            act.made_by, ACT_DECIDED, key=f"year-act:{act.pk}:decided", facts=_facts(act),
            path=_page(act),
        )  # fmt: skip


def _facts(act: PoolYearAct) -> dict:
    return {
        "pool": act.pool.code, "year": act.year, "kind": str(act.kind), "state": str(act.state),
    }  # fmt: skip


def _page(act: PoolYearAct) -> str:
    return reverse("pool", args=[act.pool.code, act.year])
