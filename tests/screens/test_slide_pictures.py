"""Pictures that stand in a slide itself."""

import base64
import io
import random

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from cms.services.for_screens.pictures import data_uri, stored_picture

HEAD = "data:image/jpeg;base64,"


def file_of(image: Image.Image, kind: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def shown(uri: str) -> tuple[bytes, Image.Image]:
    assert uri.startswith(HEAD)
    content = base64.b64decode(uri.removeprefix(HEAD))
    return content, Image.open(io.BytesIO(content))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "LA", "1"])
def test_any_picture_becomes_a_small_jpeg(mode):
    content, image = shown(data_uri(file_of(Image.new(mode, (3000, 1000)))))
    assert (image.format, image.size) == ("JPEG", (1280, 427))
    assert len(content) <= 200_000


def test_even_noise_is_not_larger_than_200_kb():
    noise = Image.frombytes("RGB", (1280, 1280), random.Random(95).randbytes(3 * 1280 * 1280))
    content, _image = shown(data_uri(file_of(noise)))
    assert len(content) <= 200_000


def test_what_is_transparent_is_white():
    _content, image = shown(data_uri(file_of(Image.new("RGBA", (100, 100), (255, 0, 0, 0)))))
    assert image.getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"<svg/>", file_of(Image.new("L", (9, 9)))[:40]]
)
def test_what_is_no_picture_is_nothing(content):
    assert data_uri(content) == ""


def test_a_picture_whose_file_is_gone_is_nothing(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    name = default_storage.save("a.png", ContentFile(file_of(Image.new("RGB", (10, 10)))))
    assert stored_picture(name).startswith(HEAD)
    assert stored_picture("gone.png") == ""
