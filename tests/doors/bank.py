"""A bank, for tests: the file of returns that answers a file of debits."""

from datetime import date

BACK_ON = date(2026, 2, 14)


def sent_back(content: bytes, code: str, created_on: date = BACK_ON) -> bytes:
    """The returns of a bank: its debits as J records of that code, in a file of its own number."""
    lines = content.decode("ascii").split("\r\n")
    day = f"0{created_on:%y%j}"
    told = [lines[0][:20] + "0777" + day + lines[0][30:]]
    for line in (it for it in lines if it.startswith("D")):
        parts = [line[at : at + 240] for at in range(24, 1464, 240)]
        kept = "".join(code + it[3:62] + it[:3] + it[65:] if it.strip() else it for it in parts)
        told.append("J" + line[1:20] + "0777" + kept)
    totals = "Z" + lines[-2][1:20] + "0777" + lines[-2][24:]
    return ("\r\n".join([*told, totals]) + "\r\n").encode("ascii")
