"""Ballots on paper: handed out to many at once, counted in by two who type the same.

Whoever prints or counts paper holds ballots in their hands, so of a group of which no figure may be
shown no paper is made: a lone one could be told by its group.
"""

import hmac
import json
import random
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from people.models import Employee, User
from people.services import audit
from surveys.models import Invitation, PaperEntry, SpentCredential, Wave
from surveys.rules.questionnaire import Answers, checked
from surveys.services.station import (
    Credential,
    StationRefused,
    cast_ballot,
    items_of,
    new_credential,
    poll_of,
    refuse_unless_open,
)

_CHANCE = random.SystemRandom()


@dataclass(frozen=True)
class PaperBallot:
    """One sheet's credential and the group whose sheets it lies among; nobody's name."""

    group: str
    credential: Credential


@dataclass(frozen=True)
class Waiting:
    """How many were chosen in one group, and whether they are enough. How many of them have a
    ballot is not told: of one chosen person it would be whether they took part."""

    group: str
    count: int
    fewest: int

    @property
    def is_enough(self) -> bool:
        return self.count >= self.fewest


def waiting_for_paper(wave: Wave, employees: Sequence[Employee]) -> list[Waiting]:
    counts = Counter(_invited(wave, employees).values_list("cell__path", "cell__name"))
    return [
        Waiting(name, count, wave.fewest_scores) for (_path, name), count in sorted(counts.items())
    ]


def _invited(wave: Wave, employees: Sequence[Employee]) -> QuerySet[Invitation]:
    return Invitation.objects.filter(wave=wave, employee__in=employees)


@transaction.atomic
def hand_out_paper(
    wave: Wave, employees: Sequence[Employee], *, by: User, now: datetime
) -> list[PaperBallot]:
    """As many ballots as people who have none yet, by group and in it in the order of chance; noted
    as taken. They are returned once and kept nowhere.

    Raises StationRefused: not open, nobody left, or too few of a group.
    """
    wave = Wave.objects.get(pk=wave.pk)
    refuse_unless_open(wave, now=now)
    waiting = _invited(wave, employees).filter(claimed=False)
    taken = list(waiting.select_for_update(of=("self",)).select_related("cell"))
    by_cell = Counter(each.cell_id for each in taken)
    if not taken:
        raise StationRefused(_("Everybody there has taken their ballot, or nobody is invited."))
    if min(by_cell.values()) < wave.fewest_scores:
        raise StationRefused(
            _("Of each group at least %(n)s people get paper together, or whoever counts it could "
              "tell whose it is. Take more people of the group, or print slips for a kiosk.")
            % {"n": wave.fewest_scores}
        )  # fmt: skip
    Invitation.objects.filter(pk__in=[each.pk for each in taken]).update(claimed=True)
    _CHANCE.shuffle(taken)
    ballots = [
        PaperBallot(each.cell.name, new_credential(wave, each))
        for each in sorted(taken, key=lambda each: each.cell.path)
    ]
    audit.record(
        "hand_out_paper_ballots", by=by, subject=f"poll:{wave.code}", after={"ballots": len(taken)}
    )
    return ballots


class Counted(Enum):
    """What became of a typed ballot."""

    FIRST = "first"
    CAST = "cast"
    DIFFERS = "differs"


@transaction.atomic
def count_in(
    credential: Credential, answers: dict[int, object], *, by: User, now: datetime
) -> Counted:
    """Type a ballot: the first keeps what it says as a digest that only this paper can check; a
    second, another person, casts it if it is the same. Who typed first may type it anew.

    Raises StationRefused, and BallotRefused for an answer that the poll does not offer.
    """
    wave = poll_of(credential, now=now)
    if SpentCredential.objects.filter(digest=credential.digest).exists():
        raise StationRefused(_("This ballot was counted before."))
    said = _digest(credential, checked(items_of(wave), answers))
    entry, is_new = PaperEntry.objects.select_for_update(of=("self",)).get_or_create(
        digest=credential.digest,
        defaults={"wave": wave, "answers_digest": said, "typed_by": by},
    )
    if is_new:
        return Counted.FIRST
    if entry.typed_by_id == by.pk:
        entry.answers_digest = said
        entry.save(update_fields=["answers_digest"])
        return Counted.FIRST
    if not secrets.compare_digest(entry.answers_digest, said):
        return Counted.DIFFERS
    cast_ballot(credential, answers, now=now)
    entry.delete()
    return Counted.CAST


def _digest(credential: Credential, answers: Answers) -> str:
    """Under the credential as key: without the paper, trying answers out tells nothing. How many
    blanks and lines somebody typed in a comment makes no difference."""
    typed = {
        number: " ".join(answer.split()) if isinstance(answer, str) else answer
        for number, answer in answers.items()
    }
    content = json.dumps(typed, sort_keys=True, separators=(",", ":")).encode()
    return hmac.new(str(credential).encode(), content, "sha256").hexdigest()
