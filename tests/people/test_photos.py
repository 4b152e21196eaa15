"""A person's own photo: what is kept of a file, what is refused, and who sees it."""

import hashlib
import io
import random
import time
import tracemalloc
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image, features

from people.models import AuditEntry, Membership, Photo, RoleAssignment, ShownTo, User
from people.services import audit
from people.services.consents import Agreed, agree
from people.services.photos import PhotoRefused, remove_photo, set_photo
from people.services.pictures import MOST_BYTES, squared, whole
from people.services.pins import SHARED_SESSION
from people.signals import consent_changed
from tests.conftest import SignedInClient
from tests.people.pictures import (
    HTML,
    SVG,
    bomb,
    moving,
    of_many_scans,
    photographed,
    picture,
    saved,
    two_views,
    wordy_bomb,
)

ADDRESS = "/people/ann/photo/"
UPLOAD = "/account/shown/photo/"


def opened(image: bytes) -> Image.Image:
    return Image.open(io.BytesIO(image))


def noise(size: tuple[int, int]) -> Image.Image:
    return Image.effect_noise(size, 120).convert("RGB")


# What is kept


GOOD = {
    "JPEG": picture(), "PNG": picture("PNG"), "WebP": picture("WEBP"),
    "with transparency": picture("PNG", mode="RGBA"), "grey": picture("PNG", mode="L"),
    "black and white": picture("PNG", mode="1"), "palette": picture("PNG", mode="P"),
    "for print": picture(mode="CMYK"), "sixteen bits": picture("PNG", mode="I;16"),
    "progressive": picture(progressive=True), "by a phone": photographed(),
    "two views": two_views(), "very wide": picture(size=(3000, 100)),
}  # fmt: skip


@pytest.mark.parametrize("what", GOOD)
def test_a_picture_becomes_a_small_square(what):
    kept = squared(GOOD[what])
    image = opened(kept)
    side = min(512, *opened(GOOD[what]).size)
    assert (image.format, image.size, image.mode) == ("WEBP", (side, side), "RGB")
    assert len(kept) <= 100_000


def test_nothing_is_kept_but_the_picture():
    kept = squared(photographed())
    assert b"ecret" in photographed()
    assert b"ecret" not in kept
    assert not opened(kept).getexif()
    assert {"exif", "xmp", "icc_profile", "comment"} & opened(kept).info.keys() == set()


def test_a_picture_taken_upright_stands_upright():
    # Turned clockwise, what was left is on top.
    image = opened(squared(photographed()))
    top, bottom = image.getpixel((256, 60)), image.getpixel((256, 450))
    assert top[2] > 200 > 100 > top[0]
    assert bottom[0] > 200 > 100 > bottom[2]


def test_what_is_transparent_becomes_white():
    image = Image.new("RGBA", (200, 200), (255, 0, 0, 0))
    assert min(opened(squared(saved(image, "PNG"))).getpixel((100, 100))) > 250


def test_what_hardly_shrinks_is_kept_less_sharp():
    assert len(squared(saved(noise((1024, 1024)), "PNG"))) <= 100_000


@pytest.mark.parametrize("what", GOOD)
def test_of_a_whole_picture_nothing_is_cut_off(what):
    kept = whole(GOOD[what], most_bytes=400_000)
    image, before = opened(kept), opened(GOOD[what])
    upright = before.getexif().get(0x0112, 1) == 1
    width, height = before.size if upright else reversed(before.size)
    shrunk = min(1, 1600 / max(width, height))
    size = (round(width * shrunk), round(height * shrunk))
    assert (image.format, image.size, image.mode) == ("WEBP", size, "RGB")
    assert (bytes(image.getexif()), "exif" in image.info) == (b"", False)


def test_a_whole_picture_that_hardly_shrinks_is_kept_less_sharp():
    assert len(whole(saved(noise((1600, 1600)), "PNG"), most_bytes=400_000)) <= 400_000


def test_the_server_reads_webp():
    assert features.check("webp")


# What is refused


BAD = {
    "empty": (b"", "can't be read as a picture"),
    "SVG": (SVG, "can't be read as a picture"),
    "HTML": (HTML, "can't be read as a picture"),
    "GIF": (moving("GIF"), "can't be read as a picture"),
    "BMP": (picture("BMP"), "can't be read as a picture"),
    "TIFF": (picture("TIFF"), "can't be read as a picture"),
    "HTML behind a JPEG's first bytes": (b"\xff\xd8\xff\xe0" + HTML, "can't be read as a picture"),
    "a JPEG cut off": (picture(size=(900, 900))[:-1500], "can't be read as a picture"),
    "a PNG cut off": (saved(noise((300, 300)), "PNG")[:-5000], "can't be read as a picture"),
    "a PNG of 20,000 by 20,000": (bomb(20_000, 20_000), "too many pixels"),
    "a PNG of two billion each way": (bomb(2**31 - 1, 2**31 - 1, rows=0), "too many pixels"),
    "a PNG that unpacks to much": (bomb(4001, 4000), "too many pixels"),
    "a PNG with a million words": (wordy_bomb(), "can't be read as a picture"),
    "a PNG that moves": (moving("PNG"), "moves"),
    "a WebP that moves": (moving("WEBP"), "moves"),
    "a JPEG of many scans": (of_many_scans(), "unusual"),
    "tiny": (picture(size=(99, 400)), "too small"),
    "too large": (picture() + b"\0" * MOST_BYTES, "larger than 5 MB"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_file_is_refused_with_a_reason_soon_and_in_little_memory(what):
    content, reason = BAD[what]
    tracemalloc.start()
    began = time.monotonic()
    with pytest.raises(PhotoRefused, match=reason):
        squared(content)
    took = time.monotonic() - began
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 5
    assert peak < 100 * 1024**2


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_no_damaged_file_breaks_the_product():
    chance, seeds = random.Random(95), [GOOD["by a phone"], GOOD["palette"], GOOD["WebP"]]
    for _round in range(300):
        content = bytearray(chance.choice(seeds))
        for _byte in range(chance.choice([1, 3, 20])):
            content[chance.randrange(min(len(content), 500))] = chance.randrange(256)
        try:
            squared(bytes(content))
        except PhotoRefused:
            continue


# Setting and removing it


def agreed(user, names, photo=None):
    said = Agreed(names, names if photo is None else photo)
    agree(user.employee, said, by=user, now=timezone.now())


def photo_of(user, content: bytes = GOOD["JPEG"]) -> Photo:
    return set_photo(user.employee, content, by=user, now=timezone.now())


@pytest.mark.django_db
def test_a_photo_takes_the_place_of_the_one_before_and_stands_in_the_log(ann):
    first = photo_of(ann)
    second = photo_of(ann, GOOD["with transparency"])
    kept = Photo.objects.get()
    assert kept.pk == first.pk == second.pk
    assert kept.sha256 == hashlib.sha256(kept.image).hexdigest() != first.sha256
    assert remove_photo(ann.employee, by=ann)
    assert not Photo.objects.exists()
    entries = AuditEntry.objects.order_by("pk")
    assert [(e.entry.action, e.entry.person, e.before, e.after) for e in audit.opened(entries)] == [
        ("set_photo", ann.employee, None, {"photo": first.sha256}),
        ("set_photo", ann.employee, {"photo": first.sha256}, {"photo": kept.sha256}),
        ("remove_photo", ann.employee, {"photo": kept.sha256}, None),
    ]


@pytest.mark.django_db
def test_nobody_sets_or_removes_somebody_elses(ann, dee):
    photo_of(ann)
    with pytest.raises(PhotoRefused, match="Only the person"):
        set_photo(ann.employee, GOOD["PNG"], by=dee, now=timezone.now())
    with pytest.raises(PhotoRefused, match="Only the person"):
        remove_photo(ann.employee, by=dee)
    assert Photo.objects.get().employee == ann.employee
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_removing_what_is_not_there_changes_nothing(ann):
    assert remove_photo(ann.employee, by=ann) is False
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_a_change_that_can_not_be_logged_is_not_made(ann, monkeypatch):
    def fails(*_args, **_kwargs):
        raise RuntimeError("the log is full")

    photo_of(ann)
    monkeypatch.setattr(audit, "record", fails)
    with pytest.raises(RuntimeError):
        remove_photo(ann.employee, by=ann)
    assert Photo.objects.exists()


@pytest.mark.django_db
def test_those_who_copy_photos_hear_of_a_change_after_it_is_made(
    ann, django_capture_on_commit_callbacks
):
    heard = []

    def hear(**facts):
        heard.append(facts["employee_id"])

    consent_changed.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            photo_of(ann)
            remove_photo(ann.employee, by=ann)
            assert heard == []
    finally:
        consent_changed.disconnect(hear)
    assert heard == [ann.employee.pk] * 2


@pytest.mark.django_db
def test_the_database_keeps_no_large_photo(ann):
    with pytest.raises(IntegrityError, match="a_photo_is_at_most"), transaction.atomic():
        Photo.objects.create(employee=ann.employee, image=b"x" * 100_001, changed_at=timezone.now())


# Who sees it


def status(user, address: str = ADDRESS) -> int:
    client = SignedInClient()
    if user:
        client.force_login(user)
    return client.get(address).status_code


@pytest.mark.django_db
@pytest.mark.parametrize(
    "how_far, seen_by",
    [
        (None, {"ann"}),
        (ShownTo.NOBODY, {"ann"}),
        (ShownTo.TEAM, {"ann", "bob"}),
        (ShownTo.STAFF, {"ann", "bob", "cas", "max_auditor"}),
        (ShownTo.PUBLIC, {"ann", "bob", "cas", "max_auditor", "nobody"}),
    ],
)
def test_it_is_seen_by_whom_its_bearer_agrees_to(how_far, seen_by, ann, bob, cas, max_auditor):
    photo_of(ann)
    if how_far is not None:
        agreed(ann, ShownTo.PUBLIC, how_far)
    asking = {"ann": ann, "bob": bob, "cas": cas, "max_auditor": max_auditor, "nobody": None}
    assert {name: status(user) for name, user in asking.items()} == {
        name: 200 if name in seen_by else 404 for name in asking
    }


@pytest.mark.django_db
def test_hr_sees_no_more_than_a_colleague(ann, dee):
    photo_of(ann)
    agreed(ann, ShownTo.TEAM)
    assert status(dee) == 404


@pytest.mark.django_db
def test_the_department_is_the_one_of_today_and_its_leads_count(ann, cas, billing, system):
    photo_of(ann)
    agreed(ann, ShownTo.TEAM)
    assert status(cas) == 404
    RoleAssignment.objects.create(
        user=cas, role="lead", department=ann.employee.memberships.get().department,
        from_date=ann.employee.hired_on, made_by=system,
    )  # fmt: skip
    assert status(cas) == 200
    cas.role_assignments.all().delete()
    Membership.objects.filter(employee=ann.employee).update(department=billing)
    assert status(cas) == 200


@pytest.mark.django_db
def test_taking_consent_back_hides_it_with_the_same_click(ann, cas):
    photo_of(ann)
    agreed(ann, ShownTo.STAFF)
    client = SignedInClient()
    client.force_login(cas)
    first = client.get(ADDRESS)
    agreed(ann, ShownTo.STAFF, ShownTo.NOBODY)
    # Not even to a browser that has it already.
    assert client.get(ADDRESS, headers={"If-None-Match": first["ETag"]}).status_code == 404


@pytest.mark.django_db
def test_who_has_left_is_shown_no_more(ann, cas):
    photo_of(ann)
    agreed(ann, ShownTo.PUBLIC)
    ann.employee.left_on = timezone.localdate() - timedelta(days=1)
    ann.employee.save()
    assert (status(cas), status(None)) == (404, 404)


@pytest.mark.django_db
@pytest.mark.parametrize("number", ["bob", "nobody"])
def test_who_has_none_and_who_is_not_there_are_the_same(ann, bob, number):
    assert (
        status(ann, f"/people/{number}/photo/") == status(None, f"/people/{number}/photo/") == 404
    )


@pytest.mark.django_db
def test_it_comes_as_what_it_is_and_is_asked_for_anew_before_each_use(ann, cas, client):
    kept = photo_of(ann)
    agreed(ann, ShownTo.STAFF)
    client.force_login(cas)
    answer = client.get(ADDRESS)
    assert answer.content == bytes(kept.image)
    assert {name: answer[name] for name in (
        "Content-Type", "ETag", "Cache-Control", "X-Content-Type-Options",
        "Cross-Origin-Resource-Policy",
    )} == {
        "Content-Type": "image/webp", "ETag": f'"{kept.sha256}"',
        "Cache-Control": "private, no-cache", "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip
    again = client.get(ADDRESS, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content, again["Cache-Control"]) == (
        304, b"", "private, no-cache",
    )  # fmt: skip
    photo_of(ann, GOOD["grey"])
    assert client.get(ADDRESS, headers={"If-None-Match": answer["ETag"]}).status_code == 200


@pytest.mark.django_db
def test_a_shared_device_keeps_no_photo(ann, client):
    photo_of(ann)
    client.force_login(ann)
    session = client.session
    session[SHARED_SESSION] = True
    session.save()
    assert client.get(ADDRESS)["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_one_photo_costs_few_queries_and_the_picture_is_read_last(
    ann, cas, client, django_assert_max_num_queries
):
    photo_of(ann)
    agreed(ann, ShownTo.STAFF)
    client.force_login(cas)
    with django_assert_max_num_queries(12) as asked:
        etag = client.get(ADDRESS)["ETag"]
    with django_assert_max_num_queries(11) as asked_again:
        client.get(ADDRESS, headers={"If-None-Match": etag})
    assert len(asked_again) == len(asked) - 1


# The upload's form


@pytest.mark.django_db
def test_a_person_uploads_a_photo_and_removes_it(ann, client):
    client.force_login(ann)
    answer = client.post(UPLOAD, {"photo": SimpleUploadedFile("me.jpg", GOOD["JPEG"])})
    assert (answer.status_code, answer.url) == (302, "/account/shown/")
    page = client.get("/account/shown/").content.decode()
    assert '<img class="portrait large" src="/people/ann/photo/"' in page
    assert "It is seen by nobody else." in page
    client.post("/account/shown/photo/remove/")
    assert not Photo.objects.exists()
    assert "/people/ann/photo/" not in client.get("/account/shown/").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["SVG", "HTML", "GIF", "a JPEG cut off", "too large", "empty"])
def test_a_bad_upload_says_why_and_changes_nothing(what, ann, client):
    before = photo_of(ann).sha256
    client.force_login(ann)
    content, reason = BAD[what]
    answer = client.post(UPLOAD, {"photo": SimpleUploadedFile("me.jpg", content, "image/jpeg")})
    assert answer.status_code == 200
    text = answer.content.decode().replace("&#x27;", "'")
    assert ("is empty" if what == "empty" else reason) in text
    assert Photo.objects.get().sha256 == before
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db
def test_no_file_says_so(ann, client):
    client.force_login(ann)
    assert "This field is required." in client.post(UPLOAD, {}).content.decode()
    assert "encoding type" not in client.post(UPLOAD, {"photo": "text"}).content.decode()
    assert not Photo.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["nickname/", "photo/", "photo/remove/"])
def test_acts_are_posted(path, ann, client):
    client.force_login(ann)
    assert client.get(f"/account/shown/{path}").status_code == 405


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["", "nickname/", "photo/", "photo/remove/"])
def test_an_account_without_an_employee_has_nothing_to_show(path, client):
    client.force_login(User.objects.create_user("machine"))
    address = f"/account/shown/{path}"
    answer = client.post(address) if path else client.get(address)
    assert answer.status_code == 404


@pytest.mark.django_db
def test_a_colleagues_page_has_the_photo_for_whom_it_is(ann, bob, cas, client):
    photo_of(ann)
    agreed(ann, ShownTo.TEAM)
    for user, sees in ((bob, True), (cas, False), (ann, True)):
        client.force_login(user)
        assert (f'src="{ADDRESS}"' in client.get("/people/ann/").content.decode()) is sees
