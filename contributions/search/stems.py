"""The stem that the forms of a Swedish word share.

PostgreSQL's own stemmer leaves nyckel and nycklar apart, knows no vowel that changes (bok, böcker) and can be asked in SQL alone, while
compounds, slips and marked words need stems here. So this one is a step harder: it takes one ending of inflection, one of derivation,
and the sonorant that comes and goes. A stem is a key, not a word: it may be shared by words that have little to do with each other.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

SHORTEST = 3
VOWELS = frozenset("aeiouyåäöéü")
GENITIVE_AFTER = frozenset("bdfghjklmnoprtvy")

# Of several that fit, the longest is taken.
_INFLECTIONS = sorted(
    """
    ningarnas ningarna ningens ningar ningen nings ning andets andet andena anden ande endets endet endena enden ende arnas ernas ornas arna
    erna orna arens aren ares are ades ade ats at as ar ars ers erns ern er ens en ets et ors or orer orerna orn orns an a e eln elns els el
    eret ad ast aste itet iteten iteter iteterna heternas heterna hetens heten heter hets het
    """.split(),  # noqa: SIM905 - read as prose
    key=len,
    reverse=True,
)
_ERA = "eringarnas eringarna eringens eringen eringar erings ering erades erade erande erats erat erad erar eras era".split()  # noqa: SIM905
_ERA_EXCEPT = frozenset({"flera", "bättra"})
_DERIVATIONS = ("ligt", "liga", "lig", "igt", "iga", "ige", "ig", "skt", "isk")
# Ends of words that look like endings: kontor, paket, ansvar. Taken away whether an ending followed or not.
_LIKE_ENDINGS = ("el", "er", "et", "en", "or", "ar", "ad", "an", "at")
_SYNCOPE = frozenset("kl ckl tr dr br gr kr gl pl bl vr sl fl dl vl ml nl ngl tn kn ckn gn mn pr".split())  # noqa: SIM905
_SUPINES = {
    "gt": "g",
    "llt": "ll",
    "ckt": "ck",
    "ngt": "ng",
    "ggt": "gg",
    "jt": "j",
    "mt": "m",
    "nnt": "nn",
    "skt": "sk",
    "vt": "v",
    "lgt": "lg",
    "jd": "j",
    "ggd": "gg",
}
_PASTS = {
    "rde": "r",
    "gde": "g",
    "lde": "l",
    "mde": "m",
    "jde": "j",
    "vde": "v",
    "ste": "s",
    "kte": "k",
    "pte": "p",
    "ddes": "d",
    "dde": "d",
}


def _read_forms() -> dict[str, str]:
    """forms.txt: a line per word, the first form standing for the rest; with ! it is their stem as it stands."""
    lines = Path(__file__).with_name("forms.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {form: first for first, *rest in rows for form in (first.removesuffix("!"), *rest)}


FORMS = _read_forms()
_LONG_FORMS = sorted((form for form in FORMS if len(form) >= 5), key=len, reverse=True)


@lru_cache(maxsize=100_000)
def stem(word: str) -> str:
    """The stem of a word in small letters; a short word, a number or an unknown script is its own stem."""
    if word in FORMS:
        word = FORMS[word]
    elif len(word) > 7:
        word = _with_known_tail(word)
    if word.endswith("!"):
        return word[:-1]
    word = word.replace("é", "e")
    if len(word) < SHORTEST or not word.isalpha():
        return word
    for ending in _ERA:
        if word.endswith(ending) and word not in _ERA_EXCEPT and _may_be_stem(word[: -len(ending)]):
            return word[: -len(ending)] + "er"
    return _finished(_derived(uninflected(word)))


@lru_cache(maxsize=100_000)
def uninflected(word: str) -> str:
    """The word without its genitive and one ending: cyklarna → cykl."""
    if len(word) > 3 and word.endswith("s") and word[-2] in GENITIVE_AFTER:
        word = word[:-1]
    for table in (_PASTS, _SUPINES):
        for ending, kept in table.items():
            if word.endswith(ending) and _may_be_stem(word[: -len(ending)] + kept) and len(word) > len(ending) + 1:
                return word[: -len(ending)] + kept
    for ending in _INFLECTIONS:
        if word.endswith(ending) and _may_be_stem(word[: -len(ending)]):
            return word[: -len(ending)]
    if word.endswith(("ån", "ön", "yn")) and len(word) > SHORTEST:
        return word[:-1]
    return word


def _with_known_tail(word: str) -> str:
    """handböcker → handbok: a compound bends as its last part does."""
    for form in _LONG_FORMS:
        if word.endswith(form) and len(word) >= len(form) + SHORTEST:
            return word[: -len(form)] + FORMS[form]
    return word


def _may_be_stem(rest: str) -> bool:
    if len(rest) == 2:
        return rest[0] in VOWELS and rest[1] not in VOWELS
    return len(rest) >= SHORTEST and not VOWELS.isdisjoint(rest)


def _derived(word: str) -> str:
    for ending in _DERIVATIONS:
        if word.endswith(ending) and _may_be_stem(word[: -len(ending)]):
            word = word[: -len(ending)]
            break
    return word


def _finished(word: str) -> str:
    """What comes and goes at the end: a genitive's s, an ending that was part of the word, the sonorant, a doubled m or n."""
    if len(word) > SHORTEST and word.endswith("s") and word[-2] in GENITIVE_AFTER:
        word = word[:-1]
    if word.endswith(_LIKE_ENDINGS) and len(word) > 4 and _may_be_stem(word[:-2]):
        word = word[:-2]
    if len(word) > SHORTEST and word[-1] in "lrn" and word[-2:] in _SYNCOPE:
        word = word[:-1]
    if len(word) > SHORTEST and word[-1] in "mn" and word[-1] == word[-2]:
        word = word[:-1]
    return word
