"""Swedish sentences about municipal work, put together at random. They read plausibly and mean little."""

from __future__ import annotations

from random import Random

GIVEN = (
    "Anna",
    "Erik",
    "Maja",
    "Lars",
    "Inga",
    "Nils",
    "Sara",
    "Johan",
    "Elin",
    "Per",
    "Karin",
    "Olof",
    "Lena",
    "Mats",
    "Aila",
    "Isak",
    "Ritva",
    "Veikko",
    "Ellen",
    "Jouni",
    "Sanna",
    "Mikael",
    "Ulrika",
    "Anders",
    "Biret",
    "Henrik",
    "Marit",
    "Tage",
    "Åsa",
    "Östen",
    "Ängla",
    "Kerttu",
    "Antti",
    "Risten",
)
FAMILY = (
    "Johansson",
    "Niemi",
    "Larsson",
    "Mäki",
    "Nilsson",
    "Labba",
    "Karlsson",
    "Wanhatalo",
    "Svonni",
    "Öberg",
    "Lindström",
    "Ylitalo",
    "Blind",
    "Åström",
    "Kuoljok",
    "Stenman",
    "Hietala",
    "Sarri",
    "Engström",
    "Palo",
    "Ek",
    "Vasara",
    "Inga",
    "Rautio",
    "Lind",
    "Ålander",
    "Huuva",
    "Berg",
    "Kero",
    "Taavola",
)
TITLES = (
    "undersköterska",
    "lärare",
    "förskollärare",
    "plogförare",
    "drifttekniker",
    "handläggare",
    "bibliotekarie",
    "kock",
    "brandman",
    "rörläggare",
    "boendevärd",
    "planarkitekt",
    "ekonom",
    "vaktmästare",
    "socialsekreterare",
    "elevassistent",
    "miljöinspektör",
    "projektledare",
)
THINGS = (
    "snöröjningen",
    "nyckelskåpet",
    "fjärrvärmen",
    "matvagnen",
    "schemat",
    "larmet",
    "förrådet",
    "trapphuset",
    "lekplatsen",
    "vattenmätaren",
    "skolskjutsen",
    "passbytet",
    "journalen",
    "sopkärlet",
    "gatlampan",
    "entrén",
    "hissen",
    "cykelbanan",
    "avloppet",
    "beställningen",
    "telefonlistan",
    "introduktionen",
    "bokbussen",
    "verkstaden",
    "sandlådan",
    "skotern",
    "reservdelen",
    "blanketten",
    "ventilationen",
    "mötesrummet",
)
TROUBLES = (
    "tar för lång tid",
    "finns på fel plats",
    "kräver att man ringer tre personer",
    "glöms bort vid lov",
    "är olika på varje enhet",
    "fungerar inte i kyla",
    "går inte att läsa i mörker",
    "saknas på kvällar och helger",
    "görs dubbelt av två bolag",
    "ingen vet vem som äger",
    "står stilla när någon är sjuk",
    "syns först när det är för sent",
    "gör att vi kör samma väg två gånger",
    "kostar mer än vi trodde",
)
PLACES = (
    "på Lombolo",
    "i nya centrum",
    "i Jukkasjärvi",
    "i Vittangi",
    "i Karesuando",
    "på Luossavaara",
    "vid badhuset",
    "i Svappavaara",
    "på kvällspasset",
    "under morgonrundan",
    "vid skolorna",
    "i Abisko",
    "på värmeverket",
    "i Tuolluvaara",
)
DEEDS = (
    "dela en lista med grannenheten",
    "byta pass ute på fältet",
    "märka upp hyllorna med färg",
    "prova i tre trapphus under en månad",
    "samla beställningarna en gång i veckan",
    "låna maskiner av varandra",
    "ha en gemensam jour",
    "skicka en bild i stället för att åka dit",
    "låta dem som kör bestämma ordningen",
    "flytta mötet till verkstaden",
    "ge alla samma introduktion",
    "sätta en sensor som säger till",
)
SAYINGS = (
    "Så har vi det också.",
    "Vi provade det i våras och det gick bra tills snön kom.",
    "Vem ska äga det?",
    "Jag kan hjälpa till på torsdagar.",
    "Hos oss finns redan en lista, fråga efter den.",
    "Det borde gå att göra med det vi har.",
    "Räkna på hur många timmar det är.",
    "Bra att någon säger det.",
    "Vi har samma problem fast på sommaren.",
    "Har ni frågat de som bor där?",
)


def title(random: Random) -> str:
    thing = random.choice(THINGS)
    return f"{thing.capitalize()} {random.choice(TROUBLES)} {random.choice(PLACES)}"


def problem(random: Random) -> str:
    return " ".join(
        f"{random.choice(THINGS).capitalize()} {random.choice(TROUBLES)} {random.choice(PLACES)}. "
        f"I förra veckan hände det {random.randint(2, 9)} gånger, och varje gång {random.choice(TROUBLES)}."
        for _ in range(random.randint(1, 4))
    )


def proposal(random: Random) -> str:
    return f"Vi skulle kunna {random.choice(DEEDS)}, och sedan {random.choice(DEEDS)} {random.choice(PLACES)}."


def comment(random: Random) -> str:
    return f"{random.choice(SAYINGS)} {random.choice(THINGS).capitalize()} {random.choice(TROUBLES)} {random.choice(PLACES)}."
