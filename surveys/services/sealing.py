"""The seal: ballots are opened once, in memory, counted, and gone."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from people.models import User
from people.services import audit
from surveys.models import BallotInbox, Invitation, PaperEntry, SpentCredential, Wave
from surveys.rules.questionnaire import Answers, BallotRefused, Item, checked
from surveys.rules.sealing import Opener, SealingRefused
from surveys.services.counting import PORTION, Box, Counting
from surveys.services.station import items_of

_CHANCE = random.SystemRandom()
FEW = 3
"""So many ballots may be set aside, and every tenth: if it is more, the program is at fault rather
than they, and it must not destroy the others with them."""


@transaction.atomic
def seal(wave: Wave, codes: tuple[str, str], *, by: User, now: datetime) -> int:
    """Open every ballot with the codes of both keys, keep counts and loose comments, and destroy
    ballots and keys; returns how many ballots there were. All of it or nothing: killed anywhere,
    the poll is as it was.

    What no caster can have sent, and whoever writes into the database can, is set aside and
    counted apart. Raises SealingRefused: still open, sealed before, codes of other keys, or too
    much to be set aside.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state != Wave.State.OPEN:
        raise SealingRefused(_("This poll is not open, so there is nothing to seal."))
    if wave.closes_at is None or wave.closes_at > now:
        raise SealingRefused(_("This poll is still open."))
    opener = Opener(codes, publics=wave.publics)
    count = Counting(wave)
    items, atoms = (
        items_of(wave),
        set(wave.cells.filter(is_atom=True).values_list("number", flat=True)),
    )
    ballots = set_aside = 0
    for box in _boxes(wave):
        try:
            cell, answers = _read(opener.opened(box), items)
            if cell not in atoms:
                raise SealingRefused(_("This is no ballot of this poll."))
        except SealingRefused:
            set_aside += 1
        else:
            count.tally.add(cell, answers)
            ballots += 1
    _refuse_if_many(set_aside, of=ballots + set_aside)
    typed_once = PaperEntry.objects.filter(wave=wave).delete()[0]
    used = SpentCredential.objects.filter(wave=wave).count()
    box_held = Box(ballots, set_aside, credentials=used, typed_once=typed_once)
    count.keep(box_held)
    BallotInbox.objects.filter(wave=wave).delete()
    _forget_the_order(wave)
    wave.state, wave.hr_key, wave.staff_key = Wave.State.SEALED, None, None
    wave.save(update_fields=["state", "hr_key", "staff_key"])
    audit.record("seal_poll", by=by, subject=f"poll:{wave.code}", after=asdict(box_held))
    return ballots


def _read(content: bytes, items: Sequence[Item]) -> tuple[int, Answers]:
    """The cell, and answers as casting lets them pass. Raises SealingRefused for anything else."""
    try:
        said = json.loads(content)
        answers = {int(number): answer for number, answer in said["answers"].items()}
        return int(said["cell"]), checked(items, answers)
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError, BallotRefused) as e:
        raise SealingRefused(_("This is no ballot of this poll.")) from e


def _refuse_if_many(set_aside: int, *, of: int) -> None:
    if set_aside > FEW and set_aside * 10 > of:
        raise SealingRefused(
            _("%(n)s of %(all)s ballots can't be read. Nothing was sealed: before so many are lost,"
              " have the program and the database looked at.") % {"n": set_aside, "all": of}
        )  # fmt: skip


def _boxes(wave: Wave) -> Iterator[bytes]:
    rows = BallotInbox.objects.filter(wave=wave).order_by("pk").values_list("box", flat=True)
    return (bytes(box) for box in rows.iterator(chunk_size=PORTION))


def _forget_the_order(wave: Wave) -> None:
    """Write who has claimed and which credentials were used anew, all in this transaction and in
    the order of chance: row versions and places of before tell who came when."""
    spent = list(SpentCredential.objects.filter(wave=wave).values_list("digest", flat=True))
    SpentCredential.objects.filter(wave=wave).delete()
    _CHANCE.shuffle(spent)
    SpentCredential.objects.bulk_create(
        [SpentCredential(digest=digest, wave=wave) for digest in spent], batch_size=PORTION
    )
    # Updated, they would lie in the order in which they are found, which is that of the claims.
    invited = list(Invitation.objects.filter(wave=wave))
    Invitation.objects.filter(wave=wave).delete()
    _CHANCE.shuffle(invited)
    Invitation.objects.bulk_create(invited, batch_size=PORTION)
