"""Words as they are typed: the question asked, and the words that say something in a text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lib.text import clean_text

QUERY_LENGTH = 200
SIMILAR_LENGTH = 2_000
LONGEST_WORD = 60
WORD = re.compile(r"[^\W_]+")

# Words that PostgreSQL's Swedish dictionary passes over.
STOP_WORDS = frozenset(
    """
    alla allt att av blev bli blir blivit de dem den denna deras dess dessa det detta dig din dina ditt du där då efter ej eller en er era
    ert ett från för ha hade han hans har henne hennes hon honom hur här i icke ingen inom inte jag ju kan kunde man med mellan men mig min
    mina mitt mot mycket ni nu när någon något några och om oss på samma sedan sig sin sina sitta själv skulle som så sådan sådana sådant
    till under upp ut utan vad var vara varför varit varje vars vart vem vi vid vilka vilkas vilken vilket vår våra vårt än är åt över
    """.split()  # noqa: SIM905 - read as prose
)

# Words that carry a sentence and little of what it is about. They are found when asked for, and weigh little beside others.
FILLERS = frozenset(
    """
    aldrig alltid andra annan annat bara behöva behöver behövs borde bra både böra bör dag dagar dit done dåligt finns finnas flera få får
    fått förra ganska ge ger gick gå går gått gör göra gärna hela helt hit hos igen igång ihop inga inget innan in ja kanske komma kommer
    kör lite långt låta lätt man måste många mer mest mindre mitt mycket måste nej nya nästan också ofta olika pga redan rätt saker se ser
    ska sen sig sitt slippa skulle sluta snabbt som sorts står svårt ta tar tex tid tills tillbaka typ ungefär vart vill ville vore väl väldigt
    även bättre blir därför medan hjälp hjälpa använda används borta fel finnas första hur istället ställe sätt
    utanför innanför runt omkring kring nära per via bredvid framför bakom ovanför nedanför längs genom bland enligt trots sällan ibland
    hela halva sådär nog visst kanske faktiskt egentligen särskilt åtminstone dessutom annars alltså vet veta visar visa händer hända tror
    tycker känner blivit varit heter verkar brukar försöker orkar låter säger kallas betyder beror tag par gång gånger sak sakerna folk
    svår svåra svårare lätta lättare enkelt egen eget egna olik sådant vems någonting någonstans ingenting ingenstans överallt
    """.split()  # noqa: SIM905 - read as prose
)


@dataclass(frozen=True)
class Question:
    """What somebody asks for, as one clean line of at most 200 characters."""

    text: str = ""
    was_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Question()


def question(typed: str) -> Question:
    line = " ".join(clean_text(typed[: 2 * QUERY_LENGTH]).split())
    return Question(line[:QUERY_LENGTH].rstrip(), len(line) > QUERY_LENGTH)


def tokens(text: str) -> list[str]:
    """Every word in order, in small letters."""
    return [word[:LONGEST_WORD] for word in WORD.findall(text.lower())]


def words_of(text: str) -> list[str]:
    """The words that say something, in order, once each; all of them when none does."""
    words = list(dict.fromkeys(tokens(text)))
    return [word for word in words if word not in STOP_WORDS] or words
