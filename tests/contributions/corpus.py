"""Files as people and attackers send them, made here: what each must come to is said beside it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from PIL import Image

from lib.uploads.refusal import MOST_BYTES

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE" + b"!$H+H*"
SCRIPT = b"<script>alert(document.cookie)</script>"
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
OOXML = "application/vnd.openxmlformats-officedocument"
MAINS = {
    "docx": ("word/document.xml", "wordprocessingml.document"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet"),
    "pptx": ("ppt/presentation.xml", "presentationml.presentation"),
}


@dataclass(frozen=True)
class Sample:
    """A file, and the code with which it is refused; "" for one that is kept."""

    called: str
    name: str
    content: bytes
    refused: str = ""


def picture(kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **how: Any) -> bytes:
    """With something to see: a bright corner at the upper left."""
    image = Image.new("RGB", size, (20, 60, 140))
    image.paste((250, 250, 250), (0, 0, size[0] // 3, size[1] // 3))
    written = io.BytesIO()
    image.convert(mode).save(written, kind, **how)
    return written.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png_claiming(width: int, height: int, depth: int = 1, colour: int = 0, rows: int | None = None) -> bytes:
    """A PNG that says it is this large, with as many rows of nothing as asked for."""
    length = (width * depth * {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour] + 7) // 8 + 1
    packer, packed = zlib.compressobj(9), b""
    for _row in range(height if rows is None else rows):
        packed += packer.compress(bytes(length))
    packed += packer.flush()
    palette = chunk(b"PLTE", bytes(6)) if colour == 3 else b""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + palette + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def with_exif(orientation: int = 1, *, gps: bool = False, size: tuple[int, int] = (64, 48), kind: str = "JPEG") -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Kameramakare"
    if gps:
        exif.get_ifd(0x8825).update({1: "N", 2: (67.0, 51.0, 20.0), 3: "E", 4: (20.0, 13.0, 30.0)})
    return picture(kind, size, exif=exif.tobytes())


def zipped(members: dict[str, bytes], *, packing: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", packing) as archive:
        for name, content in members.items():
            first = name == "mimetype"
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6)), content, zipfile.ZIP_STORED if first else packing)
        archive.comment = comment
    return written.getvalue()


def office_members(kind: str = "docx", macro: bool = False) -> dict[str, bytes]:
    main, says = MAINS[kind]
    described = f"application/vnd.ms-word.{says}.macroEnabled.main+xml" if macro else f"{OOXML}.{says}.main+xml"
    types = f'<?xml version="1.0"?><Types><Override PartName="/{main}" ContentType="{described}"/></Types>'
    return {"[Content_Types].xml": types.encode(), "_rels/.rels": b"<Relationships/>", main: b"<document>Hej</document>"}


def office(kind: str = "docx", *, macro: bool = False, **more: bytes) -> bytes:
    return zipped({**office_members(kind, macro), **more})


def office_with(member: str, content: bytes = b"x", kind: str = "docx") -> bytes:
    return zipped({**office_members(kind), member: content})


def open_document(kind: str = "text", more: dict[str, bytes] | None = None) -> bytes:
    return zipped({"mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(), "content.xml": b"<office/>", **(more or {})})


PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PDF_WITH_SCRIPT = PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>")


def lying_archive() -> bytes:
    """Says of a member that it is small; a hundred megabytes come out."""
    content = office_with("word/big.xml", bytes(100 * 1024 * 1024))
    return content.replace(struct.pack("<I", 100 * 1024 * 1024), struct.pack("<I", 100))


def overlapping_archive() -> bytes:
    """Many members of the directory that point at one and the same content."""
    content = office_with("word/a.xml", bytes(200_000))
    start = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entries = content[start:end]
    last = entries[entries.rindex(b"PK\x01\x02") :]
    copies = b"".join(last.replace(b"word/a.xml", f"word/{number:04}".encode() + b"x") for number in range(500))
    directory = entries + copies
    count = entries.count(b"PK\x01\x02") + 500
    return content[:start] + directory + b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), start, 0)


def animated(kind: str, frames: int, size: tuple[int, int] = (400, 400)) -> bytes:
    written = io.BytesIO()
    pictures = [Image.new("P" if kind == "GIF" else "RGB", size, number % 250) for number in range(frames)]
    pictures[0].save(written, kind, save_all=True, append_images=pictures[1:], duration=10, loop=0)
    return written.getvalue()


def good_pictures() -> Iterator[Sample]:
    yield Sample("a png", "skärm.png", picture())
    yield Sample("a jpeg", "IMG_2034.JPG", picture("JPEG"))
    yield Sample("a jpeg by its other name", "bild.jpeg", picture("JPEG"))
    yield Sample("a progressive jpeg", "bild.jpg", picture("JPEG", progressive=True))
    yield Sample("a webp", "bild.webp", picture("WEBP"))
    yield Sample("a gif", "bild.gif", picture("GIF", mode="P"))
    yield Sample("a cmyk jpeg", "tryck.jpg", picture("JPEG", mode="CMYK"))
    yield Sample("a grey jpeg", "grå.jpg", picture("JPEG", mode="L"))
    yield Sample("a palette png", "palett.png", picture(mode="P"))
    yield Sample("a see-through palette", "palett.png", picture(mode="P", transparency=0))
    yield Sample("a see-through png", "genomskinlig.png", picture(mode="RGBA"))
    yield Sample("a grey see-through png", "genomskinlig.png", picture(mode="LA"))
    yield Sample("a one-bit png", "streck.png", picture(mode="1"))
    yield Sample("a 16-bit png", "djup.png", picture(mode="I;16"))
    yield Sample("a picture one pixel high", "smal.png", picture(size=(3000, 1)))
    yield Sample("an animated gif", "rörlig.gif", animated("GIF", 40))
    yield Sample("an animated webp", "rörlig.webp", animated("WEBP", 10))
    yield Sample("an animated png", "rörlig.png", animated("PNG", 10))
    yield Sample("a gif of a thousand frames", "bomb.gif", animated("GIF", 1000))
    yield Sample("a jpeg with where it was taken", "plats.jpg", with_exif(gps=True))
    yield Sample("a large jpeg", "stor.jpg", picture("JPEG", (8000, 6000), quality=40))
    for orientation in range(1, 9):
        yield Sample(f"a picture held as {orientation}", f"vriden{orientation}.jpg", with_exif(orientation))


def good_documents() -> Iterator[Sample]:
    yield Sample("a pdf", "beslut.pdf", PDF)
    yield Sample("a pdf with script", "skript.pdf", PDF_WITH_SCRIPT)
    yield Sample("plain text", "anteckning.txt", "Trappan är hal.\n".encode())
    yield Sample("old Swedish text", "gammal.txt", "Trappan är hal.\n".encode("latin-1"))
    yield Sample("text from Windows", "unicode.txt", "Trappan är hal.\n".encode("utf-16"))
    yield Sample("a table", "tabell.csv", "Dag;Fall\nmåndag;3\n".encode())
    yield Sample("a table that calculates", "formel.csv", b"=cmd|' /C calc'!A0;1\n")
    yield Sample("the test virus as text", "eicar.txt", EICAR)
    for kind in MAINS:
        yield Sample(f"a {kind}", f"fil.{kind}", office(kind))
    yield Sample("an odt", "fil.odt", open_document("text"))
    yield Sample("an ods", "fil.ods", open_document("spreadsheet"))
    yield Sample("a document with a table inside", "inne.docx", office_with("word/embeddings/Sheet1.xlsx", office("xlsx")))


def harmless() -> Iterator[Sample]:
    """Attacks that are kept with nothing left of them, or as something that is only ever saved."""
    yield Sample("jpeg and html in one", "foto.jpg", picture("JPEG") + HTML)
    yield Sample("jpeg with html in its comment", "kommentar.jpg", picture("JPEG", comment=HTML))
    yield Sample("gif and script in one", "foto.gif", picture("GIF", mode="P") + b"*/=alert(1)//")
    yield Sample("png and zip in one", "foto.png", picture() + zipped({"evil.html": HTML}))
    yield Sample("png with html in its words", "ord.png", picture()[:33] + chunk(b"tEXt", b"Comment\0" + HTML) + picture()[33:])
    yield Sample("a png with its rows missing", "tom.png", png_claiming(600, 400, rows=3))
    yield Sample("a double extension that ends well", "skal.php.jpg", picture("JPEG"))
    yield Sample("a path for a name", "../../../../etc/cron.d/evil.png", picture())
    yield Sample("a Windows path for a name", "C:\\Windows\\System32\\evil.png", picture())
    yield Sample("a name written backwards", "gnp\u202egpj.png", picture())
    yield Sample("a name with a control character", "a\x07b\x1b[31m.png", picture())
    yield Sample("a name with NUL", "evil.php\x00.png", picture())
    yield Sample("a name with header lines", "a\r\nContent-Type: text/html\r\n\r\n.png", picture())
    yield Sample("a name with html", '"><img src=x onerror=alert(1)>.png', picture())
    yield Sample("a very long name", "å" * 5000 + ".png", picture())


def bad_pictures() -> Iterator[Sample]:
    yield Sample("html called png", "sida.png", HTML, "not_what_it_says")
    yield Sample("svg called png", "teckning.png", SVG, "not_what_it_says")
    yield Sample("png called jpg", "bild.jpg", picture(), "not_what_it_says")
    yield Sample("jpeg called gif", "bild.gif", picture("JPEG"), "not_what_it_says")
    yield Sample("pdf called jpg", "bild.jpg", PDF, "not_what_it_says")
    yield Sample("program called png", "bild.png", b"MZ\x90\x00" + bytes(500), "not_what_it_says")
    yield Sample("a png of huge size", "bomb.png", png_claiming(60_000, 60_000), "too_many_pixels")
    yield Sample("a png that says it is huge", "bomb.png", png_claiming(30_000, 30_000, rows=1), "too_many_pixels")
    yield Sample("a png at the edge of what numbers hold", "bomb.png", png_claiming(2**31 - 1, 2**31 - 1, rows=1), "too_many_pixels")
    yield Sample("a gif that says it is huge", "bomb.gif", gif_claiming(65_535), "too_many_pixels")
    yield Sample("a webp that is huge", "bomb.webp", picture("WEBP", (16_000, 1_000)), "too_many_pixels")
    yield Sample("a jpeg of huge size", "bomb.jpg", jpeg_claiming(60_000, 60_000), "too_many_pixels")
    yield Sample("a png that ends too early", "halv.png", picture(size=(600, 400))[:-200], "damaged")
    yield Sample("a jpeg that ends too early", "halv.jpg", picture("JPEG", (600, 400))[:-900], "damaged")
    yield Sample("a webp that ends too early", "halv.webp", picture("WEBP", (600, 400))[:60], "damaged")
    yield Sample("a png of noise", "brus.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, "not_what_it_says")
    yield Sample("only the beginning of a jpeg", "början.jpg", b"\xff\xd8\xff\xe0", "not_what_it_says")
    yield Sample("heic", "IMG_1.HEIC", b"\x00\x00\x00\x18ftypheic" + bytes(300), "heic")
    yield Sample("heic called jpg", "IMG_1.jpg", b"\x00\x00\x00\x18ftypheic" + bytes(300), "heic")


def gif_claiming(side: int) -> bytes:
    size = struct.pack("<HH", side, side)
    return b"GIF89a" + size + b"\x80\x00\x00" + bytes(6) + b",\x00\x00\x00\x00" + size + b"\x00\x02\x02\x44\x01\x00;"


def jpeg_claiming(width: int, height: int) -> bytes:
    content = bytearray(picture("JPEG"))
    frame = content.index(b"\xff\xc0")
    content[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(content)


def bad_sorts() -> Iterator[Sample]:
    for extension in (
        "html",
        "svg",
        "js",
        "exe",
        "sh",
        "php",
        "zip",
        "rar",
        "docm",
        "xlsm",
        "xml",
        "eml",
        "mp4",
        "lnk",
        "iso",
        "odp2",
        "jar",
    ):
        yield Sample(f"a .{extension}", f"fil.{extension}", HTML, "unknown_sort")
    for kind, extension in (("TIFF", "tiff"), ("BMP", "bmp"), ("ICO", "ico"), ("AVIF", "avif")):
        yield Sample(f"a {kind}", f"bild.{extension}", picture(kind), "unknown_sort")
        yield Sample(f"a {kind} called png", "bild.png", picture(kind), "not_what_it_says")
    yield Sample("an old document", "gammal.doc", b"\xd0\xcf\x11\xe0" + bytes(500), "old_office")
    yield Sample("no extension", "fil", picture(), "unknown_sort")
    yield Sample("a hidden file", ".htaccess", b"Allow from all", "unknown_sort")
    yield Sample("a name of dots", "....png", picture(), "unknown_sort")
    yield Sample("a double extension that ends badly", "bild.jpg.exe", picture("JPEG"), "unknown_sort")
    yield Sample("a stream of NTFS", "bild.jpg::$DATA", picture("JPEG"), "unknown_sort")
    yield Sample("nothing", "tom.txt", b"", "empty")
    yield Sample("too large", "stor.txt", b"a" * (MOST_BYTES + 1), "too_large")


def bad_documents() -> Iterator[Sample]:
    yield Sample("html called pdf", "sida.pdf", HTML, "not_what_it_says")
    yield Sample("html before a pdf", "sida.pdf", HTML + PDF, "not_what_it_says")
    yield Sample("a pdf that ends too early", "halv.pdf", PDF[:30], "damaged")
    yield Sample("html called text", "sida.txt", HTML, "not_what_it_says")
    yield Sample("svg called a table", "sida.csv", SVG, "not_what_it_says")
    yield Sample("a script called text", "skript.txt", b"#!/bin/sh\nrm -rf /\n", "not_what_it_says")
    yield Sample("a program called text", "program.txt", b"MZ\x90\x00\x03" + bytes(300), "not_what_it_says")
    yield Sample("text with NUL", "nul.csv", b"a;b\x00c\n", "not_what_it_says")
    yield Sample("a zip called docx", "fil.docx", zipped({"evil.html": HTML}), "not_what_it_says")
    yield Sample("an xlsx called docx", "fil.docx", office("xlsx"), "not_what_it_says")
    yield Sample("an odt called ods", "fil.ods", open_document("text"), "not_what_it_says")
    yield Sample("a docx with macros", "makro.docx", office_with("word/vbaProject.bin"), "macros")
    yield Sample("a docx with macros elsewhere", "makro.docx", office_with("evil/VBAPROJECT.bin"), "macros")
    yield Sample("a docx that says it has macros", "makro.docx", office(macro=True), "macros")
    yield Sample("a docx with controls", "kontroll.docx", office_with("word/activeX/activeX1.bin"), "macros")
    yield Sample("an odt with macros", "makro.odt", open_document(more={"Basic/Standard/Module1.xml": b"Sub Main"}), "macros")
    yield Sample("a docx bomb", "bomb.docx", office_with("word/media/a.xml", bytes(160 * 1024 * 1024)), "unsafe_archive")
    yield Sample("a docx that packs too well", "bomb.docx", office_with("word/media/a.xml", bytes(9 * 1024 * 1024)), "unsafe_archive")
    yield Sample("a docx that lies of its size", "lögn.docx", lying_archive(), "damaged")
    yield Sample("a docx whose members overlap", "bomb.docx", overlapping_archive(), "unsafe_archive")
    yield Sample("a docx of too many parts", "många.docx", many_parts(), "unsafe_archive")
    yield Sample("a docx with ../", "ut.docx", office_with("../../etc/passwd"), "unsafe_archive")
    yield Sample("a docx with a whole path", "ut.docx", office_with("/etc/passwd"), "unsafe_archive")
    yield Sample("a docx with a Windows path", "ut.docx", office_with("word\\..\\..\\evil.exe"), "unsafe_archive")
    yield Sample("a docx with something before", "fil.docx", b"PK\x03\x04" + HTML + office(), "unsafe_archive")
    yield Sample("a docx with html before", "fil.docx", HTML + office(), "not_what_it_says")
    yield Sample("a docx with something after", "fil.docx", office() + HTML, "damaged")
    yield Sample("a docx with a comment", "fil.docx", zipped(office_members(), comment=HTML), "damaged")
    yield Sample("a docx that ends too early", "halv.docx", office()[:-30], "damaged")
    yield Sample("a docx packed another way", "annan.docx", zipped(office_members(), packing=zipfile.ZIP_BZIP2), "unsafe_archive")
    yield Sample("a docx with a word twice", "dubbel.docx", office_with("WORD/document.xml"), "unsafe_archive")
    yield Sample("a docx under lock", "låst.docx", locked_archive(), "unsafe_archive")


def many_parts() -> bytes:
    return zipped({**office_members(), **{f"word/{number}.xml": b"" for number in range(3500)}}, packing=zipfile.ZIP_STORED)


def locked_archive() -> bytes:
    content = bytearray(office())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def kept() -> list[Sample]:
    return [*good_pictures(), *good_documents(), *harmless()]


def refused() -> list[Sample]:
    return [*bad_pictures(), *bad_sorts(), *bad_documents()]
