"""Whether a packed workbook may be opened at all: how much it holds is found out before anybody else reads it."""

import struct
import zipfile
import zlib
from typing import IO

from tracker.imports.encodings import Refused

MOST_PARTS = 200
LARGEST_RATIO = 200
SMALL_PART = 1 << 20
PIECE = 1 << 16
# The fixed part of the header before each part; the lengths of its name and of its extra field stand at its end.
LOCAL_HEADER, HEADER_LENGTH = struct.Struct("<26xHH"), 30
HARMLESS = (".xml", ".rels", ".vml", ".bin", ".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf")
BOMB = "The file unpacks to far more than its size allows."
DAMAGED = Refused("The file is damaged, or is no workbook.", "Save it again as .xlsx in the spreadsheet program.")


def open_packed(file: IO[bytes], room: int) -> zipfile.ZipFile:
    """The parts of an .xlsx file that unpacks to at most `room` bytes in truth; raises Refused."""
    try:
        packed = zipfile.ZipFile(file)
        _check_names(packed)
        _check_sizes(packed, file, room)
    except (zipfile.BadZipFile, zlib.error, struct.error, ValueError, OSError, NotImplementedError):
        raise DAMAGED from None
    return packed


def _check_names(packed: zipfile.ZipFile) -> None:
    names = packed.namelist()
    if len(names) > MOST_PARTS:
        raise Refused(f"The file has {len(names)} parts.", f"A workbook with at most {MOST_PARTS} parts.")
    if len({name.casefold() for name in names}) < len(names):
        raise DAMAGED
    if any("vbaproject" in name.lower() or "macro" in name.lower() for name in names):
        raise Refused("The workbook has macros.", "Save it as .xlsx, which has none.")
    if "xl/workbook.bin" in names:
        raise Refused("The file is a binary workbook (.xlsb).", "Save it as .xlsx, or as “CSV UTF-8”.")
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"} <= set(names):
        raise Refused("The file is packed, but is no .xlsx workbook.", "Save it as .xlsx, or as “CSV UTF-8”.")
    if strange := [name for name in names if not name.lower().endswith(HARMLESS) and not name.endswith("/")]:
        raise Refused(f"The workbook has a part called {strange[0]}.", "A workbook with nothing but tables.")


def _check_sizes(packed: zipfile.ZipFile, file: IO[bytes], room: int) -> None:
    """Unpack everything, piece by piece, and keep nothing: what a file says of its own size may be a lie."""
    parts = packed.infolist()
    size = file.seek(0, 2)
    if sum(part.compress_size for part in parts) > size or sum(part.file_size for part in parts) > room:
        raise Refused(BOMB, f"At most {room >> 20} MB in all.")
    total = 0
    for part in parts:
        if part.flag_bits & 1:
            raise Refused("The workbook is locked with a password.", "Save it without one.")
        real = _real_size(part, file, room - total)
        total += real
        if real > SMALL_PART and real > LARGEST_RATIO * max(part.compress_size, 1):
            raise Refused(BOMB, f"No part that grows more than {LARGEST_RATIO} times.")
        if real != part.file_size:
            raise DAMAGED


def _real_size(part: zipfile.ZipInfo, file: IO[bytes], room: int) -> int:
    file.seek(part.header_offset)
    name_length, extra_length = LOCAL_HEADER.unpack(file.read(HEADER_LENGTH))
    file.seek(name_length + extra_length, 1)
    left, size = part.compress_size, 0
    if part.compress_type == zipfile.ZIP_STORED:
        return left
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise DAMAGED
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    while left and (piece := file.read(min(left, PIECE))):
        left -= len(piece)
        while piece:
            size += len(unpacker.decompress(piece, PIECE))
            piece = unpacker.unconsumed_tail
            if size > room:
                raise Refused(BOMB, "A workbook of a usual size.")
    return size + len(unpacker.flush())
