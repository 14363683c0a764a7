"""What came of it, and who has taken it up."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import number_format

from contributions.models import Contribution
from organisation.models import Department, Person


class Result(models.Model):
    """What solved it, what changed for whom, and a number if there is one."""

    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, related_name="result")
    text = models.TextField()
    effect = models.TextField(blank=True)
    before = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    after = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    unit = models.CharField(max_length=60, blank=True)
    version = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(default=timezone.now)
    written_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(name="result_says_something", condition=~Q(text="")),
            models.CheckConstraint(
                name="result_number_is_whole",
                condition=Q(before__isnull=True, after__isnull=True, unit="") | Q(before__isnull=False, after__isnull=False) & ~Q(unit=""),
            ),
        )

    def __str__(self) -> str:
        return self.text

    @property
    def before_in_words(self) -> str:
        return _in_words(self.before)

    @property
    def after_in_words(self) -> str:
        return _in_words(self.after)


def _in_words(number: Decimal | None) -> str:
    """As a person writes it: 11 and 1,5, not 11,00 and 1,50."""
    return "" if number is None else number_format(Decimal(f"{number.normalize():f}"), force_grouping=True)


class Adoption(models.Model):
    """A department, of any organisation, that does it now, and what they changed; or that did it, and what it taught."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="adoptions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    since = models.DateField()
    changed = models.TextField(blank=True)
    told_at = models.DateTimeField(default=timezone.now)
    told_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    learnt = models.TextField(blank=True)

    class Meta:
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("contribution", "department"), condition=Q(ended_at__isnull=True), name="adopted_once_per_department"
            ),
            models.CheckConstraint(
                name="adoption_ended_by_whom",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, learnt="") | Q(ended_at__isnull=False, ended_by__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.department_id} {self.contribution_id}"

    @property
    def place(self) -> str:
        return f"{self.department.name}, {self.department.organisation.short_name}"
