"""What people are told of challenges."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.models import Challenge, StepProposal
from challenges.queries.assessing import FEWEST, assessment_of, assessors_of, expected_of, own_scores
from challenges.queries.leading import with_standing
from contributions.lifecycle import step_named
from contributions.models import Comment, Contribution
from lib.markdown import plain_text
from notifications.enums import Channel
from notifications.outbox import Fact, Kind, Told
from organisation.models import Person


@dataclass(frozen=True)
class Telling:
    """A notice's ids turned into rows. `by` is who did it."""

    reader: Person
    challenge: Challenge
    by: Person | None
    comment: Comment | None
    proposal: StepProposal | None

    @property
    def name(self) -> dict[str, str]:
        return {"name": self.by.full_name if self.by else ""}

    def page(self, name: str) -> str:
        return reverse(name, args=(self.challenge.pk,))


def facts(person: Person, told: Sequence[Told]) -> list[Fact | None]:
    """One query for the challenges the person may see, and one for each sort of row the notices point at."""
    visible = Contribution.objects.visible_to(person).values("pk")
    wanted = [item["contribution"] for item in told]
    challenges = Challenge.objects.select_related("department").filter(pk__in=visible).in_bulk(wanted)
    people = Person.objects.in_bulk([item["person"] for item in told if "person" in item])
    comments = Comment.objects.in_bulk([item["comment"] for item in told if "comment" in item])
    proposals = with_standing(StepProposal.objects.all()).in_bulk([item["proposal"] for item in told if "proposal" in item])
    found: list[Fact | None] = []
    for item in told:
        challenge = challenges.get(item["contribution"])
        rows = (people.get(item.get("person", 0)), comments.get(item.get("comment", 0)), proposals.get(item.get("proposal", 0)))
        found.append(SAYINGS[item.kind](Telling(person, challenge, *rows)) if challenge else None)
    return found


def _window_closed(telling: Telling) -> Fact | None:
    challenge = telling.challenge
    if challenge.is_open_for_ideas:
        return None
    is_author = challenge.author_id == telling.reader.pk
    return Fact(
        text=_("The time for ideas has ended"),
        title=str(challenge),
        url=challenge.get_absolute_url(),
        reason=_("you brought up the challenge") if is_author else _("you lead the challenge or answer for it"),
        act=_("Choose what goes on to the plan"),
        status=str(challenge.get_status_display()),
        status_tone="accent",
    )


def _experience_marked(telling: Telling) -> Fact | None:
    comment = telling.comment
    if comment is None or comment.deleted_at is not None or comment.hidden_at is not None:
        return None
    counts = comment.experience_from_id is not None
    text = _("%(name)s counts your comment as an experience") if counts else _("%(name)s no longer counts your comment as an experience")
    url = f"{telling.challenge.get_absolute_url()}#comment-{comment.pk}"
    return Fact(text=text % telling.name, title=str(telling.challenge), url=url, reason=_("you wrote the comment"))


def _leads(telling: Telling) -> Fact | None:
    challenge = telling.challenge
    if not telling.reader.has_perm("challenges.step_down", challenge):
        return None
    return Fact(
        text=_("%(name)s asks you to lead a challenge") % telling.name,
        title=str(challenge),
        url=challenge.get_absolute_url(),
        reason=_("you lead the challenge, and can say no on its page"),
        act=_("See the challenge"),
        status=str(challenge.get_status_display()),
        status_tone="accent",
    )


def _step_proposed(telling: Telling) -> Fact | None:
    challenge, proposal = telling.challenge, telling.proposal
    step = step_named(challenge.kind, proposal.step) if proposal else None
    if proposal is None or step is None or not telling.reader.has_perm("contributions.answer_for", challenge):
        return None
    is_open: bool = proposal.stands  # type: ignore[attr-defined]
    return Fact(
        text=_("%(name)s proposes: %(step)s") % {**telling.name, "step": step.label},
        title=str(challenge),
        url=challenge.get_absolute_url(),
        reason=_("you answer for it as a coordinator"),
        quote=plain_text(proposal.text),
        by=telling.name["name"],
        act=_("See the proposal") if is_open else "",
        status=str(challenge.get_status_display()),
        status_tone="accent",
    )


def _assess_asked(telling: Telling) -> Fact | None:
    challenge = telling.challenge
    if not telling.reader.has_perm("challenges.assess", challenge):
        return None
    return Fact(
        text=_("%(name)s asks you to assess the ideas") % telling.name,
        title=str(challenge),
        url=telling.page("challenge_assessment"),
        reason=_("you were chosen to assess, and can say no"),
        act=_("Assess the ideas"),
        status=_("Your turn"),
        status_tone="warning",
    )


def _assess_left(telling: Telling) -> Fact | None:
    """How many ideas are left now."""
    challenge, reader = telling.challenge, telling.reader
    if challenge.is_open_for_ideas or not reader.has_perm("challenges.assess", challenge):
        return None
    left = len(set(expected_of(reader, challenge)) - set(own_scores(challenge.assessment, reader)))
    if not left:
        return None
    text = ngettext(
        "The time for ideas has ended and %(number)d idea is left for you to assess",
        "The time for ideas has ended and %(number)d ideas are left for you to assess",
        left,
    )
    return Fact(
        text=text % {"number": left},
        title=str(challenge),
        url=telling.page("challenge_assessment"),
        reason=_("you were chosen to assess, and can say no"),
        act=_("Assess the ideas"),
        status=_("Your turn"),
        status_tone="warning",
    )


def _assess_waits(telling: Telling) -> Fact | None:
    """Until somebody more is asked or it is closed."""
    challenge, reader = telling.challenge, telling.reader
    assessment = assessment_of(challenge)
    if assessment is None or assessment.is_closed or not reader.has_perm("challenges.drive", challenge):
        return None
    if len(assessors_of(assessment)) >= FEWEST:
        return None
    return Fact(
        text=_("The assessment waits for you: everybody asked is done"),
        title=str(challenge),
        url=telling.page("challenge_assessment"),
        reason=_("you lead the challenge or answer for it"),
        act=_("Ask one more, or end it"),
        status=_("Your turn"),
        status_tone="warning",
    )


def _assessed(telling: Telling) -> Fact | None:
    """Those who lead it and the assessors see the result, whoever wrote an idea what was written of it."""
    challenge, reader = telling.challenge, telling.reader
    if not reader.has_perm("challenges.know_assessment", challenge):
        return None
    whole = reader.has_perm("challenges.see_result", challenge)
    text = _("The assessment of the ideas is ready") if whole else _("Your idea has been assessed")
    reason = _("you lead the challenge or have assessed") if whole else _("you wrote an idea that answers it")
    return Fact(text=text, title=str(challenge), url=telling.page("challenge_assessment"), reason=reason, act=_("Read what it says"))


def _note_answered(telling: Telling) -> Fact | None:
    if not telling.reader.has_perm("challenges.know_assessment", telling.challenge):
        return None
    return Fact(
        text=_("%(name)s has answered a note on an idea") % telling.name,
        title=str(telling.challenge),
        url=telling.page("challenge_assessment"),
        reason=_("you wrote the idea, the note or an answer to it"),
    )


SAYINGS: Mapping[str, Callable[[Telling], Fact | None]] = {
    "challenges.window_closed": _window_closed,
    "challenges.experience_marked": _experience_marked,
    "challenges.leads": _leads,
    "challenges.step_proposed": _step_proposed,
    "challenges.assess_asked": _assess_asked,
    "challenges.assess_left": _assess_left,
    "challenges.assess_waits": _assess_waits,
    "challenges.assessed": _assessed,
    "challenges.note_answered": _note_answered,
}

WORK_KINDS = (
    Kind("challenges.window_closed", gettext_lazy("The time for ideas has ended in a challenge I lead"), facts, Channel.DIRECT),
    Kind("challenges.leads", gettext_lazy("Somebody asks me to lead a challenge"), facts, Channel.DIRECT),
    Kind("challenges.assess_asked", gettext_lazy("Somebody asks me to assess ideas"), facts, Channel.DIRECT, waits_for_reader=True),
    Kind(
        "challenges.assess_left", gettext_lazy("Ideas are left for me to assess when the time for them has ended"), facts, Channel.DIRECT,
        waits_for_reader=True,
    ),
    Kind("challenges.assess_waits", gettext_lazy("An assessment in a challenge I lead waits for me"), facts, Channel.DIRECT, waits_for_reader=True),
    Kind("challenges.assessed", gettext_lazy("An assessment I have part in is ready"), facts, Channel.DIGEST),
    Kind("challenges.note_answered", gettext_lazy("Somebody answers a note in an assessment"), facts, Channel.DIGEST),
    Kind("challenges.experience_marked", gettext_lazy("Somebody counts my comment as an experience"), facts, Channel.BELL),
    Kind(
        "challenges.step_proposed", gettext_lazy("Somebody who leads a challenge proposes a step"), facts, Channel.DIRECT,
        waits_for_reader=True, offered_to=lambda person: bool(person.has_perm("contributions.coordinate")),
    ),
)  # fmt: skip
