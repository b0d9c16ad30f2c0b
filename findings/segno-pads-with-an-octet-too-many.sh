#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Package: segno 1.6.6 (PyPI), beside qrcode 8.2.
# Behaviour: behind the terminator of a QR code's data, zero bits fill the last codeword, and then the pad codewords EC 11
#   follow (ISO/IEC 18004, section 7.4.10). When the last codeword is full already, as always in byte mode, segno adds a
#   whole codeword of zeros before EC. Every reader takes the symbol, since nothing behind the terminator counts, but it is
#   not the symbol that other encoders make: segno is no reference to compare an encoder's symbols with.
# Seen: "lamp" in version 1-M, data codewords
#   segno  40 46 c6 16 d7 00 00 ec 11 ec 11 ec 11 ec 11 ec
#   qrcode 40 46 c6 16 d7 00 ec 11 ec 11 ec 11 ec 11 ec 11
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" -q install segno==1.6.6 qrcode==8.2
"$folder/venv/bin/python" - <<'PYTHON'
import qrcode, segno
from qrcode.util import MODE_8BIT_BYTE, QRData

SIZE = 21  # version 1


def is_function(row, column):
    corner = row < 9 and column < 9 or row < 9 and column >= SIZE - 8 or row >= SIZE - 8 and column < 9
    return corner or row == 6 or column == 6


def codewords(matrix):
    """The data codewords of a symbol of version 1-M with mask 0, read from its modules."""
    bits = ""
    upward = True
    for right in (20, 18, 16, 14, 12, 10, 8, 5, 3, 1):
        for row in reversed(range(SIZE)) if upward else range(SIZE):
            for column in (right, right - 1):
                if not is_function(row, column):
                    bits += "01"[bool(matrix[row][column]) != ((row + column) % 2 == 0)]
        upward = not upward
    return bytes(int(bits[at:at + 8], 2) for at in range(0, 16 * 8, 8))


def by_segno(text):
    return segno.make(text, version=1, mode="byte", error="m", boost_error=False, mask=0).matrix


def by_qrcode(text):
    code = qrcode.QRCode(version=1, error_correction=qrcode.constants.ERROR_CORRECT_M, mask_pattern=0, border=0)
    code.add_data(QRData(text.encode(), mode=MODE_8BIT_BYTE), optimize=0)
    code.make(fit=False)
    return code.get_matrix()


for text in ("h", "lamp", "a.local"):
    theirs, others = codewords(by_segno(text)), codewords(by_qrcode(text))
    print(f"{text!r:9} segno  {theirs.hex(' ')}\n{'':9} qrcode {others.hex(' ')}")
    end = 2 + len(text)  # mode, count, text and terminator fill whole codewords
    assert theirs[:end] == others[:end] and others[end] == 0xEC
    assert theirs[end] == 0 and theirs[end + 1:end + 3] == b"\xEC\x11", theirs
PYTHON
