/** A Word document and a PDF, byte by byte: what the journeys send is real. */
import { deflateRawSync } from "node:zlib";

const TABLE = Array.from({ length: 256 }, (_none, at) => {
  let value = at;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

function crc32(data) {
  let value = 0xffffffff;
  for (const byte of data) value = TABLE[(value ^ byte) & 0xff] ^ (value >>> 8);
  return (value ^ 0xffffffff) >>> 0;
}

function zip(parts) {
  const made = [];
  const listed = [];
  let at = 0;
  for (const [name, text] of parts) {
    const data = Buffer.from(text);
    const packed = deflateRawSync(data);
    const called = Buffer.from(name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(called.length, 22);
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), facts, called, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    listed.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), facts, rest, called]));
    made.push(head);
    at += head.length;
  }
  const directory = Buffer.concat(listed);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(parts.length, 4);
  end.writeUInt16LE(parts.length, 6);
  end.writeUInt32LE(directory.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...made, directory, Buffer.from("PK\x05\x06"), end]);
}

const WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/** A paragraph a line, each in two runs as Word cuts them. */
export function docx(text) {
  const lines = text
    .split("\n")
    .map((line) => `<w:p><w:r><w:t>${line.slice(0, 3)}</w:t></w:r><w:r><w:t>${line.slice(3)}</w:t></w:r></w:p>`);
  return zip([
    ["[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'],
    ["word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="${WORD}"><w:body>${lines.join("")}</w:body></w:document>`],
  ]);
}

/** In a Chinese font that is not embedded. */
export function pdf(text) {
  const shown = text.split("\n").map((line) => {
    const data = Buffer.from(line, "utf16le").swap16();
    return `<${data.toString("hex")}> Tj T*`;
  });
  const stream = ["BT /F1 12 Tf 14 TL 60 760 Td", ...shown, "ET"].join("\n");
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [6 0 R] /Count 1 >>",
    "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [4 0 R] >>",
    "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 5 0 R /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>",
    "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
    `<< /Length ${stream.length} >>\nstream\n${stream}\nendstream`,
  ];
  let made = "%PDF-1.4\n";
  const places = objects.map((held, at) => {
    const place = made.length;
    made += `${at + 1} 0 obj\n${held}\nendobj\n`;
    return `${String(place).padStart(10, "0")} 00000 n \n`;
  });
  const start = made.length;
  made += `xref\n0 8\n0000000000 65535 f \n${places.join("")}trailer << /Size 8 /Root 1 0 R >>\nstartxref\n${start}\n%%EOF`;
  return Buffer.from(made, "latin1");
}
