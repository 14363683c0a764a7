"""Files with departments and people: every problem on its row, nothing written; all or nothing; the same file twice changes nothing."""

from __future__ import annotations

import time
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kiruna_innovation.demo.texts import GROUP
from organisation.actions import close_department, deactivate_person
from organisation.enums import AuditVerb, Language
from organisation.imports import Report, import_organisations, import_people
from organisation.models import AuditEntry, Department, Organisation, Person
from tests.factories import DepartmentFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db

HEAD = "organisation,organisation_kind,department,parent_department,code\n"
UTF8 = "Filen är inte i UTF-8. Spara den som ”CSV UTF-8” och försök igen."
PEOPLE = "email,given_name,family_name,job_title,department_code,organisation,language\n"


def departments(*rows: str, head: str = HEAD, **options: Any) -> Report:
    return import_organisations(by=None, content=(head + "\n".join(rows)).encode(), **options)


def people(*rows: str, head: str = PEOPLE, **options: Any) -> Report:
    return import_people(by=None, content=(head + "\n".join(rows)).encode(), **options)


def said(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]


def told(report: Report) -> list[str]:
    return [str(change) for change in report.changes]


@pytest.fixture
def kommun() -> Organisation:
    departments(
        "Kiruna kommun,municipality,Socialförvaltningen,,SOC",
        "Kiruna kommun,municipality,Hemtjänst,Socialförvaltningen,SOC-HTJ",
        "Kiruna kommun,municipality,Måltidsservice,,KOST",
    )
    return Organisation.objects.get()


class TestTheGroup:
    def test_is_imported_whole_and_again_without_change(self) -> None:
        report = import_organisations(by=None, content=GROUP.read_bytes())
        assert (said(report), len(report.changes), Department.objects.count()) == ([], 35, 35)
        assert list(Organisation.objects.values_list("mark", "code", "short_name", "kind")) == [
            (1, "kiruna-kommun", "Kiruna kommun", "municipality"),
            (2, "tekniska-verken-i-kiruna-ab", "Tekniska Verken", "company"),
            (3, "kirunabostader-ab", "Kirunabostäder", "company"),
        ]
        lines = AuditEntry.objects.count()
        again = import_organisations(by=None, content=GROUP.read_bytes())
        assert (said(again), told(again), AuditEntry.objects.count()) == ([], [], lines)

    def test_every_path_leads_from_the_root(self) -> None:
        import_organisations(by=None, content=GROUP.read_bytes())
        for department in Department.objects.select_related("parent"):
            above = department.parent.path if department.parent else "/"
            assert department.path == f"{above}{department.pk}/"


class TestDepartments:
    def test_dry_run_writes_nothing(self) -> None:
        report = departments("Kiruna kommun,municipality,Socialförvaltningen,,SOC", dry_run=True)
        assert told(report) == ["Rad 2: Ny: Socialförvaltningen, Kiruna kommun, överst"]
        assert (Organisation.objects.count(), AuditEntry.objects.count()) == (0, 0)

    def test_another_name_or_parent_is_a_change(self, kommun: Organisation) -> None:
        report = departments(
            "Kiruna kommun,municipality,Vård och omsorg,,SOC",
            "Kiruna kommun,municipality,Måltidsservice,SOC,KOST",
            "kiruna-kommun,municipality,Köket,KOST,KOK",
        )
        assert told(report) == [
            "Rad 2: Nytt namn: Vård och omsorg: ”Socialförvaltningen” blir ”Vård och omsorg”",
            "Rad 3: Flyttas: Måltidsservice: ”överst” blir ”Vård och omsorg”",
            "Rad 4: Ny: Köket, Kiruna kommun, Måltidsservice",
        ]
        soc, kost, kok, htj = (Department.objects.get(code=code) for code in ("SOC", "KOST", "KOK", "SOC-HTJ"))
        assert (soc.name, kost.path, kok.path) == ("Vård och omsorg", f"/{soc.pk}/{kost.pk}/", f"/{soc.pk}/{kost.pk}/{kok.pk}/")
        assert htj.parent == soc
        assert list(AuditEntry.objects.order_by("-id").values_list("verb", "subject", "details")[:3]) == [
            (AuditVerb.DEPARTMENT_CREATED, "Köket", {}),
            (AuditVerb.DEPARTMENT_MOVED, "Måltidsservice", {"parent": ["", "Vård och omsorg"]}),
            (AuditVerb.DEPARTMENT_RENAMED, "Vård och omsorg", {"name": ["Socialförvaltningen", "Vård och omsorg"]}),
        ]

    def test_two_may_swap_names_and_places(self, kommun: Organisation) -> None:
        departments("Kiruna kommun,municipality,Måltidsservice,,SOC", "Kiruna kommun,municipality,Socialförvaltningen,,KOST")
        assert dict(Department.objects.filter(parent=None).values_list("code", "name")) == {
            "SOC": "Måltidsservice",
            "KOST": "Socialförvaltningen",
        }
        departments("Kiruna kommun,municipality,Hemtjänst,,SOC-HTJ", "Kiruna kommun,municipality,Måltidsservice,SOC-HTJ,SOC")
        htj, soc = Department.objects.get(code="SOC-HTJ"), Department.objects.get(code="SOC")
        assert (htj.path, soc.path) == (f"/{htj.pk}/", f"/{htj.pk}/{soc.pk}/")
        assert not Department.objects.filter(closed_at__isnull=False).exists()

    def test_what_the_file_does_not_name_stays(self, kommun: Organisation) -> None:
        departments("Kiruna kommun,municipality,Socialförvaltningen,,SOC")
        assert Department.objects.open().count() == 3

    def test_semicolons_a_mark_of_order_and_crlf(self) -> None:
        text = "\ufeff" + HEAD.replace(",", ";").upper() + 'Kiruna kommun;municipality;"Gator; parker";;GATA\r\n\r\n'
        report = import_organisations(by=None, content=text.replace("\n", "\r\n").encode())
        assert (said(report), Department.objects.get().name) == ([], "Gator; parker")


PROBLEMS = {
    "an unknown parent": (
        ["Kiruna kommun,municipality,Köket,Måltidsservise,KOK"],
        ["Rad 2: Det finns ingen enhet som heter ”Måltidsservise” i organisationen. Menade du Måltidsservice?"],
    ),
    "a parent in another organisation": (
        ["Bolaget AB,company,Köket,Måltidsservice,KOK"],
        ["Rad 2: Det finns ingen enhet som heter ”Måltidsservice” i organisationen."],
    ),
    "a circle": (
        ["Kiruna kommun,municipality,Ett,Två,A", "Kiruna kommun,municipality,Två,Tre,B", "Kiruna kommun,municipality,Tre,Ett,C"],
        ["Rad 2: Enheten skulle hamna under sig själv: Ett → Tre → Två → Ett."],
    ),
    "itself as parent": (
        ["Kiruna kommun,municipality,Ett,A,A"],
        ["Rad 2: Enheten skulle hamna under sig själv: Ett → Ett."],
    ),
    "a circle with what stands already": (
        ["Kiruna kommun,municipality,Socialförvaltningen,Hemtjänst,SOC"],
        ["Rad 2: Enheten skulle hamna under sig själv: Socialförvaltningen → Hemtjänst → Socialförvaltningen."],
    ),
    "a code twice": (
        ["Kiruna kommun,municipality,Ett,,A", "Kiruna kommun,municipality,Två,,a"],
        ["Rad 3: Koden a används redan på rad 2."],
    ),
    "a name twice in one place": (
        ["Kiruna kommun,municipality,hemtjänst,SOC,X", "Kiruna kommun,municipality,Ett,,A", "Kiruna kommun,municipality,ETT,,B"],
        [
            "Rad 2: Det finns redan en enhet som heter ”hemtjänst” på samma plats.",
            "Rad 4: Det finns redan en enhet som heter ”ETT” på samma plats.",
        ],
    ),
    "a parent of which there are two": (
        ["Kiruna kommun,municipality,Hemtjänst,KOST,X", "Kiruna kommun,municipality,Natt,Hemtjänst,Y"],
        ["Rad 3: Flera enheter heter ”Hemtjänst”. Skriv koden för den du menar."],
    ),
    "an unknown kind": (
        ["Nya bolaget,club,Ett,,A"],
        ["Rad 2: ”club” är inget slag av organisation. Skriv något av: municipality, company."],
    ),
    "another kind": (
        ["Kiruna kommun,company,Ett,,A"],
        ["Rad 2: Kiruna kommun är redan av slaget municipality."],
    ),
    "a slip in the organisation": (
        ["Kiruna komun,municipality,Ett,,A"],
        [
            (
                "Rad 2: Det finns ingen organisation som heter ”Kiruna komun”. Menade du Kiruna kommun? "
                "Om den är ny, skapa den på sidan Organisation först."
            )
        ],
    ),
    "empty and too long": (
        [f"Kiruna kommun,municipality,,,A\nKiruna kommun,municipality,{'x' * 121},,B\nKiruna kommun,,Ett,,C"],
        [
            "Rad 2: Kolumnen ”department” är tom.",
            "Rad 3: Kolumnen ”department” är för lång. Högst 120 tecken får plats.",
            "Rad 4: Kolumnen ”organisation_kind” är tom.",
        ],
    ),
    "NUL": (["Kiruna kommun,municipality,Et\0t,,A"], ["Rad 2: Kolumnen ”department” har tecken som inte går att läsa."]),
    "a megabyte": (
        [f"Kiruna kommun,municipality,{'x' * 1_000_000},,A"],
        ["Rad 2: Raden går inte att läsa. Saknas ett citattecken, eller är raden alldeles för lång?"],
    ),
    "a quotation mark without end": (
        ['Kiruna kommun,municipality,"Ett,,A', "Kiruna kommun,municipality,Två,,B"],
        ["Rad 2: Raden går inte att läsa. Saknas ett citattecken, eller är raden alldeles för lång?"],
    ),
    "too few columns": (["Kiruna kommun,municipality,Ett"], ["Rad 2: Raden har 3 kolumner men ska ha 5."]),
    "no rows": ([""], ["Det finns inga rader under kolumnernas namn."]),
}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_departments_are_refused(kommun: Organisation, problem: str) -> None:
    rows, sentences = PROBLEMS[problem]
    before = list(Department.objects.order_by("id").values()), Organisation.objects.count(), AuditEntry.objects.count()
    assert said(departments(*rows)) == sentences
    assert (list(Department.objects.order_by("id").values()), Organisation.objects.count(), AuditEntry.objects.count()) == before


def test_a_closed_department_is_not_changed_by_a_file(kommun: Organisation) -> None:
    close_department(by=None, department=Department.objects.get(code="KOST"))
    report = departments("Kiruna kommun,municipality,Kök,,KOST", "Kiruna kommun,municipality,Ett,Måltidsservice,A")
    assert said(report) == [
        "Rad 2: Enheten Måltidsservice är avslutad. Öppna den igen först.",
        "Rad 3: Det finns ingen enhet som heter ”Måltidsservice” i organisationen.",
    ]


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_tree_too_deep_is_refused_whole(dry_run: bool) -> None:
    rows = [f"Bolaget,company,Nivå {n},{f'N{n - 1}' if n else ''},N{n}" for n in range(150)]
    assert said(departments(*rows, dry_run=dry_run)) == ["Rad 151: Trädet skulle bli för djupt. Välj en enhet närmare toppen."]
    assert not Organisation.objects.exists()


def test_a_trial_of_a_good_file_writes_nothing() -> None:
    report = departments("Bolaget,company,Drift,,DRIFT", dry_run=True)
    assert (said(report), len(report.changes)) == ([], 1)
    assert [model.objects.count() for model in (Organisation, Department, AuditEntry)] == [0, 0, 0]


@pytest.mark.parametrize(
    ("content", "sentences"),
    [
        (b"", ["Filen är tom. Första raden ska ha kolumnernas namn: organisation, organisation_kind, department, parent_department, code."]),
        (HEAD.encode() + "Kiruna kommun,municipality,Förskola,,F".encode("latin-1"), [f"Rad 2: {UTF8}"]),
        (HEAD.encode("utf-16"), [f"Rad 1: {UTF8}"]),
        (b"x" * 5_000_001, ["Filen är större än 5 MB. Dela upp den i flera."]),
        (
            b"organisation,organisation_kind,department,parent,code\n",
            [
                "Rad 1: De här kolumnerna saknas: parent_department.",
                "Rad 1: ”parent” är ingen kolumn i den här importen.",
            ],
        ),
        (HEAD.strip().encode() + b",kode\n", ["Rad 1: ”kode” är ingen kolumn i den här importen. Menade du code?"]),
        (HEAD.strip().encode() + b",code\n", ["Rad 1: Kolumnen ”code” står två gånger."]),
    ],
    ids=["empty", "latin-1", "utf-16", "large", "wrong column", "one column more", "a column twice"],
)  # fmt: skip
def test_files_that_cannot_be_read(content: bytes, sentences: list[str]) -> None:
    assert said(import_organisations(by=None, content=content)) == sentences


class TestPeople:
    def test_new_changed_moved_and_again(self, kommun: Organisation) -> None:
        rows = [
            "Sara@Example.test,Sara,Niemi,Undersköterska,SOC-HTJ,Kiruna kommun,",
            "ove@example.test,Ove,Mella,,soc,kiruna-kommun,en",
        ]
        report = people(*rows)
        assert told(report) == [
            "Rad 2: Ny: Sara Niemi, Hemtjänst, Kiruna kommun",
            "Rad 3: Ny: Ove Mella, Socialförvaltningen, Kiruna kommun",
        ]
        assert list(Person.objects.get_queryset().values_list("email", "sort_key", "language", "department__code").order_by("email")) == [
            ("ove@example.test", "mella ove", Language.ENGLISH, "SOC"),
            ("sara@example.test", "niemi sara", Language.SWEDISH, "SOC-HTJ"),
        ]
        assert not any(person.has_usable_password() for person in Person.objects.get_queryset())
        assert told(people(*rows)) == []
        changed = people("sara@example.test,Sara,Öberg,Undersköterska,SOC,Kiruna kommun,", "ove@example.test,Ove,Mella,,SOC,Kiruna kommun,")
        assert told(changed) == [
            "Rad 2: Flyttas: Sara Niemi: ”Hemtjänst” blir ”Socialförvaltningen”",
            "Rad 2: Ändras: Sara Niemi: ”Niemi” blir ”Öberg”",
        ]
        sara = Person.objects.get_by_natural_key("sara@example.test")
        assert (sara.sort_key, sara.department.code) == ("}berg sara", "SOC")
        assert list(AuditEntry.objects.order_by("-id").values_list("verb", "details")[:2]) == [
            (AuditVerb.PERSON_CHANGED, {"family_name": ["Niemi", "Öberg"]}),
            (AuditVerb.PERSON_MOVED, {"department": ["Hemtjänst", "Socialförvaltningen"]}),
        ]

    def test_dry_run_writes_nothing(self, kommun: Organisation) -> None:
        lines = AuditEntry.objects.count()
        assert len(people("sara@example.test,Sara,Niemi,,SOC,Kiruna kommun,", dry_run=True).changes) == 1
        assert (Person.objects.get_queryset().count(), AuditEntry.objects.count()) == (0, lines)

    def test_the_language_column_may_lack(self, kommun: Organisation) -> None:
        report = people("sara@example.test,Sara,Niemi,,SOC,Kiruna kommun", head=PEOPLE.replace(",language", ""))
        assert (said(report), Person.objects.get_queryset().get().language) == ([], "sv")

    def test_a_closed_account_stays_closed(self, kommun: Organisation) -> None:
        sara = PersonFactory.create(
            email="sara@example.test", given_name="Sara", family_name="Niemi", department=Department.objects.get(code="SOC")
        )
        deactivate_person(by=None, person=sara)
        report = people("sara@example.test,Sara,Öberg,,SOC,Kiruna kommun,")
        assert [str(note) for note in report.notes] == ["Rad 2: Kontot för Sara Niemi är stängt och förblir det."]
        sara.refresh_from_db()
        assert (sara.family_name, sara.is_active) == ("Öberg", False)

    def test_problems(self, kommun: Organisation) -> None:
        closed = DepartmentFactory.create(organisation=kommun, code="GAMMAL", name="Gamla")
        close_department(by=None, department=closed)
        OrganisationFactory.create(name="Kirunabostäder AB", mark=9)
        report = people(
            "sara,Sara,Niemi,,SOC,Kiruna kommun,",
            "ove@example.test,Ove,Mella,,SOC-HTG,Kiruna kommun,",
            "ove@EXAMPLE.test,Ove,Mella,,SOC,Kiruna komun,fi",
            "eva@example.test,,Mella,,GAMMAL,Kiruna kommun,",
            f"{'x' * 250}@example.test,Eva,Mella,,SOC,Kirunabostäder AB,",
        )
        assert said(report) == [
            "Rad 2: ”sara” är ingen e-postadress.",
            "Rad 3: Det finns ingen enhet med koden ”SOC-HTG” i organisationen. Menade du SOC-HTJ?",
            "Rad 4: Adressen ove@example.test står redan på rad 3.",
            "Rad 4: ”fi” är inget språk här. Skriv något av: sv, en.",
            "Rad 4: Det finns ingen organisation som heter ”Kiruna komun”. Menade du Kiruna kommun?",
            "Rad 5: Kolumnen ”given_name” är tom.",
            "Rad 5: Enheten Gamla är avslutad. Öppna den igen först.",
            "Rad 6: Kolumnen ”email” är för lång. Högst 254 tecken får plats.",
            "Rad 6: Det finns ingen enhet med koden ”SOC” i organisationen.",
        ]
        assert not Person.objects.get_queryset().exists()

    def test_2300_people_take_less_than_five_seconds(self, kommun: Organisation) -> None:
        rows = [f"p{n}@example.test,Given{n},Family{n},Titel,SOC-HTJ,Kiruna kommun,sv" for n in range(2300)]
        times = []
        for rows_, changes in ((rows, 2300), ([row.replace("Titel", "Annan").replace("SOC-HTJ", "SOC") for row in rows], 4600)):
            start = time.perf_counter()
            assert len(people(*rows_).changes) == changes
            times.append(time.perf_counter() - start)
        assert max(times) < 5
        assert Person.objects.active().filter(job_title="Annan", department__code="SOC", password__startswith="!").count() == 2300

    def test_2300_wrong_codes_are_told_quickly(self, kommun: Organisation) -> None:
        start = time.perf_counter()
        report = people(*(f"p{n}@example.test,A,B,,FEL-{n:040},Kiruna kommun,sv" for n in range(2300)))
        assert len(report.problems) == 4600
        assert time.perf_counter() - start < 5


class TestCommands:
    def write(self, folder: Path, text: str) -> str:
        file = folder / "file.csv"
        file.write_text(text, encoding="utf-8")
        return str(file)

    def test_dry_run_then_import_then_nothing(self, tmp_path: Path) -> None:
        path = self.write(tmp_path, HEAD + "Kiruna kommun,municipality,Socialförvaltningen,,SOC\n")
        outputs = []
        for options in ({"dry_run": True}, {}, {}):
            out = StringIO()
            call_command("import_organisations", path, stdout=out, **options)
            outputs.append(out.getvalue().splitlines())
        assert outputs == [
            ["Rad 2: Ny: Socialförvaltningen, Kiruna kommun, överst", "1 ändring skulle göras. (ny 1)"],
            ["1 ändring. (ny 1)"],
            ["0 ändringar."],
        ]

    def test_problems_are_told_and_nothing_is_done(self, tmp_path: Path) -> None:
        err = StringIO()
        with pytest.raises(CommandError, match=r"2 problem i file.csv. Inget ändrades."):
            call_command("import_people", self.write(tmp_path, PEOPLE + "sara,S,N,,SOC,Ingen,\n"), stderr=err)
        assert err.getvalue().splitlines() == [
            "Rad 2: ”sara” är ingen e-postadress.",
            "Rad 2: Det finns ingen organisation som heter ”Ingen”.",
        ]

    def test_a_file_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match=r"går inte att läsa: No such file"):
            call_command("import_people", str(tmp_path / "none.csv"))

    def test_the_first_admin(self) -> None:
        person = PersonFactory.create(email="petra@example.test", given_name="Petra", family_name="Kauppinen")
        out = StringIO()
        call_command("appoint_admin", "petra@example.test", stdout=out)
        assert out.getvalue() == "Petra Kauppinen är nu administratör för hela kommunkoncernen.\n"
        assert person.has_perm("organisation.administer_group")
        with pytest.raises(CommandError, match="har redan rollen"):
            call_command("appoint_admin", "petra@example.test")
        with pytest.raises(CommandError, match="inget konto med adressen"):
            call_command("appoint_admin", "ove@example.test")
