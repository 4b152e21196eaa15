"""What was noticed about a case, for who may read it."""

from typing import Any

import rules
from django import template

from empowerment.models import Case, Review
from empowerment.services.noticing import may_be, noticed

register = template.Library()
for sentence in (noticed, may_be):
    register.filter(sentence)


@register.inclusion_tag("empowerment/case_reviews.html", takes_context=True)
def case_reviews(context: dict[str, Any], case: Case) -> dict[str, Any]:
    """The section on a case's page: all of it for who looks at the case and who reads all;
    whoever spent the money reads what was noticed once somebody has looked."""
    user = context["request"].user
    is_own = rules.has_perm("empowerment.own_case", user, case)
    reviews: list[Review] = []
    if case.spent_on:
        found = case.reviews.filter(reviewed_at__isnull=False) if is_own else case.reviews.all()
        reviews = list(found)
    looks = bool(case.spent_on) and rules.has_perm("empowerment.review_case", user, case)
    return {
        "case": case, "reviews": reviews,
        "may_review": looks and any(each.reviewed_at is None for each in reviews),
        "may_comment": looks or (is_own and rules.has_perm("empowerment.comment_case", user, case)),
        "is_own": is_own,
    }  # fmt: skip
