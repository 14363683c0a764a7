"""The choices of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    IDEA = "idea", _("Idea")
    CHALLENGE = "challenge", _("Challenge")


class Status(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("status", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("status", "Submitted")
    EXPLORING = "exploring", pgettext_lazy("status", "Being explored")
    PLANNED = "planned", pgettext_lazy("status", "Planned")
    REPORTED = "reported", pgettext_lazy("status", "Reported")
    UNDERSTANDING = "understanding", pgettext_lazy("status", "Understanding")
    OPEN_FOR_IDEAS = "open_for_ideas", pgettext_lazy("status", "Open for ideas")
    ACTION_PLAN = "action_plan", pgettext_lazy("status", "Action plan")
    TESTING = "testing", pgettext_lazy("status", "Being tested")
    ADOPTED = "adopted", pgettext_lazy("status", "Adopted")
    SOLVED = "solved", pgettext_lazy("status", "Solved")
    NEEDS_AUTHOR = "needs_author", pgettext_lazy("status", "Waiting for the author")
    PARKED = "parked", pgettext_lazy("status", "Parked")
    DECLINED = "declined", pgettext_lazy("status", "Declined")
    MERGED = "merged", pgettext_lazy("status", "Merged")


class Audience(models.TextChoices):
    """Who reads it. The first two while it is a draft, the last three once it is submitted."""

    AUTHOR = "author", pgettext_lazy("audience", "Only me")
    AMBASSADOR = "ambassador", pgettext_lazy("audience", "My innovation ambassador")
    DEPARTMENT = "department", pgettext_lazy("audience", "My department")
    ORGANISATION = "organisation", pgettext_lazy("audience", "My whole organisation")
    GROUP = "group", pgettext_lazy("audience", "The whole municipal group")


class Opening(models.TextChoices):
    """What a status may leave open."""

    EDIT = "edit"
    COMMENT = "comment"
    SUPPORT = "support"
    ANSWER = "answer"
    UNDERSTAND = "understand"
    PLAN = "plan"
    TRY = "try"
    SPREAD = "spread"


class SupportKind(models.TextChoices):
    GOOD = "good", pgettext_lazy("support", "Good idea")
    HELP = "help", pgettext_lazy("support", "I want to help")
    NEED = "need", pgettext_lazy("support", "We have the same need")


class HelpKind(models.TextChoices):
    """What somebody who wants to help can give."""

    COMPETENCE = "competence", pgettext_lazy("help", "Competence")
    HOURS = "hours", pgettext_lazy("help", "Hours")
    PLACE = "place", pgettext_lazy("help", "A place to test")


class ParticipantRole(models.TextChoices):
    COAUTHOR = "coauthor", _("Co-author")
    LEAD = "lead", _("Leads the work")
    READER = "reader", _("Chosen reader")
    INVITED = "invited", _("Invited")
    ON_BEHALF = "on_behalf", _("Brought in on behalf of")


class TrailSort(models.TextChoices):
    STEP = "step", _("Step")
    DECISION = "decision", _("Decision")
    LEARNING = "learning", _("Learning")


class ReasonCode(models.TextChoices):
    """Why a contribution is declined."""

    LAW = "law", _("Law or agreement stands in the way")
    DONE_ELSEWHERE = "done_elsewhere", _("Already done elsewhere")
    MONEY = "money", _("Does not fit the budget now")
    SCOPE = "scope", _("Outside what we are here to do")
    OTHER = "other", _("Another reason")


class Ending(models.TextChoices):
    """How a promise ended for the organisation that gave it."""

    ANSWERED = "answered", pgettext_lazy("promise", "Answered")
    HANDED_OVER = "handed_over", pgettext_lazy("promise", "Handed over")
    WITHDRAWN = "withdrawn", pgettext_lazy("promise", "Taken back by the author")


class TouchedGroup(models.TextChoices):
    """People outside the departments who are touched."""

    CLIENTS = "clients", _("Clients in care")
    PUPILS = "pupils", _("Pupils and children")
    GUARDIANS = "guardians", _("Guardians")
    TENANTS = "tenants", _("Tenants")
    RESIDENTS = "residents", _("Residents")
    VISITORS = "visitors", _("Visitors")
    CONTRACTORS = "contractors", _("Contractors")
    COLLEAGUES = "colleagues", _("Colleagues elsewhere")
