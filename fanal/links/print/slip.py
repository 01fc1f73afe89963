"""The machine-readable line of the remittance slip (coupon de paiement)."""

from datetime import date

ACCOUNT_DIGITS, AMOUNT_DIGITS = 10, 10


def luhn_digit(digits: str) -> str:
    """Check digit of ISO/IEC 7812-1 annex B (formule de Luhn) for a run of digits that does not hold it yet."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"Seulement des chiffres : « {digits} ».")
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn_holds(digits: str) -> bool:
    """True when the last digit is the Luhn digit of those before it."""
    return len(digits) > 1 and luhn_digit(digits[:-1]) == digits[-1]


def scan_line(account: str, cents: int, due_on: date) -> str:
    """Line for the cashier's scanner: account (10 digits), cents (10), due date (yyyymmdd), one Luhn digit over all.

    `account` may hold spaces and hyphens; its own last digit must be its Luhn digit.
    Two spaces part the fields.
    Raises ValueError for an account that is not 10 digits or fails its check, and for an amount that does not fit.
    """
    number = "".join(character for character in account if character not in " \u00a0-")
    if len(number) != ACCOUNT_DIGITS or not luhn_holds(number):
        raise ValueError(
            f"Le numéro de compte « {account} » n’a pas {ACCOUNT_DIGITS} chiffres ou son chiffre de contrôle est faux."
        )
    if not 0 < cents < 10**AMOUNT_DIGITS:
        raise ValueError(f"Un coupon ne peut pas porter {cents} cents.")
    fields = (number, f"{cents:0{AMOUNT_DIGITS}d}", f"{due_on:%Y%m%d}")
    return "  ".join((*fields, luhn_digit("".join(fields))))
