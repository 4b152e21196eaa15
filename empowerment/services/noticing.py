"""What was noticed about a case, in plain words and in the reader's language, and what it may be:
never more than the figures say."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from empowerment.models import Review
from people.money import money

Facts = Mapping[str, Any]
Why = Review.Why

MAY_BE: dict[str, Promise] = {
    Why.SAMPLE: gettext_lazy("Every case can be drawn. It says nothing about this one."),
    Why.SPLIT: gettext_lazy(
        "Two things may have gone wrong on one day. If one needs more than the limit: ask your"
        " lead, the answer comes back within the clock."
    ),
    Why.JUST_UNDER: gettext_lazy(
        "It may be what things cost. If needs are often larger than the limit, the limit may be"
        " too low."
    ),
    Why.SAME_CUSTOMER: gettext_lazy(
        "This customer may have had bad luck, and may need something else than money."
    ),
    Why.RETURNED: gettext_lazy(
        "Typing mistakes are put right like this, and goods do come back. Money that came back may"
        " be spent again, so a look at the receipts helps."
    ),
    Why.FAR: gettext_lazy(
        "Somebody may have the hardest customers, or use well what others leave unused."
    ),
}


def noticed(review: Review) -> str:
    """The facts as sentences."""
    return _SENTENCES[review.why](review.facts)


def may_be(review: Review) -> str:
    """What it may mean, none of it bad."""
    return str(MAY_BE[review.why])


def _sample(_facts: Facts) -> str:
    return _("Drawn by lot.")


def _split(facts: Facts) -> str:
    currency = facts["currency"]
    said = {
        "n": number_format(facts["count"]), "total": money(facts["total_minor"], currency),
        "limit": money(facts["limit_minor"], currency),
    }  # fmt: skip
    if facts["measure"] == "case":
        text = _(
            "%(n)s cases for one customer within 24 hours, together %(total)s; one case may be at"
            " most %(limit)s."
        )
    else:
        text = _(
            "%(n)s cases for one customer within 24 hours, together %(total)s; one colleague may"
            " spend at most %(limit)s on a customer."
        )
    return _with_people(text % said, facts["people"])


def _just_under(facts: Facts) -> str:
    currency = facts["currency"]
    text = _(
        "%(n)s of %(of)s amounts in %(days)s days are round and between %(from)s and the limit of"
        " %(limit)s; by the other amounts, about %(expected)s would be usual."
    )
    return text % {
        "n": number_format(facts["count"]), "of": number_format(facts["of"]),
        "days": facts["days"], "from": money(facts["from_minor"], currency),
        "limit": money(facts["limit_minor"], currency),
        "expected": number_format(facts["expected"]),
    }  # fmt: skip


def _same_customer(facts: Facts) -> str:
    total = _added(facts["totals_minor"])
    text = _("%(n)s cases for one customer in %(days)s days, together %(total)s.")
    said = {"n": number_format(facts["count"]), "days": facts["days"], "total": total}
    return _with_people(text % said, facts["people"])


def _far(facts: Facts) -> str:
    currency = facts["currency"]
    if facts["among"] == "department":
        text = _(
            "%(total)s in %(n)s cases in %(days)s days. Of the %(peers)s colleagues in the"
            " department who spent something, half spent %(usual)s or less, and had %(usual_n)s"
            " cases or fewer."
        )
    else:
        text = _(
            "%(total)s in %(n)s cases in %(days)s days. Of the %(peers)s colleagues with the same"
            " job who spent something, half spent %(usual)s or less, and had %(usual_n)s cases or"
            " fewer."
        )
    return text % {
        "total": money(facts["net_minor"], currency), "n": number_format(facts["count"]),
        "days": facts["days"], "peers": number_format(facts["peers"]),
        "usual": money(facts["usual_minor"], currency),
        "usual_n": number_format(facts["usual_count"]),
    }  # fmt: skip


def _returned(facts: Facts) -> str:
    text = _(
        "%(n)s times in %(days)s days money was said to have come back, together %(total)s; no card"
        " statement shows it yet."
    )
    return text % {
        "n": number_format(facts["count"]), "days": facts["days"],
        "total": _added(facts["totals_minor"]),
    }  # fmt: skip


def _added(totals_minor: Mapping[str, int]) -> str:
    """Amounts in several currencies, one beside the other."""
    return " + ".join(money(amount, currency) for currency, amount in sorted(totals_minor.items()))


def _with_people(text: str, people: int) -> str:
    if people == 1:
        return text
    more = ngettext(
        "%(people)s colleague entered them.", "%(people)s colleagues entered them.", people
    )
    return f"{text} {more % {'people': people}}"


_SENTENCES: dict[str, Callable[[Facts], str]] = {
    Why.SAMPLE: _sample,
    Why.SPLIT: _split,
    Why.JUST_UNDER: _just_under,
    Why.SAME_CUSTOMER: _same_customer,
    Why.FAR: _far,
    Why.RETURNED: _returned,
}
