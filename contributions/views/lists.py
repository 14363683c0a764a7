"""Finding: the search over both kinds, what is similar, all learnings, and a person's own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from contributions.enums import Kind, Opening
from contributions.models import Contribution
from contributions.queries.learnings import learnings as learnings_of
from contributions.queries.lists import Filters, Listing, listing, read_filters, status_choices
from contributions.queries.mine import Tab
from contributions.queries.mine import mine as mine_of
from contributions.queries.places import Place, places
from contributions.search import QUERY_LENGTH, SIMILAR_LENGTH, question
from contributions.search import similar as similar_to
from lib.htmx import answer
from lib.text import number
from organisation.models import Person

JSON = "application/json"


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    everywhere = places()
    filters = read_filters(chosen_kind(request.GET), request.GET, everywhere)
    found = listing(person, filters, request.GET.get("after"))
    return answer(request, "contributions/search.html", "results", frame_of(found, everywhere))


def frame_of(found: Listing, everywhere: list[Place]) -> dict[str, Any]:
    """What every list's page needs: the rows, the filters and what can be chosen in them."""
    return {
        "listing": found,
        "filters": found.filters,
        "places": everywhere,
        "statuses": status_choices(found.filters.kind),
        "query_length": QUERY_LENGTH,
    }


def chosen_kind(wanted: QueryDict) -> Kind | None:
    value = wanted.get("kind")
    return Kind(value) if value in Kind.values else None


@require_http_methods(["GET", "HEAD", "POST"])
def similar(request: HttpRequest) -> HttpResponse:
    """Up to five like what is being written; posted, so that long text and what people write stand in no address."""
    person = request.user
    assert isinstance(person, Person)
    rows = similar_for(person, typed_text(request), but=request.GET.get("except", ""))
    if request.get_preferred_type(["text/html", JSON]) == JSON:
        found = [
            {"id": row.pk, "kind": row.kind, "title": row.title, "status": row.status, "url": row.get_absolute_url(), "score": score}
            for row, score in ((row, round(row.score, 4)) for row in rows)  # type: ignore[attr-defined]
        ]
        return JsonResponse(found, safe=False)
    return render(request, "contributions/_similar.html", {"similar": rows, "answerable": request.GET.get("for") == "idea"})


def typed_text(request: HttpRequest) -> str:
    if request.method == "POST":
        return f"{request.POST.get('title', '')} {request.POST.get('problem', '')}"[:SIMILAR_LENGTH]
    return question(request.GET.get("q", "")).text


def similar_for(person: Person, text: str, but: str = "") -> list[Contribution]:
    """Sent contributions one may see that are like the text, but for the one whose id is given."""
    visible = Contribution.objects.visible_to(person).sent()
    if itself := number(but):
        visible = visible.exclude(pk=itself)
    rows = similar_to(visible.select_related("department__organisation"), text)
    for row in rows:
        row.takes_support = row.opens(Opening.SUPPORT) and row.author_id != person.pk and not row.is_hidden  # type: ignore[attr-defined]
    return rows


@require_safe
def learnings(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    filters = Filters(kind=chosen_kind(request.GET), q=question(request.GET.get("q", "")))
    entries = learnings_of(person, filters.q, filters.kind, request.GET.get("after"))
    context = {"entries": entries, "filters": filters, "query_length": QUERY_LENGTH}
    return answer(request, "contributions/learnings.html", "results", context)


@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    value = request.GET.get("tab", "")
    tab = Tab(value) if value in Tab.values else Tab.BROUGHT
    rows = mine_of(person, tab, request.GET.get("after"))
    return render(request, "contributions/mine.html", {"tab": tab, "tabs": Tab, "page": rows})
