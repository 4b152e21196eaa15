"""Dated settings: which value holds on a day, and setting a new one."""

import re
from collections.abc import Callable
from datetime import date, time

from django.db import transaction

from people.models import Policy, User
from people.services import audit
from people.services.rule_changes import change_rules


def _month_and_day(text: str) -> str:
    if not re.fullmatch(r"\d\d-\d\d", text):
        raise ValueError(text)
    # 2001 has no 29 February, and a year that begins on it would not come every year.
    date.fromisoformat(f"2001-{text}")
    return text


def _time(text: str) -> str:
    time.fromisoformat(text)
    return text


def _minutes(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= 10_080):
        raise ValueError(text)
    return text


def _percent(text: str) -> str:
    if not (text.isascii() and text.isdigit() and int(text) <= 100):
        raise ValueError(text)
    return text


def _audience(text: str) -> str:
    # Public is for people to say themselves, one by one.
    if text not in ("nobody", "team", "staff"):
        raise ValueError(text)
    return text


def _on_or_off(text: str) -> str:
    if text not in ("on", "off"):
        raise ValueError(text)
    return text


def _accounts(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}/[A-Za-z0-9][A-Za-z0-9._-]{0,39}", text):
        raise ValueError(text)
    return text


ACCOUNTS = "a debit and a credit account as DEBIT/CREDIT, for example 4830/1361"
KNOWN: dict[str, tuple[str, Callable[[str], str], str]] = {
    "fiscal_year_start": ("01-01", _month_and_day, "month and day as MM-DD, for example 04-01"),
    "names_shown": ("team", _audience, "nobody, team or staff: where names stand until people say"),
    "answer_minutes": ("60", _minutes, "whole minutes from 1 to 10080 (a week), for example 60"),
    "review_percent": ("5", _percent, "a whole percentage from 0 to 100, for example 5"),
    "accounts_refund": ("customer-care/receivables", _accounts, ACCOUNTS),
    "accounts_goods": ("customer-care/purchase-cards", _accounts, ACCOUNTS),
    "accounts_gesture": ("customer-care/purchase-cards", _accounts, ACCOUNTS),
    "accounts_waiver": ("customer-care/receivables", _accounts, ACCOUNTS),
    "posting_time": ("07:00", _time, "a time as HH:MM on the next morning, for example 07:00"),
    "public_page": ("off", _on_or_off, "on or off: whether everybody may read /public/"),
    "cut_off": ("12:00", _time, "a time as HH:MM on the next working day, for example 12:00"),
}
"""Each policy's default, its check and the form it takes."""


def in_force(name: str, *, on: date) -> str:
    """The value of a policy on a day, or its default."""
    default = KNOWN[name][0]
    row = Policy.objects.filter(name=name, from_date__lte=on).order_by("-from_date").first()
    return row.value if row else default


Refusal = Callable[[date], str]
_refusals: dict[str, list[Refusal]] = {}


def refuse_when(name: str, refusal: Refusal) -> None:
    """Apps above know what a policy has already decided: `refusal(from_date)` says it, or ""."""
    _refusals.setdefault(name, []).append(refusal)


@transaction.atomic
def set_policy(name: str, value: str, *, from_date: date, reason: str, by: User) -> Policy:
    """A new value from a day on. Raises ValueError for an unknown name or a wrong value."""
    if name not in KNOWN:
        raise ValueError(f"“{name}” is not a policy; known are {', '.join(sorted(KNOWN))}")
    _default, check, form = KNOWN[name]
    try:
        check(value)
    except ValueError as error:
        raise ValueError(f"“{value}” does not fit {name}: write {form}") from error
    change_rules()
    for refusal in _refusals.get(name, []):
        said = refusal(from_date)
        if said:
            raise ValueError(said)
    before = in_force(name, on=from_date)
    policy, _made = Policy.objects.update_or_create(
        name=name, from_date=from_date, defaults={"value": value, "reason": reason, "made_by": by}
    )
    audit.record(
        "set_policy", by=by, subject=f"policy:{name}:{from_date}", before=before, after=value,
        why=reason,
    )  # fmt: skip
    return policy
