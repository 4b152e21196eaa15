"""The polling station: a credential for whoever is invited, and a ballot for whoever has one.

Claiming and casting are two transactions of two requests. Written in one, PostgreSQL's row versions
would tell who cast which ballot (polls.md); so nothing here ever knows both a person and a ballot.
"""

import hmac
import json
import re
import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from hashlib import sha256

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from people.models import Employee, User
from surveys.models import BallotInbox, Invitation, SpentCredential, Wave, WaveItem
from surveys.rules.questionnaire import Answers, Item, Kind, Scale, checked
from surveys.rules.sealing import sealed

_WRITTEN = re.compile(r"([A-Za-z0-9_-]{1,30})\.([0-9]{1,9})\.([A-Za-z0-9_-]{43})\.([0-9a-f]{64})")


class StationRefused(Exception):
    """Nothing was claimed or cast, and why."""


@dataclass(frozen=True)
class Credential:
    """The right to one ballot in a wave, told of a cell: whoever shows it may cast one. It is made
    of chance, not of a person, and written down nowhere here."""

    wave: str
    cell: int
    chance: str
    proof: str

    @classmethod
    def read(cls, text: str) -> "Credential":
        """Raises StationRefused for what no station has handed out."""
        found = _WRITTEN.fullmatch(text)
        if found is None:
            raise StationRefused(_("This is no credential of a poll."))
        wave, cell, chance, proof = found.groups()
        read = cls(wave, int(cell), chance, proof)
        if not hmac.compare_digest(_proof(wave, int(cell), chance), proof):
            raise StationRefused(_("This is no credential of a poll."))
        return read

    def __str__(self) -> str:
        return f"{self.wave}.{self.cell}.{self.chance}.{self.proof}"

    @property
    def digest(self) -> str:
        """By which the ballot's receipt is found again; tells nothing of the credential."""
        return sha256(str(self).encode()).hexdigest()


def _proof(wave: str, cell: int, chance: str) -> str:
    content = f"{wave}.{cell}.{chance}"
    return salted_hmac(f"surveys.credential.{wave}", content, algorithm="sha256").hexdigest()


def claim(wave: Wave, *, by: User, now: datetime) -> Credential:
    """Hand out the one credential of whoever is invited. Raises StationRefused."""
    return _hand_out(wave, Q(employee__user=by), now=now)


def claim_for(wave: Wave, employee: Employee, *, now: datetime) -> Credential:
    """As `claim`, for somebody who showed otherwise who they are. Raises StationRefused."""
    return _hand_out(wave, Q(employee=employee), now=now)


@transaction.atomic
def _hand_out(wave: Wave, whose: Q, *, now: datetime) -> Credential:
    wave = Wave.objects.get(pk=wave.pk)
    refuse_unless_open(wave, now=now)
    invited = Invitation.objects.filter(whose, wave=wave)
    found = invited.select_for_update(of=("self",)).select_related("cell").first()
    if found is None:
        raise StationRefused(_("You are not invited to this poll."))
    if found.claimed and wave.level != Wave.Level.CONFIDENTIAL:
        raise StationRefused(
            _("Your credential was handed out before. It is kept in the browser you asked with.")
        )
    found.claimed = True
    found.save(update_fields=["claimed"])
    return new_credential(wave, found)


def new_credential(wave: Wave, invitation: Invitation) -> Credential:
    """Of chance alone; whoever asks has marked the invitation. In a confidential poll it is made of
    the person and the server's secret: the same again, so that a lost ballot is handed out anew,
    and whoever has the secret can tell whose it is. That poll says so."""
    cell = invitation.cell.number
    if wave.level == Wave.Level.CONFIDENTIAL:
        purpose = f"surveys.confidential.{wave.code}"
        told = salted_hmac(purpose, str(invitation.employee_id), algorithm="sha256").digest()
        chance = urlsafe_b64encode(told).decode().rstrip("=")
    else:
        chance = secrets.token_urlsafe(32)
    return Credential(wave.code, cell, chance, _proof(wave.code, cell, chance))


def poll_of(credential: Credential, *, now: datetime) -> Wave:
    """The open poll that a credential is for. Raises StationRefused."""
    wave = Wave.objects.filter(code=credential.wave).first()
    if wave is None:
        raise StationRefused(_("This is no credential of a poll."))
    refuse_unless_open(wave, now=now)
    return wave


def is_in_the_box(receipt: str) -> bool:
    """Whether a ballot with this receipt was counted or waits to be."""
    return SpentCredential.objects.filter(digest=receipt).exists()


def cast_ballot(credential: Credential, answers: dict[int, object], *, now: datetime) -> str:
    """Seal a ballot and count the credential as used; returns its digest, the receipt.

    The same credential again is the same ballot, whatever it says then. Raises StationRefused, and
    BallotRefused for an answer that the poll does not offer: nothing is used up then.
    """
    wave = poll_of(credential, now=now)
    content = written(credential.cell, checked(launched_items(wave), answers))
    if is_in_the_box(credential.digest):
        # Not left to the constraint: PostgreSQL's log would name the receipt, and the time.
        return credential.digest
    box = sealed(content, publics=wave.publics, length=wave.ballot_length)
    try:
        with transaction.atomic():
            SpentCredential.objects.create(digest=credential.digest, wave=wave)
            _hold_open(wave)
            BallotInbox.objects.create(wave=wave, box=box)
    except IntegrityError:
        if not SpentCredential.objects.filter(digest=credential.digest, wave=wave).exists():
            raise
    return credential.digest


def _hold_open(wave: Wave) -> None:
    """No ballot comes in while the inbox is opened. A lock that casters share, and the seal does
    not: with Django's they would wait for each other."""
    shared = "FOR KEY SHARE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT state FROM surveys_wave WHERE id = %s {shared}", [wave.pk])
        [state] = cursor.fetchone()
    if state != Wave.State.OPEN:
        raise StationRefused(_("This poll is closed."))


def written(cell: int, answers: Answers) -> bytes:
    """What is sealed: the cell and the answers, and nothing else."""
    content = {"cell": cell, "answers": answers}
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()


def items_of(wave: Wave) -> list[Item]:
    return [
        item_of(row) for row in wave.items.select_related("wording__question").order_by("number")
    ]


def launched_items(wave: Wave) -> list[Item]:
    """Of an open poll."""
    return _frozen_items(wave.pk, wave.publics)


@lru_cache(maxsize=16)
def _frozen_items(wave: int, _keys: tuple[bytes, bytes]) -> list[Item]:
    """Of a launched poll: they stay as they are, and reading them was half of casting a ballot.
    Its keys are of chance, so no other poll is ever taken for it."""
    return items_of(Wave.objects.get(pk=wave))


def item_of(row: WaveItem) -> Item:
    question = row.wording.question
    other = None
    if question.kind == Kind.SCALE:
        # All three are there: another_scale_says_from_where_to_where.
        lowest, highest, favourable = question.lowest, question.highest, question.favourable_from
        other = Scale(int(lowest or 0), int(highest or 0), Fraction(favourable or 0))
    return Item(
        row.number, Kind(question.kind), tuple(question.options), question.fewest, question.most,
        question.may_not_apply,
        (row.only_if, frozenset(row.only_if_answers)) if row.only_if else None, other,
    )  # fmt: skip


def refuse_unless_open(wave: Wave, *, now: datetime) -> None:
    if wave.state != Wave.State.OPEN or not (wave.opens_at and wave.opens_at <= now):
        raise StationRefused(_("This poll is not open."))
    if wave.closes_at and wave.closes_at <= now:
        raise StationRefused(_("This poll is closed."))
