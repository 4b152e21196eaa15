"""Pictures that editors uploaded: seen where pages show them, and not by their address alone."""

import pytest

from cms.rights import give_rights
from people.models import ShownTo
from people.services.policies import set_policy
from people.services.roles import follow_roles
from tests.cms.written import agrees, make_image, make_story
from tests.conftest import MONDAY
from tests.scene import edna  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def image():
    return make_image()


@pytest.fixture
def address(image):
    return image.get_rendition("fill-640x360").url


def status(client, address: str, user=None) -> int:
    client.logout()
    if user:
        client.force_login(user)
    return client.get(address).status_code


def test_colleagues_see_a_picture_of_no_story(client, address, ann):
    assert (status(client, address), status(client, address, ann)) == (404, 200)
    answer = client.get(address)
    assert (answer["Content-Type"], answer["Cache-Control"]) == (
        "image/jpeg",
        "private, max-age=60",
    )


def test_a_storys_picture_follows_the_photos_of_those_in_it(client, image, address, ann, bob, edna):
    make_story("The parcel", ann, image=image, image_text="Ann")
    agrees(ann, ShownTo.STAFF)
    assert [status(client, address, each) for each in (None, bob, edna)] == [404, 404, 200]
    agrees(ann, ShownTo.STAFF, ShownTo.STAFF)
    assert [status(client, address, each) for each in (None, bob)] == [404, 200]


def test_strangers_see_what_the_public_page_shows(client, image, address, ann, system):
    make_story("The parcel", ann, image=image, image_text="Ann")
    agrees(ann, ShownTo.PUBLIC, ShownTo.PUBLIC)
    assert status(client, address) == 404
    set_policy("public_page", "on", from_date=MONDAY, reason="proud", by=system)
    assert status(client, address) == 200
    assert not client.get(address).cookies
    agrees(ann, ShownTo.PUBLIC, ShownTo.STAFF)
    assert status(client, address) == 404


def test_originals_are_for_those_who_write(client, image, ann, edna):
    give_rights()
    follow_roles(edna)
    original = f"/media/{image.file.name}"
    assert [status(client, original, each) for each in (None, ann, edna)] == [404, 404, 200]


@pytest.mark.parametrize(
    "path", ["../db.sqlite3", "images/../../db.sqlite3", "documents/handbook.txt", "images/x.svg",
             "images/", "statements/1.pdf", "images/%2e%2e/db.sqlite3", "images/\x00.jpg"],
)  # fmt: skip
def test_nothing_else_is_handed_out(client, edna, path, tmp_path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "handbook.txt").write_text("secret")
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "x.svg").write_text("<svg/>")
    assert status(client, f"/media/{path}", edna) in (400, 404)
