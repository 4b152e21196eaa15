"""The polling station: one credential, one ballot, and nothing that holds both."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from people.models import AuditEntry, User
from people.services.personal import everything_about
from surveys.models import (
    AnswerCount,
    BallotInbox,
    Cell,
    Comment,
    Hidden,
    Invitation,
    Question,
    ScaleReliability,
    ScaleStat,
    SpentCredential,
    Wave,
    WaveItem,
    Wording,
)
from surveys.rules.questionnaire import BallotRefused
from surveys.rules.sealing import Opener, SealingRefused, WrongHalves, new_half, sealed
from surveys.services.counting import Counting
from surveys.services.sealing import seal
from surveys.services.station import Credential, StationRefused, cast_ballot, claim
from tests.conftest import TUESDAY_NOON, make_person
from tests.surveys.conftest import CLOSED

pytestmark = pytest.mark.django_db


def test_whoever_is_invited_claims_one_credential(poll, ann, bob):
    given = claim(poll.wave, by=ann, now=TUESDAY_NOON)
    assert Credential.read(str(given)) == given
    assert (given.wave, given.cell) == ("2026", 1)
    with pytest.raises(StationRefused, match="handed out before"):
        claim(poll.wave, by=ann, now=TUESDAY_NOON)
    with pytest.raises(StationRefused, match="not invited"):
        claim(poll.wave, by=bob, now=TUESDAY_NOON)


def test_what_hr_exports_of_somebody_is_the_same_whether_they_took_part(poll, ann):
    before = everything_about(ann.employee)
    assert before["poll-invitations"]
    cast_ballot(claim(poll.wave, by=ann, now=TUESDAY_NOON), {1: 5}, now=TUESDAY_NOON)
    assert everything_about(ann.employee) == before


def test_a_credential_is_made_of_chance(poll, ann, cas):
    one, other = (claim(poll.wave, by=user, now=TUESDAY_NOON) for user in (ann, cas))
    assert one.chance != other.chance
    assert "ann" not in str(one)


@pytest.mark.parametrize("level", [Wave.Level.CONFIDENTIAL])
def test_a_confidential_poll_hands_a_lost_ballot_out_again(poll, ann, cas):
    given = claim(poll.wave, by=ann, now=TUESDAY_NOON)
    assert claim(poll.wave, by=ann, now=TUESDAY_NOON) == given
    assert claim(poll.wave, by=cas, now=TUESDAY_NOON).chance != given.chance
    for answer in (4, 2):
        cast_ballot(claim(poll.wave, by=ann, now=TUESDAY_NOON), {1: answer}, now=TUESDAY_NOON)
    assert BallotInbox.objects.count() == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("2026.1.", "2026.2."),
        lambda text: text[:-1] + ("1" if text[-1] == "0" else "0"),
        lambda text: "",
        lambda text: text + " ",
        lambda text: text.replace("2026", "2025", 1),
    ],
)
def test_what_the_station_did_not_hand_out_is_no_credential(poll, ann, spoil):
    given = str(claim(poll.wave, by=ann, now=TUESDAY_NOON))
    with pytest.raises(StationRefused, match="no credential"):
        Credential.read(spoil(given))


def test_one_credential_is_one_ballot_however_often_it_is_sent(poll, ann):
    given = claim(poll.wave, by=ann, now=TUESDAY_NOON)
    receipts = {cast_ballot(given, {1: 4}, now=TUESDAY_NOON) for _n in range(3)}
    receipts.add(cast_ballot(given, {1: 1}, now=TUESDAY_NOON))
    assert receipts == {given.digest}
    assert (BallotInbox.objects.count(), SpentCredential.objects.count()) == (1, 1)
    # The first one counts.
    box = bytes(BallotInbox.objects.get().box)
    content = Opener(poll.codes, publics=poll.wave.publics).opened(box)
    assert json.loads(content)["answers"] == {"1": 4}


def test_a_ballot_sent_again_breaks_no_constraint_whose_log_would_name_its_receipt(poll, ann):
    given = claim(poll.wave, by=ann, now=TUESDAY_NOON)
    cast_ballot(given, {1: 4}, now=TUESDAY_NOON)
    with CaptureQueriesContext(connection) as asked:
        assert cast_ballot(given, {1: 4}, now=TUESDAY_NOON) == given.digest
    assert not [query for query in asked if "INSERT" in query["sql"]]


def test_a_wrong_answer_uses_nothing_up(poll, ann):
    given = claim(poll.wave, by=ann, now=TUESDAY_NOON)
    with pytest.raises(BallotRefused):
        cast_ballot(given, {1: 9}, now=TUESDAY_NOON)
    assert not SpentCredential.objects.exists()
    cast_ballot(given, {1: 5}, now=TUESDAY_NOON)


def test_before_and_after_its_time_nobody_claims_or_casts(poll, ann, cas):
    given = claim(poll.wave, by=ann, now=TUESDAY_NOON)
    for moment in (TUESDAY_NOON - timedelta(seconds=1), CLOSED):
        with pytest.raises(StationRefused):
            claim(poll.wave, by=cas, now=moment)
        with pytest.raises(StationRefused):
            cast_ballot(given, {1: 5}, now=moment)
    assert not Invitation.objects.filter(claimed=True, employee=cas.employee).exists()


def test_the_seal_keeps_what_may_be_shown_and_nothing_else(poll, ann, cas, claims, dee, system):
    crowd = crowd_in(poll, claims, by=system, n=8)
    for number, user in enumerate([ann, cas, *crowd]):
        said = {1: 5 - number % 3, 3: number}
        if user != cas:
            said |= {2: 4 - number % 2}
        if user in (ann, cas):
            said |= {4: f"From {user.username}"}
        cast_ballot(claim(poll.wave, by=user, now=TUESDAY_NOON), said, now=TUESDAY_NOON)
    assert seal(poll.wave, poll.codes, by=dee, now=CLOSED) == 10
    # Billing is Cas alone, so Claims goes with it: all of it less Claims would be Cas.
    counts = AnswerCount.objects.filter(item__number__in=(1, 2))
    assert set(counts.values_list("item__number", "cell__path", "option", "n")) == {
        (1, "0", "", 10), (1, "0", "5", 4), (1, "0", "4", 3), (1, "0", "3", 3),
        # Cas left it out, so it tells of Claims as much as of all.
        (2, "0", "", 9), (2, "0", "4", 5), (2, "0", "3", 4),
    }  # fmt: skip
    hidden = Hidden.objects.filter(item__number=1).values_list("cell__path", "why")
    assert set(hidden) == {("0.1", "protects"), ("0.2", "small")}
    # Who answered all of the theme are all but Cas, so sums of those would tell of Cas.
    assert not ScaleStat.objects.exists()
    assert not ScaleReliability.objects.exists()
    # One ballot of Billing would be told by all the rest, so both are kept under everybody.
    assert set(Comment.objects.values_list("cell__path", "text")) == {
        ("0", "From ann"), ("0", "From cas"),
    }  # fmt: skip
    assert dict(Cell.objects.values_list("path", "ballots")) == {"0": 10, "0.1": None, "0.2": None}
    assert not BallotInbox.objects.exists()
    assert SpentCredential.objects.count() == 10
    wave = Wave.objects.get()
    assert (wave.state, wave.hr_key, wave.staff_key) == (Wave.State.SEALED, None, None)
    report = wave.release.report
    assert report["fewest"] == [7, 10, 7]
    assert [line["least"] for line in report["figures"]] == [9, 10, 10]


def crowd_in(poll, department, *, by, n: int) -> list[User]:
    """More people in the first cell, invited after the launch as no page can."""
    cell = Cell.objects.get(path="0.1")
    crowd = [make_person(f"p{number}", department, by=by) for number in range(n)]
    for user in crowd:
        Invitation.objects.create(wave=poll.wave, employee=user.employee, cell=cell)
    Cell.objects.filter(path="0.1").update(invited=1 + n)
    Cell.objects.filter(path="0").update(invited=2 + n)
    return crowd


def test_a_comment_asked_after_an_answer_is_kept_where_that_question_is_shown(poll, system):
    """Of Billing three answered it, so it is hidden there, and in Claims beside it."""
    why = Question.objects.create(code="why", kind="comment")
    wording = Wording.objects.create(
        question=why, number=1, texts={"en": {"text": "Why?"}}, made_by=system,
        made_at=TUESDAY_NOON,
    )  # fmt: skip
    WaveItem.objects.create(
        wave=poll.wave, number=5, wording=wording, only_if=1, only_if_answers=[1, 2]
    )
    Cell.objects.filter(path="0").update(invited=30)
    Cell.objects.exclude(path="0").update(invited=15)
    count = Counting(poll.wave)
    for cell, answering in ((1, 13), (2, 3)):
        for person in range(13):
            said = {4: f"Words in {cell}"}
            if person < answering:
                said |= {1: 1 + person % 5, 2: 1 + person % 5}
            if person == 0:
                said |= {5: f"Because, in {cell}"}
            count.tally.add(cell, said)
    count.keep()
    assert set(Hidden.objects.filter(item__number=1).values_list("cell__path", "why")) == {
        ("0.1", "protects"), ("0.2", "small"),
    }  # fmt: skip
    assert set(Comment.objects.values_list("cell__path", "text")) == {
        ("0.1", "Words in 1"), ("0.2", "Words in 2"),
        ("0", "Because, in 1"), ("0", "Because, in 2"),
    }  # fmt: skip


def test_sums_of_a_theme_are_kept_where_they_tell_of_no_few(poll, ann, cas, claims, dee, system):
    for number, user in enumerate([ann, cas, *crowd_in(poll, claims, by=system, n=30)]):
        said = {1: 1 + number % 5, 2: 1 + number % 3}
        cast_ballot(claim(poll.wave, by=user, now=TUESDAY_NOON), said, now=TUESDAY_NOON)
    seal(poll.wave, poll.codes, by=dee, now=CLOSED)
    totals = [2 + number % 5 + number % 3 for number in range(32)]
    [stat] = ScaleStat.objects.values_list("cell__path", "n", "total", "squares")
    assert stat == ("0", 32, sum(totals), sum(total**2 for total in totals))
    assert set(ScaleReliability.objects.values_list("item__number", "n", "total")) == {
        (1, 32, sum(1 + number % 5 for number in range(32))),
        (2, 32, sum(1 + number % 3 for number in range(32))),
    }


def test_nothing_is_kept_of_a_poll_that_few_answered(poll, ann, cas, dee):
    for user in (ann, cas):
        cast_ballot(claim(poll.wave, by=user, now=TUESDAY_NOON), {1: 5}, now=TUESDAY_NOON)
    assert seal(poll.wave, poll.codes, by=dee, now=CLOSED) == 2
    for model in (AnswerCount, Comment, ScaleStat, ScaleReliability):
        assert not model.objects.exists()
    assert set(Cell.objects.values_list("ballots", flat=True)) == {None}


def put_in(wave: Wave, content: bytes) -> None:
    """Beside the station, as whoever writes into the database can: the keys are there to read."""
    box = sealed(content, publics=wave.publics, length=wave.ballot_length)
    BallotInbox.objects.create(wave=wave, box=box)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"{}", b"[]", b"\xff", b"[" * 3_000, b'{"cell": 1}', b'{"cell": 1, "answers": []}',
        b'{"cell": 9, "answers": {}}', b'{"cell": 0, "answers": {"1": 5}}',
        b'{"cell": [1], "answers": {}}', b'{"cell": 1, "answers": {"x": 5}}',
        b'{"cell": 1, "answers": {"1": 9}}', b'{"cell": 1, "answers": {"1": {"a": 1}}}',
        b'{"cell": 1, "answers": {"1": 1e999}}', b'{"cell": 1, "answers": {"77": 5}}',
        b'{"cell": 1, "answers": {"1": [[]]}}',
        b'{"cell": 1, "answers": {"4": "\\u0000"}}', b'{"cell": 1, "answers": {"4": "\\ud800"}}',
    ],
)  # fmt: skip
def test_what_is_no_ballot_does_not_keep_the_others_from_being_counted(poll, ann, dee, content):
    cast_ballot(claim(poll.wave, by=ann, now=TUESDAY_NOON), {1: 5}, now=TUESDAY_NOON)
    put_in(poll.wave, content)
    BallotInbox.objects.create(wave=poll.wave, box=b"neither sealed nor long")
    assert seal(poll.wave, poll.codes, by=dee, now=CLOSED) == 1
    held = {"ballots": 1, "set_aside": 2, "credentials": 1, "typed_once": 0}
    assert Wave.objects.get().release.report["box"] == held
    assert AuditEntry.objects.get(action="seal_poll").after == held


def test_where_much_cannot_be_read_nothing_is_lost(poll, ann, dee):
    cast_ballot(claim(poll.wave, by=ann, now=TUESDAY_NOON), {1: 5}, now=TUESDAY_NOON)
    for _n in range(4):
        put_in(poll.wave, b"{}")
    with pytest.raises(SealingRefused, match="4 of 5 ballots can't be read"):
        seal(poll.wave, poll.codes, by=dee, now=CLOSED)
    assert BallotInbox.objects.count() == 5
    assert Wave.objects.get().state == Wave.State.OPEN


def test_a_poll_whose_code_has_capitals_takes_ballots(poll, ann):
    other = Wave.objects.create(
        code="Yearly-2026", name="A", state=Wave.State.OPEN, opens_at=TUESDAY_NOON,
        closes_at=CLOSED, hr_key=poll.wave.hr_key, staff_key=poll.wave.staff_key,
        ballot_length=4_000, policy_digest="0" * 64, made_by=poll.wave.made_by,
    )  # fmt: skip
    cell = Cell.objects.create(wave=other, number=1, path="0.1", name="A", is_atom=True, invited=1)
    Invitation.objects.create(wave=other, employee=ann.employee, cell=cell)
    given = claim(other, by=ann, now=TUESDAY_NOON)
    assert Credential.read(str(given)) == given


def test_a_poll_is_sealed_once_after_its_close_and_by_its_own_key(poll, dee):
    with pytest.raises(SealingRefused, match="still open"):
        seal(poll.wave, poll.codes, by=dee, now=CLOSED - timedelta(seconds=1))
    with pytest.raises(WrongHalves):
        seal(poll.wave, (new_half().code, new_half().code), by=dee, now=CLOSED)
    assert seal(poll.wave, poll.codes, by=dee, now=CLOSED) == 0
    with pytest.raises(SealingRefused, match="nothing to seal"):
        seal(poll.wave, poll.codes, by=dee, now=CLOSED)


def test_what_must_stay_unknown_has_no_column():
    """Whatever is added to these tables later has to be argued with this test (polls.md)."""
    columns = {
        Invitation: {"id", "wave", "employee", "cell", "claimed"},
        BallotInbox: {"id", "wave", "box"},
        SpentCredential: {"digest", "wave"},
        Comment: {"id", "item", "cell", "text"},
        AnswerCount: {"id", "item", "cell", "option", "n"},
    }
    for model, expected in columns.items():
        assert {field.name for field in model._meta.concrete_fields} == expected
        for field in model._meta.concrete_fields:
            assert not isinstance(field, models.DateField | models.TimeField)
    for model in (BallotInbox, Comment, AnswerCount, ScaleStat, ScaleReliability):
        key = model._meta.pk
        assert isinstance(key, models.UUIDField)
        assert {UUID(str(key.default())).version for _n in range(5)} == {4}


def test_the_database_keeps_the_promise_of_smallest_groups(poll):
    for field in ("fewest_scores", "fewest_rates"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Wave.objects.update(**{field: 4})
    with pytest.raises(IntegrityError), transaction.atomic():
        Wave.objects.update(fewest_comments=9)


@pytest.mark.postgresql
def test_row_versions_tell_nothing_after_the_seal(poll, ann, cas, dee):
    for user in (ann, cas):
        cast_ballot(claim(poll.wave, by=user, now=TUESDAY_NOON), {1: 5}, now=TUESDAY_NOON)
    seal(poll.wave, poll.codes, by=dee, now=CLOSED)
    with connection.cursor() as cursor:
        for table in ("invitation", "spentcredential"):
            cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM surveys_{table}")
            assert cursor.fetchone() == (1,)
