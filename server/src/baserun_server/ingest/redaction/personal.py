"""Data of a person that has a form of its own: e-mail addresses, account numbers (IBAN), numbers of payment cards.

It is no secret, and removing it takes from a record what it may be about; so it is only looked for where the settings
ask for it. Numbers count only where their check digits are right.
"""

import re
from collections.abc import Callable

import re2

EMAIL = re2.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
IBAN = re2.compile(r"\b[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]){11,30}\b")
CARD = re2.compile(r"\b[3-6][0-9](?:[ -]?[0-9]){11,17}\b")
IBAN_LENGTHS = (15, 34)
CARD_LENGTHS = (13, 19)


def without_personal(text: str, put: Callable[[str], str]) -> str:
    """The text with `put` of every e-mail address, IBAN and card number in its place."""
    text = EMAIL.sub(lambda found: put(found.group()), text)
    text = IBAN.sub(lambda found: _without_iban(found.group(), put), text)
    return CARD.sub(lambda found: put(found.group()) if is_card(found.group()) else found.group(), text)


def _without_iban(text: str, put: Callable[[str], str]) -> str:
    """The longest beginning of a text that is one: words may follow the number."""
    for end in range(len(text), IBAN_LENGTHS[0] - 1, -1):
        if text[end - 1].isalnum() and is_iban(re.sub(r"[ -]", "", text[:end])):
            return put(text[:end]) + text[end:]
    return text


def is_iban(number: str) -> bool:
    """Whether the check digits are right (ISO 7064, modulo 97)."""
    if not IBAN_LENGTHS[0] <= len(number) <= IBAN_LENGTHS[1] or not number.isalnum() or not number.isascii():
        return False
    moved = number[4:] + number[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_card(number: str) -> bool:
    """Whether the check digit is right (Luhn), in a number that is not one digit again and again."""
    digits = re.sub(r"[^0-9]", "", number)
    if not CARD_LENGTHS[0] <= len(digits) <= CARD_LENGTHS[1] or len(set(digits)) == 1:
        return False
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (1 + place % 2)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0
