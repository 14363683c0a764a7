"""What is kept of a file, and what is refused."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import pytest
from PIL import Image

from lib.uploads.examine import examine
from lib.uploads.images import THUMBNAIL_SIDE
from lib.uploads.names import clean_name
from lib.uploads.refusal import Refused
from tests.contributions import corpus
from tests.contributions.corpus import HTML, SCRIPT, Sample, picture, with_exif

KEPT, REFUSED = corpus.kept(), corpus.refused()


def kept_of(content: bytes, name: str) -> tuple[Any, bytes]:
    with examine(io.BytesIO(content), name) as kept:
        return kept, kept.file.read()


def test_the_corpus_is_large_enough() -> None:
    assert (len(KEPT) > 50, len(REFUSED) > 70) == (True, True)


@pytest.mark.parametrize("sample", REFUSED, ids=lambda sample: sample.called)
def test_what_is_refused(sample: Sample) -> None:
    with pytest.raises(Refused) as refusal:
        examine(io.BytesIO(sample.content), sample.name)
    assert refusal.value.code == sample.refused


@pytest.mark.parametrize("sample", KEPT, ids=lambda sample: sample.called)
def test_what_is_kept_is_harmless(sample: Sample) -> None:
    with examine(io.BytesIO(sample.content), sample.name) as kept:
        content, thumbnail = kept.file.read(), kept.thumbnail.read() if kept.thumbnail else b""
    assert (kept.size, kept.width is None) == (len(content), not kept.media_type.startswith("image/"))
    assert kept.name == clean_name(kept.name)
    if kept.width is None:
        assert content == sample.content
        return
    assert not any(bad in content for bad in (SCRIPT, HTML, b"alert(1)", b"evil.html", b"Exif", b"Kameramakare"))
    with Image.open(io.BytesIO(content)) as image:
        assert (image.size, getattr(image, "n_frames", 1), dict(image.getexif())) == ((kept.width, kept.height), 1, {})
        assert max(image.size) <= 2560
        assert not {"exif", "xmp", "icc_profile", "comment", "Comment"} & set(image.info)
    with Image.open(io.BytesIO(thumbnail)) as small:
        assert (small.format, max(small.size) <= THUMBNAIL_SIDE) == ("WEBP", True)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_upright(orientation: int) -> None:
    """The bright corner of what the camera saw stands where the camera says it was."""
    _kept, content = kept_of(with_exif(orientation, size=(90, 60)), "bild.jpg")
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
        corners = {"ul": (9, 9), "ur": (width - 9, 9), "ll": (9, height - 9), "lr": (width - 9, height - 9)}
        bright = [name for name, place in corners.items() if image.convert("L").getpixel(place) > 200]  # type: ignore[operator]
    assert (bright, width > height) == (
        [{1: "ul", 2: "ur", 3: "lr", 4: "ll", 5: "ul", 6: "ur", 7: "lr", 8: "ll"}[orientation]],
        orientation < 5,
    )


def test_where_it_was_taken_is_gone() -> None:
    before = with_exif(gps=True)
    with Image.open(io.BytesIO(before)) as image:
        assert image.getexif().get_ifd(0x8825)[2] == (67.0, 51.0, 20.0)
    _kept, content = kept_of(before, "bild.jpg")
    with Image.open(io.BytesIO(content)) as image:
        assert (dict(image.getexif()), dict(image.getexif().get_ifd(0x8825))) == ({}, {})


@pytest.mark.parametrize(
    ("kind", "name", "mode", "becomes"),
    [
        ("PNG", "a.png", "I;16", ("image/png", "a.png", "L")),
        ("PNG", "a.png", "LA", ("image/png", "a.png", "RGBA")),
        ("GIF", "a.b.GIF", "P", ("image/png", "a.b.png", "RGB")),
        ("JPEG", "a.JPG", "CMYK", ("image/jpeg", "a.JPG", "RGB")),
        ("WEBP", "a.webp", "RGB", ("image/webp", "a.webp", "RGB")),
    ],
)
def test_what_a_picture_becomes(kind: str, name: str, mode: str, becomes: tuple[str, str, str]) -> None:
    kept, content = kept_of(picture(kind, mode=mode), name)
    with Image.open(io.BytesIO(content)) as image:
        assert (kept.media_type, kept.name, image.mode) == becomes
        pixels = image.convert("L").tobytes()
        assert pixels[64 * 3 + 3] > pixels[64 * 40 + 60] + 60 or mode == "I;16"


def test_a_large_picture_is_made_as_large_as_a_screen() -> None:
    kept, _content = kept_of(picture("JPEG", (8000, 6000), quality=30), "stor.jpg")
    assert (kept.width, kept.height) == (2560, 1920)


def test_the_same_picture_is_kept_as_the_same_bytes() -> None:
    assert kept_of(picture(), "a.png")[0].sha256 == kept_of(picture(), "b.png")[0].sha256


NAMES = {
    "trappa.jpg": "trappa.jpg",
    "../../etc/passwd.txt": "passwd.txt",
    "C:\\Users\\x\\Bild 1.PNG": "Bild 1.PNG",
    "a\x00b.png": "ab.png",
    "gnp\u202egpj.png": "gnpgpj.png",
    "a\u200f\u200eb.txt": "ab.txt",
    "  två\n rader\t.txt ": "två rader.txt",
    'fråga?<>"|*.pdf': "fråga-.pdf",
    ".png": "png",
    "": "fil",
    "...": "fil",
    "..png": "png",
    "bild.jpg::$DATA": "bild.jpg-$DATA",
    "a\u0308.txt": "ä.txt",
    "x" * 300 + ".docx": "x" * 195 + ".docx",
}


@pytest.mark.parametrize(("raw", "clean"), NAMES.items())
def test_names_are_cleaned(raw: str, clean: str) -> None:
    assert clean_name(raw) == clean


MEASURE = """
import io, os, resource, sys, threading
import django
django.setup()
from PIL import Image
from lib.uploads.examine import examine
from lib.uploads.refusal import Refused
from tests.contributions import corpus

def heaviest():
    Image.MAX_IMAGE_PIXELS = None
    yield "a.png", corpus.picture("PNG", (4060, 4060), "LA", compress_level=1)
    yield "b.jpg", corpus.picture("JPEG", (5290, 5290), quality=30, progressive=True, subsampling=0)
    yield "c.webp", corpus.picture("WEBP", (4000, 3100), "RGB", quality=30, method=0)
    if "THOROUGH" not in os.environ:
        return
    yield "c.png", corpus.picture("PNG", (4060, 4060), "P")
    yield "d.jpg", corpus.picture("JPEG", (10900, 10900), quality=30)
    yield "f.jpg", corpus.picture("JPEG", (5100, 5100), "CMYK", quality=30)
    yield "h.gif", corpus.picture("GIF", (4060, 4060), "P")

def everything():
    yield from heaviest()
    for sample in corpus.kept() + corpus.refused():
        yield sample.name, sample.content

folder = sys.argv[1]
if sys.argv[2] == "write":
    for number, (name, content) in enumerate(everything()):
        with open(f"{folder}/{number:03}", "wb") as file:
            file.write(content)
        with open(f"{folder}/{number:03}.name", "w") as file:
            file.write(name.encode("utf-8", "surrogatepass").decode("utf-8", "replace"))
    sys.exit()

def judge(number):
    with open(f"{folder}/{number:03}.name", newline="") as file:
        name = file.read()
    with open(f"{folder}/{number:03}", "rb") as file:
        try:
            with examine(file, name):
                pass
        except Refused:
            pass

numbers = sorted({int(name[:3]) for name in os.listdir(folder)})
judge(numbers[-1])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
pending = list(numbers)
def work():
    while pending:
        try:
            number = pending.pop(0)
        except IndexError:
            return
        judge(number)
threads = [threading.Thread(target=work) for _ in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(numbers), (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


@pytest.mark.slow
def test_no_file_takes_more_memory_than_there_is(tmp_path: Any) -> None:
    """The whole corpus and the heaviest pictures that are let in, four at a time as in a web process: under 300 MB beyond what the process took before."""
    said = ""
    for act in ("write", "judge"):
        done = subprocess.run([sys.executable, "-W", "ignore", "-c", MEASURE, str(tmp_path), act], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        said = done.stdout
    number, growth = map(int, said.split())
    assert number >= len(KEPT) + len(REFUSED) + 3
    assert growth < 300
