"""Swedish order where the database has no Swedish collation."""

import re
import unicodedata

# Letters that decompose into a Swedish letter of its own, and those that do not decompose at all.
_OWN = {"a\u030a": "å", "a\u0308": "ä", "o\u0308": "ö", "o\u030b": "ö", "u\u0308": "y", "u\u030b": "y"}
_OWN_LETTER = re.compile("|".join(_OWN))
_FOLDED = str.maketrans(
    {"æ": "ä", "ø": "ö", "œ": "ö", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "ł": "l", "ŋ": "n", "þ": "th", "ŧ": "t"}
)
_ACCENTS = re.compile("[\u0300-\u036f'’]")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
_AFTER_Z = str.maketrans("åäö", "{|}")


def swedish_sort_key(text: str) -> str:
    """A key whose byte order (collation C) is the Swedish order of the text.

    Word by word, digits before letters, a to z, then å, ä, ö. Case does not count, nor does an accent (é as e, Sámi č as c);
    ü is sorted as y, æ as ä, ø as ö, as in Swedish works of reference. W is a letter of its own. Å, ä and ö become the three
    ASCII characters after z. Punctuation only parts words.
    """
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = _OWN_LETTER.sub(lambda letter: _OWN[letter[0]], text.translate(_FOLDED))
    return _BETWEEN_WORDS.sub(" ", _ACCENTS.sub("", text)).strip().translate(_AFTER_Z)
