"""Pictures as somebody might upload them, good and bad."""

import io
import struct
import zlib

from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **more):
    """The bytes of a picture that is left half blue and right half orange."""
    image = Image.new(mode, size, "blue" if mode.startswith("RGB") else 0)
    right = (size[0] // 2, 0, *size)
    image.paste("orange" if mode.startswith("RGB") else 1, right)
    return saved(image, form, **more)


def saved(image: Image.Image, form: str, **more) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def photographed() -> bytes:
    """By a phone held upright: turned by 90 degrees, with its place and its maker beside it."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret Camera"
    exif.get_ifd(0x8825)[1] = "N"
    return picture(exif=exif, comment=b"secret place")


def two_views() -> bytes:
    """A JPEG with a second one behind it, as many phones write it."""
    image = Image.open(io.BytesIO(picture()))
    return saved(image, "MPO", save_all=True, append_images=[image])


def moving(form: str) -> bytes:
    frames = [Image.new("RGB", (200, 200), colour) for colour in ("red", "green")]
    return saved(frames[0], form, save_all=True, append_images=frames[1:])


def bomb(width: int, height: int, *, rows: int = 10) -> bytes:
    """A PNG of some hundred bytes that says it is this large; `rows` of it are really there."""
    line = b"\0" * (1 + 3 * width)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", head), (b"IDAT", zlib.compress(line * rows, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in parts)


def wordy_bomb() -> bytes:
    """A small PNG whose texts unpack to 200 million characters."""
    texts = [(b"zTXt", b"k%d\0\0" % n + zlib.compress(b"\0" * 1_000_000)) for n in range(200)]
    plain = picture("PNG", (200, 200))
    return plain[:33] + b"".join(_chunk(*text) for text in texts) + plain[33:]


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + checked


def of_many_scans() -> bytes:
    """A JPEG that has one part of it over and over: small, and hours to read."""
    plain = picture(progressive=True)
    last = plain[plain.rindex(b"\xff\xda") : -2]
    return plain[:-2] + last * 500 + b"\xff\xd9"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
