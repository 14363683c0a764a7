"""The root problem, agreed by those it touches."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from challenges.actions.recognising import AnotherSentence, recognise
from challenges.actions.understanding import understand
from challenges.models import Challenge, Recognition
from challenges.queries.understanding import recognised_words, touched, with_touched
from contributions.actions.talk import comment
from contributions.enums import Kind, Status
from contributions.models import Contribution
from contributions.statuses import STATUSES
from tests.contributions.test_talk import client_of
from tests.contributions.world import ROLES, World

SENTENCE = "Isen kommer av taket, men vi möter den med sand."


def worded(world: World, sentence: str = SENTENCE, status: Status = Status.UNDERSTANDING) -> Contribution:
    about = world.contribution(Kind.CHALLENGE, status, root_problem=sentence)
    about.touched.set([world.beside, world.above])
    return about


def test_those_touched_may_say_and_nobody_else(world: World) -> None:
    in_places = {"author", "same_department", "unit_beneath", "department_above", "other_department"}
    open_in = {Status.REPORTED, Status.UNDERSTANDING, Status.OPEN_FOR_IDEAS, Status.ACTION_PLAN, Status.NEEDS_AUTHOR}
    for status in STATUSES[Kind.CHALLENGE]:
        about = worded(world, status=status)
        able = {role for role in ROLES if world.person(role).has_perm("challenges.recognise", about)}
        assert able == (in_places if status in open_in else set()), status
    about = worded(world)
    with pytest.raises(PermissionDenied):
        recognise(by=world.person("other_organisation"), challenge=about, sentence=SENTENCE, agrees=True)
    comment(by=world.person("other_organisation"), contribution=about, body="Jag halkade.", token=uuid.uuid4(), experience=True)
    assert recognise(by=world.person("other_organisation"), challenge=about, sentence=SENTENCE, agrees=True).department == world.abroad


def test_the_screen_offers_it_to_exactly_those_who_may(world: World) -> None:
    about = worded(world)
    comment(by=world.person("other_organisation"), contribution=about, body="Jag halkade.", token=uuid.uuid4(), experience=True)
    for role in ROLES:
        person = world.person(role)
        if person.is_active:
            page = client_of(person).get(f"/challenges/{about.pk}/understanding/").content.decode()
            assert ('name="agrees"' in page) is person.has_perm("challenges.recognise", about), role


def test_it_is_counted_by_people_and_departments(world: World) -> None:
    about = worded(world)
    for role, agrees in (("unit_beneath", True), ("same_department", True), ("other_department", False)):
        recognise(by=world.person(role), challenge=about, sentence=SENTENCE, agrees=agrees, words="" if agrees else "Ingen äger gården.")
    found = touched(with_touched(Challenge.objects.all()).get(pk=about.pk), world.person("same_department"))
    assert (len(found.places), found.recognising, len(found.yes), [one.words for one in found.no]) == (2, 1, 2, ["Ingen äger gården."])
    assert found.own is not None
    assert recognised_words(about) == "1 av 2 berörda avdelningar känner igen det egentliga problemet så som det är skrivet."
    form = client_of(world.person("organisation_coordinator")).get(f"/contributions/{about.pk}/steps/open/").content.decode()
    assert recognised_words(about) in form


def test_another_answer_replaces_ones_own(world: World) -> None:
    about, by = worded(world), world.person("same_department")
    client = client_of(by)
    url = f"/challenges/{about.pk}/recognised/"
    assert client.post(url, {"agrees": "yes", "sentence": SENTENCE})["Location"] == f"/challenges/{about.pk}/understanding/#root"
    client.post(url, {"agrees": "no", "sentence": SENTENCE, "words": "Ingen äger gården."})
    assert list(Recognition.objects.values_list("person", "agrees", "words")) == [(by.pk, False, "Ingen äger gården.")]
    client.post(url, {"agrees": "yes", "sentence": SENTENCE, "words": "Det stämmer ändå."})
    assert list(Recognition.objects.values_list("agrees", "words")) == [(True, "")]


def test_another_sentence_starts_anew_and_keeps_what_was_said_of_the_old(world: World) -> None:
    about, by = worded(world), world.person("same_department")
    recognise(by=by, challenge=about, sentence=SENTENCE, agrees=True)
    understand(by=world.person("lead"), challenge=about, version=None, root_problem="Ingen äger de fyra metrarna.", whys=[])
    assert touched(with_touched(Challenge.objects.all()).get(pk=about.pk), by).yes == []
    with pytest.raises(AnotherSentence) as other:
        recognise(by=by, challenge=about, sentence=SENTENCE, agrees=True)
    assert other.value.sentence == "Ingen äger de fyra metrarna."
    answer = client_of(by).post(f"/challenges/{about.pk}/recognised/", {"agrees": "no", "sentence": SENTENCE, "words": "Gården är halast."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in page for words in ("Ingen äger de fyra metrarna.", SENTENCE, "Gården är halast."))
    understand(by=world.person("lead"), challenge=about, version=None, root_problem=SENTENCE, whys=[])
    assert len(touched(with_touched(Challenge.objects.all()).get(pk=about.pk), by).yes) == 1


def test_a_no_says_what_it_is_instead(world: World) -> None:
    about, client = worded(world), client_of(world.person("same_department"))
    answer = client.post(f"/challenges/{about.pk}/recognised/", {"agrees": "no", "sentence": SENTENCE})
    assert (answer.status_code, 'id="id_words_error"' in answer.content.decode()) == (422, True)
    row = {"contribution": about, "sentence": SENTENCE, "person": world.people["author"], "department": world.home}
    for wrong in ({"agrees": False}, {"agrees": True, "sentence": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Recognition.objects.create(**{**row, **wrong})
    Recognition.objects.create(**row, agrees=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recognition.objects.create(**row, agrees=True)


def test_an_empty_sentence_is_nobodys_to_recognise(world: World) -> None:
    about, by = worded(world, ""), world.person("same_department")
    assert 'name="agrees"' not in client_of(by).get(f"/challenges/{about.pk}/understanding/").content.decode()
    with pytest.raises(AnotherSentence):
        recognise(by=by, challenge=about, sentence="", agrees=True)
