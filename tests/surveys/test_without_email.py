"""Staff without e-mail: slips and a kiosk, paper counted in by two."""

import re
from io import BytesIO

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from pypdf import PdfReader

from people.models import AuditEntry, Employee, SignInAttempt
from surveys.models import BallotInbox, Cell, Invitation, PaperEntry, SpentCredential, Wave
from surveys.services.paper import Counted, count_in, hand_out_paper
from surveys.services.poll_printing import paper_pdf
from surveys.services.sealing import seal
from surveys.services.slips import LENGTH, claim_by_slip, slip_code, slips_for
from surveys.services.station import Credential, StationRefused, cast_ballot, claim
from tests.conftest import TUESDAY_NOON
from tests.surveys.conftest import CLOSED
from tests.surveys.test_ballot_pages import credential_in, receipt_in
from tests.surveys.test_proving import crowd

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def tuesday(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


def by_slip(number: str, code: str) -> Credential:
    return claim_by_slip(number, code, address="10.0.0.9", now=TUESDAY_NOON)


def test_a_slip_hands_out_the_ballot_of_its_group_once(poll, ann):
    code = slip_code(poll.wave, "ann")
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{5}-[0-9A-HJKMNP-TV-Z]{5}", code)
    given = by_slip(" ANN ", code.replace("-", " ").lower())
    assert (given.wave, given.cell) == ("2026", 1)
    with pytest.raises(StationRefused, match="handed out before"):
        by_slip("ann", code)
    with pytest.raises(StationRefused, match="handed out before"):
        claim(poll.wave, by=ann, now=TUESDAY_NOON)


def test_a_slip_needs_no_account(poll):
    [worker] = crowd(poll.wave, 1)
    assert worker.user is None
    assert by_slip(worker.number, slip_code(poll.wave, worker.number)).cell == 1


@pytest.mark.parametrize("number", ["ann", "cas", "nobody"])
def test_a_code_of_somebody_else_or_another_poll_is_refused(poll, number):
    for code in (
        slip_code(poll.wave, "bob"),
        slip_code(Wave(code="2025"), number),
        "",
        "0" * LENGTH,
    ):
        with pytest.raises(StationRefused, match="not right"):
            by_slip(number, code)
    assert not Invitation.objects.filter(claimed=True).exists()


def test_after_the_close_a_slip_opens_nothing(poll):
    with pytest.raises(StationRefused):
        claim_by_slip("ann", slip_code(poll.wave, "ann"), address=None, now=CLOSED)


def test_guessing_codes_ends_soon_and_who_has_the_slip_leaves_no_time(poll, client):
    for _n in range(6):
        page = client.post("/kiosk/", {"number": "ann", "code": "00000-00000"})
        assert "not right" in page.content.decode()
    right = {"number": "ann", "code": slip_code(poll.wave, "ann")}
    assert "Too many attempts" in client.post("/kiosk/", right).content.decode()
    # Somebody else at the same kiosk is not kept out.
    other = {"number": "cas", "code": slip_code(poll.wave, "cas")}
    assert 'name="q1"' in client.post("/kiosk/", other).content.decode()
    attempts = SignInAttempt.objects.all()
    assert attempts.count() == 6
    assert not attempts.filter(succeeded=True).exists()
    assert not attempts.filter(user__isnull=False).exists()


def test_mistakes_before_the_right_code_leave_no_time_either(poll, client):
    for code in ("00000-00000", slip_code(poll.wave, "ann")):
        client.post("/kiosk/", {"number": "ann", "code": code})
    assert Invitation.objects.get(employee__number="ann").claimed
    assert not SignInAttempt.objects.exists()


def test_the_code_is_in_no_table(poll, dee):
    [slip] = slips_for(poll.wave, Employee.objects.filter(number="ann"), by=dee)
    tables = stored_text()
    assert slip.code not in tables
    assert slip.code.replace("-", "") not in tables
    assert slip.link.endswith(f"/kiosk/#number=ann&code={slip.code}")
    entry = AuditEntry.objects.get(action="print_slips")
    assert (entry.person, entry.after) == (None, {"slips": 1})


def stored_text() -> str:
    from tests.test_mass_assignment import snapshot

    return repr(snapshot())


def test_at_the_kiosk_from_the_slip_to_a_cleared_screen(poll):
    kiosk = Client()
    page = kiosk.post("/kiosk/", {"number": "ann", "code": slip_code(poll.wave, "ann")})
    assert page.cookies == {}
    text = page.content.decode()
    assert "kiosk.js" in text
    assert 'data-ballot=""' in text, "nothing is kept in the browser"
    assert "Ann" not in text
    cast = kiosk.post(
        "/ballot/cast/", {"credential": credential_in(page), "kiosk": "yes", "q1": "5"}
    )
    assert receipt_in(cast)
    assert '<meta http-equiv="refresh" content="30; url=/kiosk/">' in cast.content.decode()
    again = kiosk.post("/kiosk/", {"number": "ann", "code": slip_code(poll.wave, "ann")})
    assert "handed out before" in again.content.decode()


def test_from_slips_hr_does_not_learn_who_has_taken_a_ballot(client, poll, ann, dee):
    client.force_login(dee)
    before = printed_slips(client, "ann")
    claim(poll.wave, by=ann, now=TUESDAY_NOON)
    assert printed_slips(client, "ann") == before
    assert slip_code(poll.wave, "cas") in printed_slips(client, "")
    assert slip_code(poll.wave, "ann") in printed_slips(client, "")
    unknown = client.post("/polls/2026/slips/", {"group": "0", "numbers": "cas, xyz"})
    assert "Nobody invited there has the number xyz." in unknown.content.decode()


def printed_slips(client: Client, numbers: str) -> str:
    printed = client.post("/polls/2026/slips/", {"group": "0", "numbers": numbers})
    [page] = PdfReader(BytesIO(printed.content)).pages
    return page.extract_text()


def test_asking_how_many_get_paper_tells_of_nobody_whether_they_have_a_ballot(
    client, poll, ann, dee
):
    client.force_login(dee)
    chosen = {"group": "1", "language": "en", "numbers": "ann"}
    before = main_of(client.post("/polls/2026/paper/", chosen))
    claim(poll.wave, by=ann, now=TUESDAY_NOON)
    assert main_of(client.post("/polls/2026/paper/", chosen)) == before


def main_of(page: HttpResponse) -> str:
    """Without the token of the form, which is another each time."""
    [main] = re.findall(r"<main.*</main>", page.content.decode(), re.DOTALL)
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", main)


def test_of_a_group_too_small_no_paper_is_made(poll, dee):
    people = Employee.objects.filter(number__in=("ann", "cas"))
    with pytest.raises(StationRefused, match="at least 7"):
        hand_out_paper(poll.wave, people, by=dee, now=TUESDAY_NOON)
    assert not Invitation.objects.filter(claimed=True).exists()


@pytest.fixture
def sheets(poll, dee):
    crowd(poll.wave, 7)
    people = Employee.objects.filter(number__startswith="w")
    return hand_out_paper(poll.wave, people, by=dee, now=TUESDAY_NOON)


def test_paper_bears_a_credential_and_a_group_and_nobodys_name(poll, sheets):
    assert len({each.credential.chance for each in sheets}) == 7
    assert {each.group for each in sheets} == {"Claims"}
    assert Invitation.objects.filter(claimed=True, employee__number__startswith="w").count() == 7
    pages = PdfReader(BytesIO(paper_pdf(poll.wave, sheets, language="en"))).pages
    assert len(pages) % 14 == 0, "each ballot begins on a sheet of its own"
    text = "".join(page.extract_text() for page in pages)
    joined = text.replace("\n", "")
    for each in sheets:
        assert str(each.credential) in joined
    assert "Worker" not in text
    assert "Strongly disagree" in text
    assert str(sheets[0].credential) not in stored_text()


def test_hr_hands_out_paper_after_having_seen_how_many(client, poll, dee):
    crowd(poll.wave, 7)
    client.force_login(dee)
    chosen = {"group": "1", "language": "en", "numbers": " ".join(f"w{n:04}" for n in range(7))}
    page = client.post("/polls/2026/paper/", chosen).content.decode()
    assert "7 people chosen" in page
    assert not Invitation.objects.filter(claimed=True).exists()
    made = client.post("/polls/2026/paper/", {**chosen, "confirmed": "yes"})
    assert made["Content-Type"] == "application/pdf"
    assert made["Cache-Control"] == "no-store"
    assert Invitation.objects.filter(claimed=True).count() == 7
    again = client.post("/polls/2026/paper/", {**chosen, "confirmed": "yes"}).content.decode()
    assert "has taken their ballot" in again
    few = {"group": "2", "language": "en"}
    assert "too few" in client.post("/polls/2026/paper/", few).content.decode()
    refused = client.post("/polls/2026/paper/", {**few, "confirmed": "yes"})
    assert "at least 7" in refused.content.decode()


def test_two_who_type_the_same_cast_a_ballot(poll, sheets, dee, bob):
    sheet, said = sheets[0].credential, {1: 5, 4: "More  light"}
    assert count_in(sheet, said, by=dee, now=TUESDAY_NOON) is Counted.FIRST
    assert count_in(sheet, said, by=dee, now=TUESDAY_NOON) is Counted.FIRST
    assert not SpentCredential.objects.exists()
    assert count_in(sheet, {1: 4, 4: "More light"}, by=bob, now=TUESDAY_NOON) is Counted.DIFFERS
    assert not BallotInbox.objects.exists()
    assert count_in(sheet, {1: 5, 4: "More light"}, by=bob, now=TUESDAY_NOON) is Counted.CAST
    assert (BallotInbox.objects.count(), PaperEntry.objects.count()) == (1, 0)
    with pytest.raises(StationRefused, match="counted before"):
        count_in(sheet, said, by=bob, now=TUESDAY_NOON)
    assert seal(poll.wave, poll.codes, by=dee, now=CLOSED) == 1


def test_what_the_first_typed_can_be_read_from_no_table(poll, sheets, dee):
    count_in(sheets[0].credential, {4: "The lift is broken"}, by=dee, now=TUESDAY_NOON)
    count_in(sheets[1].credential, {4: "The lift is broken"}, by=dee, now=TUESDAY_NOON)
    one, other = PaperEntry.objects.values_list("answers_digest", flat=True)
    assert one != other
    assert "lift" not in stored_text()


def test_paper_that_was_answered_by_screen_is_not_counted_again(poll, sheets, dee):
    cast_ballot(sheets[0].credential, {1: 5}, now=TUESDAY_NOON)
    with pytest.raises(StationRefused, match="counted before"):
        count_in(sheets[0].credential, {1: 1}, by=dee, now=TUESDAY_NOON)


def test_hr_and_the_staff_representative_count_and_nobody_else(client, poll, sheets, dee, bob, ann):
    Wave.objects.filter(pk=poll.wave.pk).update(staff_holder=bob)
    sheet = f"https://host/ballot/#{sheets[0].credential}"
    for user, expected in ((dee, "Kept as a digest"), (bob, "the ballot is cast")):
        client.force_login(user)
        asked = client.post("/polls/2026/paper/count/", {"credential": sheet})
        assert 'name="q1"' in asked.content.decode()
        typed = {"credential": credential_in(asked), "counted": "yes", "q1": "5"}
        done = client.post("/polls/2026/paper/count/", typed, follow=True)
        assert expected in done.content.decode()
    client.force_login(ann)
    assert client.get("/polls/2026/paper/count/").status_code == 403
    client.force_login(dee)
    wrong = client.post("/polls/2026/paper/count/", {"credential": "2026.1.x"})
    assert "no credential" in wrong.content.decode()


def test_a_sheet_that_differs_is_shown_again_as_it_was_typed(client, poll, sheets, dee, bob):
    Wave.objects.filter(pk=poll.wave.pk).update(staff_holder=bob)
    count_in(sheets[0].credential, {1: 5}, by=dee, now=TUESDAY_NOON)
    client.force_login(bob)
    typed = {"credential": str(sheets[0].credential), "counted": "yes", "q1": "4"}
    page = client.post("/polls/2026/paper/count/", typed).content.decode()
    assert "not what the other one typed" in page
    assert re.search(r'name="q1" value="4" checked', page)


def test_a_group_is_found_with_those_below_it(client, poll, dee):
    Cell.objects.filter(path="0.2").update(path="0.1.2")
    client.force_login(dee)
    printed = client.post("/polls/2026/slips/", {"group": "1"})
    text = PdfReader(BytesIO(printed.content)).pages[0].extract_text()
    assert slip_code(poll.wave, "ann") in text
    assert slip_code(poll.wave, "cas") in text
