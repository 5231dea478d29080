"""What every log of a workflow's moves has: who made it, under which hat, and when."""

from django.db import models
from django.utils import timezone

from accounts.models import User


class Step(models.Model):
    """One move; a model of its own adds what moved, from where to where and why, and a trigger that nobody changes it."""

    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    hat = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    from_state: str
    to_state: str

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
