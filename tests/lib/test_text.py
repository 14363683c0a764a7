from typing import Any

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from lib.text import LineField, TextField, WordsField, clean_text, number


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  hej \n", "hej"),
        ("a\r\nb\rc\u2028d\x0be", "a\nb\nc\nd\ne"),
        ("a\0b\x1bc\x9fd\ttab", "abcd\ttab"),
        ("e\u0301", "é"),
        ("fil\u202egnp.exe\u202c \u2066x\u2069", "filgnp.exe x"),
        ("\u200b\ufeffhej\u200d\u00a0", "hej"),
        ("👩\u200d🚒 och ❤\ufe0f", "👩\u200d🚒 och ❤\ufe0f"),
        ("rad \nrad", "rad \nrad"),
        ("\ud800x\udfff", "x"),
        ("\u200b \u2060", ""),
    ],
)
def test_clean_text(text: str, cleaned: str) -> None:
    assert clean_text(text) == cleaned


@given(st.text(st.characters(exclude_categories=[])))
def test_cleaned_text_is_clean(text: str) -> None:
    cleaned = clean_text(text)
    assert clean_text(cleaned) == cleaned
    assert "\0" not in cleaned
    cleaned.encode()


class Form(forms.Form):
    line = LineField(min_length=3, max_length=10)
    text = TextField(max_length=10, required=False)


@pytest.mark.parametrize(
    ("data", "cleaned"),
    [
        ({"line": " en\r\n rad\t", "text": "a\r\nb"}, {"line": "en rad", "text": "a\nb"}),
        ({"line": "1234567890" + " " * 99, "text": " \0\u200b "}, {"line": "1234567890", "text": ""}),
    ],
)
def test_fields_clean(data: dict[str, str], cleaned: dict[str, str]) -> None:
    form = Form(data)
    assert form.is_valid()
    assert form.cleaned_data == cleaned


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({}, {"line": ["Skriv något här."]}),
        ({"line": ""}, {"line": ["Skriv något här."]}),
        ({"line": " \n\0"}, {"line": ["Här finns bara mellanslag. Skriv något."]}),
        ({"line": "ab"}, {"line": ["Texten är 2 tecken. Skriv minst 3."]}),
        (
            {"line": "x" * 11, "text": "ö" * 1_000_000},
            {"line": ["Texten är 11 tecken. Högst 10 får plats."], "text": ["Texten är 1000000 tecken. Högst 10 får plats."]},
        ),
    ],
)
def test_fields_say_what_is_wrong(data: dict[str, str], errors: dict[str, list[str]]) -> None:
    assert Form(data).errors == errors


def test_fields_speak_english() -> None:
    with translation.override("en"):
        assert Form({"line": " "}).errors == {"line": ["There are only blanks here. Write something."]}


def test_django_s_own_messages_are_plain_too() -> None:
    class Choice(forms.Form):
        one = forms.ChoiceField(choices=[("a", "A")])
        number = forms.IntegerField()

    errors: dict[str, Any] = Choice({"one": "b"}).errors
    assert errors == {
        "one": ["Välj något av det som finns att välja på. ”b” finns inte med."],
        "number": ["Det här behöver du fylla i."],
    }


def test_words_on_one_line_are_a_list_each_once() -> None:
    class Words(forms.Form):
        words = WordsField(most=3, longest=5, required=False)

    def read(typed: str) -> Any:
        form = Words({"words": typed})
        return form.cleaned_data["words"] if form.is_valid() else form.errors["words"]

    assert [read(typed) for typed in ("", " , ,", "rita,  Excel ,RITA", "a\u200b, b\n,c\x00")] == [
        [],
        [],
        ["rita", "Excel"],
        ["a", "b", "c"],
    ]
    assert read("a, b, c, d") == ["Skriv högst 3, med komma emellan. Nu är det 4."]
    assert read("abcdef") == ["”abcdef…” är för långt. Varje ord eller fras får ha högst 5 tecken. Skriv komma emellan."]
    assert str(Words(initial={"words": ["rita", "Excel"]})["words"].value()) == "rita, Excel"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12", 12), ("0", 0), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("", None), (None, None), ("-1", None), ("1.5", None), (" 1", None),
        ("²", None), ("١٢", None), ("1\0", None),
    ],
)  # fmt: skip
def test_a_number_is_one_the_database_can_hold(typed: str | None, meant: int | None) -> None:
    assert number(typed) == meant
