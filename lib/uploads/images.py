"""Pictures, drawn anew by us: upright, no larger than a screen, and with nothing in them but what is seen."""

from __future__ import annotations

import ctypes
import os
import struct
import tempfile
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

from PIL import Image, UnidentifiedImageError, features

from lib.uploads import refusal

LONG_SIDE = 2560
THUMBNAIL_SIDE = 480
THUMBNAIL_TYPE = "image/webp"
QUALITY = 86

MOST_PIXELS = {"JPEG": 120_000_000, "MPO": 120_000_000, "PNG": 16_500_000, "GIF": 16_500_000, "WEBP": 12_600_000}
"""What each format costs differs by far: a JPEG is decoded at a half, a quarter or an eighth of its size (1 byte a pixel or less), a PNG
with transparency takes up to 14 bytes a pixel, a WebP 15. With these bounds a picture takes at most 250 MB, and one is drawn at a time."""
MOST_PROGRESSIVE = 28_000_000
"""Of a JPEG that comes in passes: all of its coefficients are held at once, up to 6 bytes a pixel."""

Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())
os.environ.setdefault("JPEGMEM", "190M")
"""Read by libjpeg itself: a JPEG in many scans needs all of its coefficients at once, and beyond this it is refused as damaged."""

EXTENSIONS = {
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif"),
    "MPO": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "WEBP": (".webp",),
    "GIF": (".gif",),
}
KEPT_AS = {"JPEG": "JPEG", "MPO": "JPEG", "PNG": "PNG", "WEBP": "WEBP", "GIF": "PNG"}
HEIC_EXTENSIONS = frozenset({".heic", ".heif", ".hif"})
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_BROKEN = (
    OSError, SyntaxError, ValueError, ArithmeticError, LookupError, TypeError, AttributeError, EOFError, MemoryError,
    struct.error, zlib.error, RuntimeError, AssertionError,
)  # fmt: skip
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What makes a picture upright, by EXIF's word on how the camera was held."""
_one_at_a_time = threading.Lock()
_MMAP_THRESHOLD = -3  # glibc's M_MMAP_THRESHOLD

with suppress(OSError, AttributeError, TypeError):
    # glibc otherwise learns to keep large blocks for the next time, in every thread its own: 486 MB where 265 do (149 files in 4 threads).
    ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, 1024 * 1024)


@dataclass(frozen=True)
class Picture:
    """A picture as kept, and its thumbnail, both open files at their beginning."""

    file: IO[bytes]
    thumbnail: IO[bytes]
    media_type: str
    extensions: tuple[str, ...]
    width: int
    height: int


def is_heic(start: bytes) -> bool:
    return start[4:8] == b"ftyp" and start[8:12] in _HEIC_BRANDS


def redraw(file: IO[bytes], extension: str) -> Picture:
    """Raises Refused for what is no picture of this extension, is damaged, or is too large to be decoded."""
    with _one_at_a_time:
        file.seek(0)
        with _opened(file, extension) as image:
            kept_as = KEPT_AS[str(image.format)]
            drawn = _drawn(image)
        try:
            return _saved(drawn, kept_as)
        finally:
            drawn.close()


def _opened(file: IO[bytes], extension: str) -> Image.Image:
    """Its header read, and nothing decoded yet."""
    try:
        image = Image.open(file, formats=[name for name in EXTENSIONS if name != "MPO"])
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refusal.too_many_pixels(min(MOST_PIXELS[name] for name in EXTENSIONS if extension in EXTENSIONS[name])) from error
    except UnidentifiedImageError as error:
        raise refusal.not_what_it_says() from error
    except _BROKEN as error:
        raise refusal.damaged() from error
    if extension not in EXTENSIONS.get(image.format or "", ()):
        raise refusal.not_what_it_says()
    most = MOST_PROGRESSIVE if "progressive" in image.info else MOST_PIXELS[image.format or ""]
    if image.width * image.height > most:
        raise refusal.too_many_pixels(most)
    return image


def _drawn(image: Image.Image) -> Image.Image:
    """The first frame: small, upright, in plain grey, RGB or RGBA, and with no words beside it."""
    try:
        scale = min(1.0, LONG_SIDE / max(image.size))
        image.draft(None, (max(1, int(image.width * scale)), max(1, int(image.height * scale))))
        image.load()
        orientation = image.getexif().get(0x0112, 1)
        drawn = image if image.mode in ("RGB", "RGBA", "L", "CMYK") else _plain(image)
        drawn.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=None)
        drawn = _plain(drawn)
        if orientation in _TURNS:
            drawn = drawn.transpose(_TURNS[orientation])
        clean = Image.new(drawn.mode, drawn.size)
        clean.paste(drawn)
    except _BROKEN as error:
        raise refusal.damaged() from error
    return clean


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I") or image.mode == "F":
        deep = image.convert("I") if image.mode.startswith("I;") else image
        return deep.point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("L", "RGB", "RGBA"):
        return image
    if image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L" if image.mode == "1" else "RGB")


def _saved(image: Image.Image, kept_as: str) -> Picture:
    file = _encoded(image, kept_as)
    if file.seek(0, 2) > refusal.MOST_BYTES:  # a PNG of noise
        file.close()
        file, kept_as = _encoded(image, "WEBP"), "WEBP"
    file.seek(0)
    width, height = image.size
    image.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS)
    return Picture(file, _encoded(image, "WEBP"), f"image/{kept_as.lower()}", EXTENSIONS[kept_as], width, height)


def _encoded(image: Image.Image, kept_as: str) -> IO[bytes]:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on open
    options = {"PNG": {"compress_level": 6}, "JPEG": {"quality": QUALITY}, "WEBP": {"quality": QUALITY, "method": 3}}
    image.save(file, kept_as, **options[kept_as])
    file.seek(0)
    return file


assert features.check("webp"), "Pillow has been built without WebP."
