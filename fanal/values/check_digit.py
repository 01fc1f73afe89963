"""The check digit of account numbers (formule de Luhn, ISO/IEC 7812-1, annex B)."""


def luhn_digit(digits: str) -> str:
    """The digit to write after these. ValueError, in French, unless they are ASCII digits."""
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"« {digits} » n’est pas fait de chiffres seulement.")
    total = 0
    for place, character in enumerate(reversed(digits)):
        value = int(character) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def luhn_holds(digits: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return len(digits) > 1 and luhn_digit(digits[:-1]) == digits[-1]
