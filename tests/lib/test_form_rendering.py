from html.parser import HTMLParser

from django import forms
from django.contrib.contenttypes.models import ContentType
from django.utils import translation

from lib.form_rendering import ChoiceCards, DayField
from lib.text import LineField, TextField

CHOICES = [("author", "Bara jag"), ("group", "Hela koncernen")]


class Form(forms.Form):
    title = LineField(label="Rubrik", help_text="Så att <en> kollega känner igen sig.", min_length=3, max_length=10)
    proposal = TextField(label="Förslag", required=False)
    audience = forms.ChoiceField(label="Vem får se det nu?", choices=CHOICES, widget=ChoiceCards(descriptions={"author": "Ett <utkast>."}))
    touched = forms.MultipleChoiceField(label="Vem berörs?", choices=CHOICES, widget=forms.CheckboxSelectMultiple, required=False)
    on = DayField(label="Dag", required=False)
    tell = forms.BooleanField(label="Meddela mig", required=False, help_text="När det rör sig.")
    home = forms.ChoiceField(label="Hemma", choices=CHOICES)
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        if self.data.get("title") == "samma":
            raise forms.ValidationError("Det finns <redan>.")


GOOD = {"title": "Lampor", "audience": "author", "home": "group", "token": "t"}


def lines(html: str) -> list[str]:
    return [line for line in html.splitlines() if line]


def test_a_text_field() -> None:
    assert lines(Form()["title"].as_field_group()) == [
        '<div class="ds-field"><label for="id_title">Rubrik</label>',
        '<div data-field="description" id="id_title_helptext">Så att &lt;en&gt; kollega känner igen sig.</div>',
        '<input type="text" name="title" required aria-describedby="id_title_helptext" id="id_title" data-count="10" class="ds-input">',
        "</div>",
    ]


def test_a_text_field_with_an_error_keeps_what_was_typed() -> None:
    assert lines(Form({"title": "x" * 11})["title"].as_field_group()) == [
        '<div class="ds-field"><label for="id_title">Rubrik</label>',
        '<div data-field="description" id="id_title_helptext">Så att &lt;en&gt; kollega känner igen sig.</div>',
        (
            '<input type="text" name="title" value="xxxxxxxxxxx" required aria-invalid="true"'
            ' aria-describedby="id_title_helptext id_title_error" id="id_title" data-count="10" class="ds-input">'
        ),
        '<p class="ds-validation-message" id="id_title_error">Texten är 11 tecken. Högst 10 får plats.</p></div>',
    ]


def test_an_optional_text_area() -> None:
    assert lines(Form({"proposal": "a\nb"})["proposal"].as_field_group()) == [
        '<div class="ds-field"><label for="id_proposal">Förslag <span class="soft">(valfritt)</span></label>',
        '<textarea name="proposal" rows="5" id="id_proposal" class="ds-input">',
        "a",
        "b</textarea>",
        "</div>",
    ]


def test_the_optional_mark_speaks_english_and_can_be_left_out() -> None:
    class Filter(Form):
        mark_optional = False

    with translation.override("en"):
        assert '<span class="soft">(optional)</span>' in Form()["proposal"].as_field_group()
        assert "optional" not in Filter()["proposal"].as_field_group()


def test_choice_cards_with_sentences_and_one_that_is_off() -> None:
    form = Form({"audience": "author"})
    form.fields["audience"].widget.disabled = {"group"}
    assert lines(form["audience"].as_field_group()) == [
        '<fieldset class="ds-fieldset" id="id_audience">',
        "<legend>Vem får se det nu?</legend>",
        '<div class="choice">',
        (
            '<div class="ds-field" data-variant="outline"><input type="radio" name="audience" value="author" id="id_audience_0" required'
            ' checked aria-describedby="id_audience_0_description" class="ds-input"><label for="id_audience_0">Bara jag</label>'
            '<p data-field="description" id="id_audience_0_description">Ett &lt;utkast&gt;.</p></div>'
        ),
        (
            '<div class="ds-field" data-variant="outline"><input type="radio" name="audience" value="group" id="id_audience_1" required'
            ' disabled class="ds-input"><label for="id_audience_1">Hela koncernen</label></div>'
        ),
        "</div>",
        "</fieldset>",
    ]


def test_check_boxes_with_an_error() -> None:
    assert lines(Form({"touched": ["group", "nobody"]})["touched"].as_field_group()) == [
        '<fieldset class="ds-fieldset" id="id_touched" aria-describedby="id_touched_error">',
        '<legend>Vem berörs? <span class="soft">(valfritt)</span></legend>',
        '<div class="row">',
        (
            '<div class="ds-field"><input type="checkbox" name="touched" value="author" id="id_touched_0" aria-invalid="true"'
            ' class="ds-input"><label for="id_touched_0">Bara jag</label></div>'
        ),
        (
            '<div class="ds-field"><input type="checkbox" name="touched" value="group" id="id_touched_1" aria-invalid="true" checked'
            ' class="ds-input"><label for="id_touched_1">Hela koncernen</label></div>'
        ),
        "</div>",
        '<p class="ds-validation-message" id="id_touched_error">Välj något av det som finns att välja på. ”nobody” finns inte med.</p>',
        "</fieldset>",
    ]


def test_a_check_box_a_day_and_a_select() -> None:
    form = Form(initial={"on": "2026-11-23"})
    assert lines(form["tell"].as_field_group()) == [
        (
            '<div class="ds-field"><input type="checkbox" name="tell" aria-describedby="id_tell_helptext" id="id_tell" class="ds-input">'
            '<label for="id_tell">Meddela mig</label>'
        ),
        '<div data-field="description" id="id_tell_helptext">När det rör sig.</div></div>',
    ]
    assert '<input type="date" name="on" value="2026-11-23" id="id_on" class="ds-input">' in form["on"].as_field_group()
    assert '<select name="home" id="id_home" class="ds-input">' in form["home"].as_field_group()


def test_the_whole_form_begins_with_what_is_wrong() -> None:
    html = str(Form({**GOOD, "title": "", "token": "", "audience": "", "on": "i går"}))
    assert lines(html)[:5] == [
        '<div class="ds-error-summary" role="alert" tabindex="-1" autofocus>',
        "<h2>4 saker behöver rättas</h2>",
        (
            '<ul><li><a href="#id_title">Rubrik: Skriv något här.</a></li>'
            '<li><a href="#id_audience_0">Vem får se det nu?: Det här behöver du fylla i.</a></li>'
            '<li><a href="#id_on">Dag: Skriv dagen som år, månad och dag, till exempel 2026-11-23.</a></li>'
            "<li>Det här behöver du fylla i.</li></ul>"
        ),
        "</div>",
        '<input type="hidden" name="token" id="id_token">',
    ]


def test_one_thing_to_mend_that_belongs_to_no_field() -> None:
    html = str(Form({**GOOD, "title": "samma"}))
    assert "<h2>En sak behöver rättas</h2>\n<ul><li>Det finns &lt;redan&gt;.</li></ul>" in html


def test_a_form_without_errors_has_no_summary() -> None:
    assert "ds-error-summary" not in str(Form(GOOD)) + str(Form())


class Ids(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.refs: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            elif name in ("for", "aria-describedby"):
                self.refs |= set((value or "").split())
            elif name == "href":
                self.refs.add((value or "").removeprefix("#"))


def test_every_reference_leads_to_one_element() -> None:
    class Wide(Form):
        when = forms.SplitDateTimeField()
        file = forms.FileField(help_text="a")
        none = forms.ChoiceField(choices=[], widget=forms.RadioSelect)

    for form in (Wide(), Wide({}), Wide({}, auto_id="%s"), Wide({}, prefix="p")):
        reader = Ids()
        reader.feed(str(form))
        assert len(reader.ids) == len(set(reader.ids))
        assert reader.refs <= set(reader.ids)


def test_a_model_form() -> None:
    class KindForm(forms.ModelForm):
        class Meta:
            model = ContentType
            fields = ["model"]

    html = KindForm({"model": "x" * 101})["model"].as_field_group()
    assert 'class="ds-input"' in html
    assert "maxlength" not in html
    assert "Texten är 101 tecken. Högst 100 får plats." in html
