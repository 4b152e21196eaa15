"""Receipts: what is kept of a picture, who sees it, and what is still missing."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image

from empowerment.models import Case, CaseStep, Receipt
from empowerment.services.allowances import SpendingRefused
from empowerment.services.asking import ask, decide
from empowerment.services.receipts import add_receipt, say_no_receipt
from empowerment.services.spending import spend
from people.models import AuditEntry
from people.services import audit
from tests.conftest import TUESDAY_NOON
from tests.empowerment.conftest import wanted
from tests.empowerment.test_spend_view import ADDRESS, entered, errors, text_of
from tests.people.pictures import HTML, photographed, picture

pytestmark = pytest.mark.django_db
WEBP = picture("WEBP", size=(300, 900))


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: TUESDAY_NOON)


@pytest.fixture
def case(ann, limits, delayed) -> Case:
    return spend(wanted(2_000), by=ann, now=TUESDAY_NOON)


@pytest.fixture
def address(case) -> str:
    return f"/cases/{case.pk}/receipt/"


@pytest.fixture
def ann_there(client, ann, limits, delayed):
    client.force_login(ann)
    return client


def photo(content: bytes = b"", name: str = "IMG_1.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or photographed(), content_type="image/jpeg")


def kept() -> Image.Image:
    return Image.open(io.BytesIO(bytes(Receipt.objects.get().image)))


# with the case


def test_a_photo_sent_with_the_case_is_kept_whole_and_bare(ann_there):
    long = picture(size=(1000, 4000), comment=b"secret place")
    assert ann_there.post(ADDRESS, {**entered(), "receipt": photo(long)}).status_code == 302
    image = kept()
    assert (image.format, image.size) == ("WEBP", (400, 1600))
    assert b"ecret" not in bytes(Receipt.objects.get().image)
    assert Receipt.objects.get().case == Case.objects.get()


def test_a_case_sent_twice_with_its_photo_keeps_one(ann_there):
    sent = entered()
    for _press in range(2):
        assert ann_there.post(ADDRESS, {**sent, "receipt": photo()}).status_code == 302
    assert (Case.objects.count(), Receipt.objects.count()) == (1, 1)


def test_a_file_that_is_no_picture_is_refused_before_anything_is_spent(ann_there):
    page = ann_there.post(ADDRESS, {**entered(), "receipt": photo(HTML)})
    [said] = errors(page)["receipt"]
    assert said.startswith("This file can't be read as a picture.")
    assert "<details open>" in text_of(page)
    assert not Case.objects.exists()


def test_a_photo_that_is_too_large_is_refused(ann_there):
    page = ann_there.post(ADDRESS, {**entered(), "receipt": photo(b"\0" * (5 * 1024**2 + 1))})
    assert errors(page)["receipt"] == ["This file is larger than 5 MB. Choose a smaller picture."]


# later


def test_a_receipt_is_added_later_and_shown(ann_there, address):
    assert 'name="receipt"' in text_of(ann_there.get(address))
    assert ann_there.post(address, {"receipt": photo()}).status_code == 302
    assert f'src="{address}photo/"' in text_of(ann_there.get(address))
    answer = ann_there.get(f"{address}photo/")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/webp", "no-store")
    assert answer.content == bytes(Receipt.objects.get().image)
    assert [(step.what, step.text) for step in CaseStep.objects.all()] == [("receipt", "")]


def test_it_is_said_why_there_is_none(ann_there, case, address, ann):
    ann_there.post(address, {"no_receipt": "Paid in cash at the door"})
    case.refresh_from_db()
    assert case.no_receipt == "Paid in cash at the door"
    entry = AuditEntry.objects.get(action="say_no_receipt")
    assert audit.opened([entry])[0].after == {"no_receipt": "Paid in cash at the door"}


def test_one_of_the_two_is_needed(ann_there, address):
    page = ann_there.post(address, {"receipt": "", "no_receipt": " "})
    assert errors(page) == {"__all__": ["Choose a photo, or say why there is no receipt."]}


def test_another_picture_does_not_replace_the_first(ann_there, address):
    ann_there.post(address, {"receipt": photo()})
    page = ann_there.post(address, {"receipt": photo(picture("PNG"))})
    assert errors(page) == {"receipt": ["This case has a receipt already."]}
    assert ann_there.post(address, {"receipt": photo()}).status_code == 302


def test_what_was_said_instead_of_a_receipt_stays(case, ann):
    say_no_receipt(case, "Cash", by=ann, now=TUESDAY_NOON)
    say_no_receipt(case, "Cash ", by=ann, now=TUESDAY_NOON)
    with pytest.raises(SpendingRefused, match="answered already"):
        say_no_receipt(case, "Lost", by=ann, now=TUESDAY_NOON)
    add_receipt(case, WEBP, by=ann, now=TUESDAY_NOON)
    assert CaseStep.objects.count() == 2


def test_there_is_no_receipt_for_what_was_not_spent(ann, bob, limits, delayed):
    asked = ask(wanted(20_000, reason="Why not"), by=ann, now=TUESDAY_NOON)
    declined = decide(asked, approve=False, reason="Too much", by=bob, now=TUESDAY_NOON)
    with pytest.raises(SpendingRefused, match="Nothing of this case was spent"):
        add_receipt(declined, WEBP, by=ann, now=TUESDAY_NOON)


def test_the_database_keeps_no_larger_picture(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.create(
            case=case, image=b"x" * 400_001, sha256="a" * 64, added_at=TUESDAY_NOON
        )


# who may


@pytest.mark.parametrize(
    ("who", "sees"),
    [("ann", 200), ("bob", 200), ("fay", 200), ("max_auditor", 200), ("cas", 404), ("dee", 404)],
)
def test_a_receipt_is_for_who_may_see_the_case(client, case, address, ann, who, sees, request):
    add_receipt(case, WEBP, by=ann, now=TUESDAY_NOON)
    client.force_login(request.getfixturevalue(who))
    assert client.get(address).status_code == sees


@pytest.mark.parametrize("who", ["bob", "fay", "cas"])
def test_nobody_else_adds_one(client, case, address, who, request):
    other = request.getfixturevalue(who)
    client.force_login(other)
    assert client.get(address).status_code == 404
    assert client.post(address, {"no_receipt": "None of mine"}).status_code == 404
    with pytest.raises(SpendingRefused, match="Only who spent it"):
        add_receipt(case, WEBP, by=other, now=TUESDAY_NOON)


def test_a_stranger_signs_in_first(client, address):
    assert client.get(address).url == f"/sign-in/?next={address}"


# what is missing


def test_the_first_page_lists_what_has_no_receipt(ann_there, ann, case, address):
    assert "1 receipt is missing" in text_of(ann_there.get("/"))
    assert f'href="{address}"' in text_of(ann_there.get("/"))
    ann_there.post(address, {"no_receipt": "Cash"})
    assert "receipt is missing" not in text_of(ann_there.get("/"))


def test_what_is_older_than_thirty_days_is_not_asked_for(ann_there, ann, case, monkeypatch):
    later = TUESDAY_NOON + timedelta(days=30)
    monkeypatch.setattr(timezone, "now", lambda: later)
    assert "receipt is missing" not in text_of(ann_there.get("/"))
