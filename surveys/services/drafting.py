"""A poll before its launch: what it is called, when it is open, what it asks and in which order.

Every change locks the poll and refuses once it is launched.
"""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from people.models import Employee, User
from people.services import audit
from surveys.models import Question, Wave, WaveItem, Wording
from surveys.models.waves import LEAST_COMMENTS, LEAST_RATES, LEAST_SCORES
from surveys.rules.questionnaire import Kind
from surveys.services.asking import NUMBERS
from surveys.services.holders import refusal_of_holder
from surveys.services.inviting import tell_holder

Titles = Mapping[str, str]


class DraftRefused(Exception):
    """Nothing was changed; the message says why, `field` of the form is at fault."""

    def __init__(self, message: object, field: str = ""):
        self.field = field
        super().__init__(str(message))


@dataclass(frozen=True)
class About:
    """All of a poll but its questions; `names` and `intros` by language."""

    name: str
    names: Titles
    intros: Titles
    opens_at: datetime | None
    closes_at: datetime | None
    level: str
    fewest_scores: int
    fewest_comments: int
    fewest_rates: int


@dataclass
class _Place:
    """A question where it stands; `after`: the place it hangs on."""

    wording: Wording
    section: int
    after: "_Place | None" = None
    answers: Sequence[Any] = ()


@transaction.atomic
def begin(
    code: str,
    name: str,
    *,
    by: User,
    names: Titles | None = None,
    intros: Titles | None = None,
    sections: Sequence[Titles] = (),
    like: Wave | None = None,
) -> Wave:
    """A draft that asks nothing yet; `like` another poll in its smallest groups and level. Raises
    DraftRefused."""
    kept = ("level", "fewest_scores", "fewest_comments", "fewest_rates")
    try:
        with transaction.atomic():
            wave = Wave.objects.create(
                code=code, name=name, names=dict(names or {}), intros=dict(intros or {}),
                sections=[dict(titles) for titles in sections], made_by=by, copied_from=like,
                **({field: getattr(like, field) for field in kept} if like else {}),
            )  # fmt: skip
    except IntegrityError:
        raise DraftRefused(
            _("There is a poll with the code %(code)s.") % {"code": code}, "code"
        ) from None
    audit.record(
        "draft_poll", by=by, subject=f"poll:{code}",
        after={"name": name, "like": like.code if like else None},
    )  # fmt: skip
    return wave


@transaction.atomic
def describe(wave: Wave, about: About, *, by: User) -> Wave:
    """Raises DraftRefused."""
    wave = _locked(wave)
    if about.level not in Wave.Level.values:
        raise DraftRefused(_("Choose a level."), "level")
    for field, least in (("fewest_scores", LEAST_SCORES), ("fewest_comments", LEAST_COMMENTS),
                         ("fewest_rates", LEAST_RATES)):  # fmt: skip
        if getattr(about, field) < least:
            raise DraftRefused(
                _("No poll may go below %(least)s.") % {"least": least}, field
            )  # fmt: skip
    if about.opens_at and about.closes_at and about.closes_at <= about.opens_at:
        raise DraftRefused(_("It closes after it opens."), "closes_at")
    before = _told(wave)
    for field, value in asdict(about).items():
        setattr(wave, field, value)
    if _told(wave) != before:
        wave.save()
        audit.record(
            "describe_poll", by=by, subject=f"poll:{wave.code}", before=before, after=_told(wave)
        )
    return wave


def _told(wave: Wave) -> dict[str, object]:
    times = {name: at.isoformat() if (at := getattr(wave, name)) else None
             for name in ("opens_at", "closes_at")}  # fmt: skip
    kept = ("name", "names", "intros", "level", "fewest_scores", "fewest_comments", "fewest_rates")
    return {name: getattr(wave, name) for name in kept} | times


@transaction.atomic
def name_holder(wave: Wave, employee: Employee | None, *, by: User) -> Wave:
    """Who keeps the second key, for the staff; a key taken by somebody before is void. Raises
    DraftRefused."""
    wave = _locked(wave)
    user = employee.user if employee else None
    if employee and (reason := refusal_of_holder(wave, employee)):
        raise DraftRefused(reason, "employee")
    if user != wave.staff_holder:
        before = wave.staff_holder_id
        wave.staff_holder, wave.staff_key = user, None
        wave.save(update_fields=["staff_holder", "staff_key"])
        audit.record(
            "name_holder_of_poll", by=by, subject=f"poll:{wave.code}",
            before={"user": before}, after={"user": user and user.pk},
        )  # fmt: skip
        tell_holder(wave)
    return wave


@transaction.atomic
def add_questions(wave: Wave, questions: Sequence[Question], *, section: int, by: User) -> Wave:
    """Each in its newest wording, at the end of the section. Raises DraftRefused."""
    wave = _locked(wave)
    places = _places(wave)
    asked = {place.wording.question_id for place in places}
    for question in questions:
        _refuse_unless_askable(question)
        if question.pk in asked:
            raise DraftRefused(_("It asks %(code)s already.") % {"code": question.code})
        asked.add(question.pk)
        place = _Place(_newest(question), section)
        end = max((n for n, each in enumerate(places, 1) if each.section <= section), default=0)
        places.insert(end, place)
    return _arranged(wave, places, by=by)


@transaction.atomic
def take_out(wave: Wave, number: int, *, by: User) -> Wave:
    """Raises DraftRefused where another question hangs on it."""
    wave = _locked(wave)
    places = _places(wave)
    place = _at(places, number)
    hanging = [n for n, each in enumerate(places, start=1) if each.after is place]
    if hanging:
        raise DraftRefused(
            _("Question %(number)s is asked only after this one: take that out first.")
            % {"number": hanging[0]}
        )
    places.remove(place)
    return _arranged(wave, places, by=by)


@transaction.atomic
def move(wave: Wave, number: int, *, up: bool, by: User) -> Wave:
    """One place up or down; at the edge of a section, into the next one. Raises DraftRefused."""
    wave = _locked(wave)
    places = _places(wave)
    place = _at(places, number)
    here = number - 1
    other = here - 1 if up else here + 1
    neighbour = places[other] if 0 <= other < len(places) else None
    step = -1 if up else 1
    if neighbour and neighbour.section == place.section:
        places[here], places[other] = neighbour, place
    elif 1 <= place.section + step <= max(len(wave.sections), 1):
        place.section += step
    return _arranged(wave, places, by=by)


@transaction.atomic
def put(
    wave: Wave,
    number: int,
    *,
    section: int,
    wording: Wording,
    after: int | None,
    answers: Sequence[str],
    by: User,
) -> Wave:
    """In which section it stands, in which of its wordings, and after which answers to an earlier
    question it is asked; without `after` always. Raises DraftRefused."""
    wave = _locked(wave)
    places = _places(wave)
    place = _at(places, number)
    if wording.question_id != place.wording.question_id:
        raise DraftRefused(_("This is a wording of another question."), "wording")
    if not 1 <= section <= max(len(wave.sections), 1):
        raise DraftRefused(_("There is no such section."), "section")
    place.wording = wording
    place.after, place.answers = None, ()
    if after is not None:
        if not 1 <= after < number:
            raise DraftRefused(_("A question can hang on an earlier one only."), "after")
        place.after = places[after - 1]
        place.answers = _answers(place.after.wording.question, answers)
    if section != place.section:
        place.section = section
        places.remove(place)
        end = max((n for n, each in enumerate(places, 1) if each.section <= section), default=0)
        places.insert(end, place)
    return _arranged(wave, places, by=by)


@transaction.atomic
def name_sections(wave: Wave, sections: Sequence[Titles], *, by: User) -> Wave:
    """Titles by language, one a section, in order. One without a title and without questions goes;
    the first stays. Raises DraftRefused."""
    wave = _locked(wave)
    places = _places(wave)
    used = {place.section for place in places}
    kept = [n for n, titles in enumerate(sections, 1) if any(titles.values()) or n in used]
    if missing := used - set(kept):
        raise DraftRefused(_("Section %(n)s has questions.") % {"n": min(missing)})
    for place in places:
        place.section = kept.index(place.section) + 1
    before = wave.sections
    wave.sections = [
        {language: title for language, title in sections[n - 1].items() if title} for n in kept
    ]
    if before != wave.sections:
        wave.save(update_fields=["sections"])
        audit.record(
            "name_sections_of_poll", by=by, subject=f"poll:{wave.code}", before=before,
            after=wave.sections,
        )  # fmt: skip
    return _arranged(wave, places, by=by)


@transaction.atomic
def copy(
    wave: Wave, code: str, name: str, *, keep: AbstractSet[int] = frozenset(), by: User
) -> Wave:
    """A draft that asks what another poll asked, in the newest wording, but those of the numbers
    `keep` as they were put then. Scales of other tools can't be asked here and stay behind; so do
    conditions on them. Raises DraftRefused."""
    begun = begin(
        code, name, by=by, intros=wave.intros, sections=wave.sections, like=wave,
    )  # fmt: skip
    places = _places(wave)
    for number, place in enumerate(places, start=1):
        if number not in keep:
            place.wording = _newest(place.wording.question)
    asked = [place for place in places if place.wording.question.kind != Kind.SCALE]
    for place in asked:
        if place.after and place.after not in asked:
            place.after, place.answers = None, ()
    return _arranged(begun, asked, by=by)


@transaction.atomic
def discard(wave: Wave, *, by: User) -> None:
    """Throw a draft away. Raises DraftRefused."""
    wave = _locked(wave)
    wave.items.all().delete()
    audit.record("discard_poll", by=by, subject=f"poll:{wave.code}", before=_told(wave))
    wave.delete()


def reworded_since(wave: Wave) -> list[tuple[WaveItem, Wording]]:
    """Its questions that have a newer wording now, with that."""
    items = wave.items.select_related("wording__question").exclude(
        wording__question__kind=Kind.SCALE
    )
    newest = newest_wordings([item.wording.question_id for item in items])
    return [
        (item, newest[item.wording.question_id])
        for item in items
        if newest[item.wording.question_id] != item.wording
    ]


def trend_breaks(wave: Wave) -> dict[int, Wave]:
    """By number, questions that the last poll to ask them put differently, with that poll: their
    trend line breaks."""
    items = list(wave.items.select_related("wording"))
    before = (
        WaveItem.objects.filter(wording__question__in=[item.wording.question_id for item in items])
        .exclude(wave__state=Wave.State.DRAFT)
        .exclude(wave=wave)
        .select_related("wave", "wording")
        .order_by("wave__opens_at", "wave")
    )
    if wave.opens_at and wave.state != Wave.State.DRAFT:
        before = before.filter(wave__opens_at__lt=wave.opens_at)
    last = {earlier.wording.question_id: earlier for earlier in before}
    return {
        item.number: last[item.wording.question_id].wave
        for item in items
        if item.wording.question_id in last
        and last[item.wording.question_id].wording_id != item.wording_id
    }


def newest_wordings(questions: Sequence[int]) -> dict[int, Wording]:
    rows = Wording.objects.filter(question__in=questions).order_by("number")
    return {wording.question_id: wording for wording in rows.select_related("question")}


def _locked(wave: Wave) -> Wave:
    wave = Wave.objects.select_for_update(of=("self",)).select_related("staff_holder").get(
        pk=wave.pk
    )  # fmt: skip
    if wave.state != Wave.State.DRAFT:
        raise DraftRefused(_("This poll is launched: what it promised stays as it is."))
    return wave


def _places(wave: Wave) -> list[_Place]:
    found: dict[int, _Place] = {}
    for item in wave.items.select_related("wording__question").order_by("section", "number"):
        after = found.get(item.only_if) if item.only_if else None
        found[item.number] = _Place(item.wording, item.section, after, item.only_if_answers)
    return list(found.values())


def _at(places: Sequence[_Place], number: int) -> _Place:
    if not 1 <= number <= len(places):
        raise DraftRefused(_("The poll has changed meanwhile: please look again."))
    return places[number - 1]


def _arranged(wave: Wave, places: Sequence[_Place], *, by: User) -> Wave:
    """Write the questions anew, numbered as they stand."""
    numbers = {id(place): number for number, place in enumerate(places, start=1)}
    rows = []
    for number, place in enumerate(places, start=1):
        after = numbers[id(place.after)] if place.after else None
        if after and after >= number:
            raise DraftRefused(
                _("%(question)s hangs on an answer, so it stands below that question.")
                % {"question": place.wording.question}
            )
        rows.append(
            WaveItem(
                wave=wave, number=number, section=place.section, wording=place.wording,
                only_if=after, only_if_answers=list(place.answers) if after else [],
            )
        )  # fmt: skip
    before = _listed(wave.items.select_related("wording__question").order_by("number"))
    if before != _listed(rows):
        wave.items.all().delete()
        WaveItem.objects.bulk_create(rows)
        audit.record(
            "arrange_poll", by=by, subject=f"poll:{wave.code}", before=before, after=_listed(rows)
        )
    return wave


def _listed(rows: Any) -> list[list[object]]:
    return [
        [row.section, row.wording.question.code, row.wording.number, row.only_if,
         list(row.only_if_answers)]
        for row in rows
    ]  # fmt: skip


def _newest(question: Question) -> Wording:
    newest = question.wordings.select_related("question").order_by("-number").first()
    assert newest
    return newest


def _refuse_unless_askable(question: Question) -> None:
    if question.kind == Kind.SCALE:
        raise DraftRefused(
            _("%(code)s has the scale of another tool and can't be asked here.")
            % {"code": question.code}
        )


def answers_of(question: Question) -> list[tuple[str, object]]:
    """What can be chosen: as a form sends it, and as a ballot has it."""
    kind = Kind(question.kind)
    if kind in NUMBERS:
        return [(str(number), number) for number in NUMBERS[kind]]
    return [(code, code) for code in question.options] if kind != Kind.RANKING else []


def _answers(question: Question, said: Sequence[str]) -> list[object]:
    known = dict(answers_of(question))
    if not known:
        raise DraftRefused(_("Nothing can hang on a comment or a ranking."), "after")
    if not said or not set(said) <= set(known):
        raise DraftRefused(_("Choose the answers after which it is asked."), "answers")
    return [answer for written, answer in known.items() if written in said]
