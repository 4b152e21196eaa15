"""What people are told of a bonus run on its way: who decides, who proposed, everybody with a
share."""

from collections.abc import Iterable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from incentives.models import BonusRun
from people.models import Role, User
from people.services.notices import Facts, Kind, News, Way, register, tell, tell_all

DECIDES = frozenset({Role.FINANCE, Role.EXECUTIVE})


def _waits(facts: Facts) -> str:
    return _("The bonus of %(year)s (pool %(pool)s) waits for your approval.") % facts


def _sent_back(facts: Facts) -> str:
    return _("The bonus of %(year)s (pool %(pool)s) was sent back: %(why)s") % facts


def _ready(facts: Facts) -> str:
    text = _("The bonus of %(year)s is approved: your statement shows how your share came about.")
    return text % facts


def _void(facts: Facts) -> str:
    return _("The bonus of %(year)s was taken back: your statement does not hold any more.") % facts


WAITS = Kind(
    "bonus-waits", gettext_lazy("A bonus waits for approval"), _waits, way=Way.AT_ONCE,
    roles=DECIDES,
)  # fmt: skip
SENT_BACK = Kind(
    "bonus-sent-back", gettext_lazy("The bonus you proposed was sent back"), _sent_back,
    way=Way.AT_ONCE, roles=frozenset({Role.FINANCE}),
)  # fmt: skip
READY = Kind("statement-ready", gettext_lazy("Your bonus statement is ready"), _ready)
VOID = Kind("statement-void", gettext_lazy("Your bonus statement does not hold any more"), _void)
register(WAITS, SENT_BACK, READY, VOID)


def tell_of_proposal(run: BonusRun, *, approvers: Iterable[User]) -> None:
    """Those who may approve it; once more when it is proposed again."""
    key, path = f"bonus:{run.pk}:proposed:{run.proposed_at}", reverse("bonus-run", args=[run.pk])
    tell_all(WAITS, [News(user, key, _facts(run), path) for user in approvers])


def tell_of_sending_back(run: BonusRun, *, why: str, by: User) -> None:
    """Who had proposed it; `run` as it was then."""
    if run.proposed_by is None or run.proposed_by == by:
        return
    tell(
        run.proposed_by, SENT_BACK, key=f"bonus:{run.pk}:back:{run.proposed_at}",
        facts={**_facts(run), "why": why}, path=reverse("bonus-run", args=[run.pk]),
    )  # fmt: skip


def tell_of_statements(run: BonusRun) -> None:
    """Everybody with a share, be it nothing: the statement says why."""
    tell_all(READY, _news_for_all(run, key=f"bonus:{run.pk}:ready"))


def tell_of_void(run: BonusRun) -> None:
    """Everybody who was told of a statement."""
    tell_all(VOID, _news_for_all(run, key=f"bonus:{run.pk}:void"))


def _news_for_all(run: BonusRun, *, key: str) -> Iterator[News]:
    path, facts = reverse("my-statement", args=[run.pool.code, run.year]), _facts(run)
    sharing = User.objects.filter(employee__bonus_shares__run=run, is_active=True)
    for user in sharing.order_by("pk").iterator(chunk_size=2000):
        yield News(user, key, facts, path)


def _facts(run: BonusRun) -> Facts:
    return {"pool": run.pool.code, "year": run.year}
