"""Real files, made here: what people send, and what nobody should."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from xml.sax.saxutils import escape

import openpyxl

PLAN = (
    "急诊分诊系统应急预案\n"
    "一、断网时改用纸质分诊单，由护士长通知信息科。\n"
    "二、PACS 不可用时电话报告危急值。"
)


def archive(parts: dict[str, str | bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", method) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return into.getvalue()


_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(text: str, **more: str | bytes) -> bytes:
    """A Word document: a paragraph a line, each in two runs as Word cuts them."""
    lines = "".join(
        f"<w:p><w:r><w:t>{escape(line[:3])}</w:t></w:r>"
        f'<w:r><w:t xml:space="preserve">{escape(line[3:])}</w:t></w:r></w:p>'
        for line in text.split("\n")
    )
    body = (
        f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body>{lines}</w:body></w:document>'
    )
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return archive({"[Content_Types].xml": types, "word/document.xml": body, **more})


def bomb() -> bytes:
    """A Word document of some hundred kilobytes that unpacks to 400 MB."""
    head = f'<?xml version="1.0"?><w:document xmlns:w="{_WORD}"><w:body><w:p><w:r><w:t>'
    into = io.BytesIO()
    with (
        zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as made,
        made.open("word/document.xml", "w", force_zip64=True) as part,
    ):
        part.write(head.encode())
        for _times in range(400):
            part.write(b"<!--" + b" " * (2**20 - 7) + b"-->")
    return into.getvalue()


def xlsx(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "端口分配"
    for row in rows:
        sheet.append(row)
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def computed(data: bytes, cell: str, value: str) -> bytes:
    """The workbook as a spreadsheet saves it: what a formula came to stands beside it."""
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w") as made:
        for name in old.namelist():
            part = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                text = part.decode()
                start = text.index("<f>", text.index(f'r="{cell}"'))
                end = text.index("</c>", start)
                formula = text[start : text.index("</f>", start) + 4]
                part = f"{text[:start]}{formula}<v>{value}</v>{text[end:]}".encode()
            made.writestr(name, part)
    return into.getvalue()


def pdf(*pages: str, encrypted: bool = False) -> bytes:
    """A PDF in a Chinese font that is not embedded, as offices print it; a page for each text."""
    first = 6
    kids = " ".join(f"{first + 2 * number} 0 R" for number in range(len(pages)))
    font = "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H"
    cid = "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light"
    sort = "/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >>"
    box = "/FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        f"{font} /DescendantFonts [4 0 R] >>",
        f"{cid} {sort} /FontDescriptor 5 0 R /DW 1000 >>",
        f"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 {box} /StemV 93 >>",
    ]
    for number, text in enumerate(pages):
        said = ["BT /F1 12 Tf 14 TL 60 760 Td"]
        said += [f"<{line.encode('utf-16-be').hex()}> Tj T*" for line in text.split("\n")]
        stream = "\n".join([*said, "ET"])
        page = f"<< /Type /Page /Parent 2 0 R /Contents {first + 2 * number + 1} 0 R"
        objects += [
            f"{page} /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    extra = ""
    if encrypted:
        objects.append(
            f"<< /Filter /Standard /V 1 /R 2 /P -44 /O <{'5a' * 32}> /U <{'a5' * 32}> >>"
        )
        extra = f" /Encrypt {len(objects)} 0 R /ID [<{'00' * 16}> <{'00' * 16}>]"
    made, places = "%PDF-1.4\n", []
    for number, held in enumerate(objects, start=1):
        places.append(len(made))
        made += f"{number} 0 obj\n{held}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    start = len(made)
    made += f"xref\n0 {size}\n0000000000 65535 f \n{table}"
    made += f"trailer << /Size {size} /Root 1 0 R{extra} >>\nstartxref\n{start}\n%%EOF"
    return made.encode("latin-1")


def png() -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0\0")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def old_office(stream: str) -> bytes:
    """The head of a file of the older forms, or of a locked one of the newer: one named stream."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[30:32] = struct.pack("<H", 9)
    head[48:52] = struct.pack("<I", 0)
    return bytes(head) + stream.encode("utf-16-le").ljust(512, b"\0")
