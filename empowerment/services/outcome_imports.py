"""Importing what became of customers from the customer system: known by reference and day.

A fact says something of each case of the customer that it is about in time; of several in a file
the last counts, and what is older than what the customer system has told before changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from empowerment.models import Case, Customer, FollowUp, Outcome
from empowerment.rules.outcomes import question_answered
from empowerment.rules.references import LONGEST, folded
from empowerment.services.outcomes import note_outcomes
from people.models import User
from people.services.import_lines import LineReader
from people.services.importing import (
    MOST_PROBLEMS,
    ByAlias,
    Problems,
    Report,
    Sent,
    dry_or_not,
    each_row,
    register,
    too_long,
)
from people.services.recipients import in_portions
from people.tabular import normalise

WORDS = {
    Outcome.STAYED: ("stays", "kept", "retained", "active", "geblieben", "bleibt", "gehalten",
                     "aktiv", "留下", "留存", "保留", "未流失", "留住"),
    Outcome.LEFT: ("lost", "gone", "churned", "inactive", "gegangen", "verloren", "abgewandert",
                   "gekündigt", "流失", "已流失", "离开", "已离开"),
    Outcome.UNKNOWN: ("not known", "don't know", "?", "unbekannt", "weiß nicht", "未知", "不详",
                      "不知道", "不清楚"),
}  # fmt: skip
OUTCOMES = {
    normalise(word): outcome for outcome, words in WORDS.items() for word in (outcome.value, *words)
}
NAMED = 20
"""Customers without a case that are named; a file of all customers has thousands."""


@dataclass(frozen=True)
class Fact:
    line: int
    reference: str
    folded: str
    day: date
    outcome: Outcome


class OutcomeImporter(ByAlias):
    kind = "outcomes"
    title = _("What became of customers")
    permission = "empowerment.import_outcomes"
    required: tuple[str, ...] = ("customer", "date", "outcome")
    aliases = {
        "customer": ("customer reference", "customer number", "customer id", "reference", "account",
                     "kunde", "kundennummer", "kundenreferenz", "客户", "客户编号", "客户号",
                     "客户参考"),
        "date": ("day", "on", "as of", "since", "datum", "tag", "stand", "日期"),
        "outcome": ("status", "state", "result", "ergebnis", "zustand", "ausgang", "结果", "状态"),
    }  # fmt: skip

    def plan(self, sent: Sent) -> None:
        problems, now = Problems(), timezone.now()
        facts = [
            fact for mapped, raw in each_row(sent.sheets, sent.progress)
            if (fact := _fact(LineReader(mapped, raw, problems), today=timezone.localdate(now)))
        ]  # fmt: skip
        _refuse_contradictions(facts, problems)
        problems.refuse_if_any()
        writer = _Writer(sent.report, by=sent.by, now=now, why=f"import of {sent.filename}"[:500])
        dry_or_not(lambda: writer.write(facts), dry_run=sent.dry_run)


def _fact(reader: LineReader, *, today: date) -> Fact | None:
    before = reader.problems.count
    reference, said = reader.needed("customer"), reader.needed("outcome")
    outcome = OUTCOMES.get(normalise(said))
    if said and outcome is None:
        reader.problem("outcome", f"“{said[:40]}” is not one of {', '.join(Outcome.values)}")
    if reference and (wrong := too_long(reference, LONGEST)):
        reader.problem("customer", wrong)
    elif reference and not folded(reference):
        reader.problem("customer", "has neither letters nor digits")
    day = reader.day("date")
    if day is None and not reader.text("date"):
        reader.problem("date", "is empty; every line needs one")
    elif day and day > today:
        reader.problem("date", f"{day} is still to come")
    if reader.problems.count > before or outcome is None or day is None:
        return None
    return Fact(reader.raw.line, reference, folded(reference), day, outcome)


def _refuse_contradictions(facts: list[Fact], problems: Problems) -> None:
    said: dict[tuple[str, date], Fact] = {}
    for fact in facts:
        first = said.setdefault((fact.folded, fact.day), fact)
        if first.outcome != fact.outcome:
            message = f"{fact.reference} is “{first.outcome}” on {fact.day} in line {first.line}"
            problems.add(message, fact.line, "outcome")


@dataclass(frozen=True)
class Told:
    """The last fact about a case, and which of its two questions it answers."""

    case: Case
    fact: Fact
    after_days: int

    def __str__(self) -> str:
        customer, day = self.case.customer, self.fact.day
        return f"{customer}, case {self.case.pk}: {self.fact.outcome}, {day}"


class _Writer:
    """Writes checked facts, a portion of customers at a time."""

    def __init__(self, report: Report, *, by: User, now: datetime, why: str):
        self.report, self.by, self.now, self.why = report, by, now, why
        self.unknown: list[str] = []
        self.silent: list[str] = []

    def write(self, facts: list[Fact]) -> None:
        by_customer: dict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            by_customer[fact.folded].append(fact)
        for portion in in_portions(sorted(by_customer)):
            self._write({name: by_customer[name] for name in portion})
        self._note("unknown here", self.unknown)
        self._note("without a case that these dates say anything about", self.silent)

    def _write(self, by_customer: dict[str, list[Fact]]) -> None:
        # In one order, as whoever answers locks the same rows.
        customers = Customer.objects.select_for_update(no_key=True).order_by("pk")
        known = {each.pk: each.folded for each in customers.filter(folded__in=list(by_customer))}
        before = _told_before(list(known))
        found = list(_told_of_cases(known, by_customer))
        self._add([each for each in found if self._is_news(each, before.get(each.case.pk))])
        heard = {each.fact.folded for each in found}
        for name in sorted(by_customer.keys() - heard):
            self.report.skipped += len(by_customer[name])
            left_out = self.silent if name in known.values() else self.unknown
            left_out.append(by_customer[name][0].reference)

    def _is_news(self, told: Told, before: tuple[date | None, str] | None) -> bool:
        fact = told.fact
        day, said = before or (None, "")
        if day and (day > fact.day or (day, said) == (fact.day, fact.outcome)):
            self.report.unchanged += 1
            return False
        return True

    def _add(self, new: list[Told]) -> None:
        FollowUp.objects.bulk_create(
            [
                FollowUp(
                    case=each.case, after_days=each.after_days, answer=each.fact.outcome,
                    source=FollowUp.Source.CRM, known_on=each.fact.day, made_by=self.by,
                    made_at=self.now,
                )
                for each in new
            ],
            batch_size=2000,
        )  # fmt: skip
        note_outcomes([(each.case, each.fact.outcome) for each in new], by=self.by, why=self.why)
        self.report.created += len(new)
        self.report.changes += map(str, new[: MOST_PROBLEMS - len(self.report.changes)])

    def _note(self, what: str, customers: list[str]) -> None:
        if customers:
            named = ", ".join(customers[:NAMED])
            more = ", …" if len(customers) > NAMED else ""
            self.report.notes.append(f"{len(customers)} customers {what}: {named}{more}")


def _told_before(customer_ids: list[int]) -> dict[int, tuple[date | None, str]]:
    """By case, the last day of which the customer system has told, and what."""
    told = FollowUp.objects.filter(case__customer__in=customer_ids, source=FollowUp.Source.CRM)
    rows = told.order_by("known_on", "pk").values_list("case", "known_on", "answer")
    return {case: (day, answer) for case, day, answer in rows}


def _told_of_cases(known: dict[int, str], by_customer: dict[str, list[Fact]]) -> Iterator[Told]:
    cases = Case.objects.filter(customer__in=list(known), state=Case.State.APPROVED)
    for case in cases.select_related("employee", "customer").order_by("pk"):
        assert case.spent_on
        last: Told | None = None
        for fact in by_customer[known[case.customer_id]]:
            after = question_answered(fact.outcome, spent_on=case.spent_on, day=fact.day)
            if after and (last is None or last.fact.day < fact.day):
                last = Told(case, fact, after)
        if last:
            yield last


register(OutcomeImporter())
