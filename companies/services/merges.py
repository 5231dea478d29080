"""Two records of one company: asking whether they are one, making them one, and parting them again within 30 days."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actor import Actor
from companies import notifications
from companies.hooks import companies_locked, companies_merging, company_moved
from companies.merging import conflicts, ledger, relations
from companies.merging.conflicts import MergeRefused
from companies.models import Company, CompanyMerge, MergeState
from companies.rules import asks_for_merge, decides_on_merge

S = MergeState


@transaction.atomic
def ask(*, kept: Company, merged: Company, reason: str, actor: Actor) -> CompanyMerge:
    """Ask an advisor to make one of two records; the same question stands once. Raises MergeRefused for a record that is merged already."""
    kept, merged = _lock(kept.pk, merged.pk)
    _both_stand(kept, merged)
    if not asks_for_merge(actor, kept, merged):
        raise MergeRefused(_("Somebody else has to do this."))
    open_ = CompanyMerge.objects.waiting().filter(Q(kept=kept, merged=merged) | Q(kept=merged, merged=kept))
    return open_.first() or CompanyMerge.objects.create(kept=kept, merged=merged, reason=reason, asked_by=actor.user)


@transaction.atomic
def decline(*, merge: CompanyMerge, actor: Actor) -> CompanyMerge:
    """Say that they are two companies; they are not suggested again."""
    merge = _locked(merge)
    if merge.state == S.ASKED:
        merge.state, merge.decided_by, merge.decided_at = S.DECLINED, actor.user, timezone.now()
        merge.save(update_fields=["state", "decided_by", "decided_at"])
    return merge


@transaction.atomic
def approve(*, merge: CompanyMerge, actor: Actor) -> CompanyMerge:
    """Make one of the two records: everything that points at the merged one goes to the kept one. A double click merges once.

    Raises MergeRefused when somebody else has to decide, one of the two was merged meanwhile, or a conflict needs a decision first.
    """
    kept, merged = _lock(merge.kept_id, merge.merged_id)
    merge = _locked(merge)
    if merge.state == S.MERGED:
        return merge
    if merge.state != S.ASKED or not decides_on_merge(actor, merge):
        raise MergeRefused(_("Another advisor than the one who asked has to decide."))
    _both_stand(kept, merged)
    written = ledger.Ledger()
    conflicts.settle(written, kept=kept, merged=merged)
    companies_merging.send(Company, kept=kept, merged=merged, ledger=written)
    for relation in relations.moving():
        written.move(relation, kept=kept.pk, merged=merged.pk)
    written.change(merged, merged_into=kept)
    merge.state, merge.decided_by, merge.decided_at, merge.moved = S.MERGED, actor.user, timezone.now(), written.written
    merge.save(update_fields=["state", "decided_by", "decided_at", "moved"])
    company_moved.send(Company, company=kept)
    notifications.companies_merged(merge=merge)
    return merge


@transaction.atomic
def undo(*, merge: CompanyMerge, actor: Actor) -> CompanyMerge:
    """Part the two records again: what moved goes back as it is now, what was made since stays with the kept one. Twice is once.

    Raises MergeRefused after 30 days, or while a later merge of the kept one stands.
    """
    kept, merged = _lock(merge.kept_id, merge.merged_id)
    merge = _locked(merge)
    if merge.state == S.UNDONE:
        return merge
    if merge.undo_until is None or merge.undo_until < timezone.now():
        raise MergeRefused(_("A merge can be undone for 30 days. After that it stays."))
    if _later(merge).exists():
        raise MergeRefused(_("The kept record was merged again since. Undo that first."))
    written = ledger.Ledger(merge.moved)
    conflicts.before_parting(written, since=merge.decided_at)
    columns = {relation.key: relation for relation in relations.moving()}
    merge.left = ledger.undo(written, columns, kept=kept.pk, merged=merged.pk)
    conflicts.put_back(written, merge.left)
    merge.state, merge.undone_by, merge.undone_at = S.UNDONE, actor.user, timezone.now()
    merge.save(update_fields=["state", "undone_by", "undone_at", "left"])
    for company in Company.objects.filter(pk__in=(kept.pk, merged.pk)).order_by("pk"):
        company_moved.send(Company, company=company)
    notifications.companies_parted(merge=merge)
    return merge


def gather() -> int:
    """Let rows follow that a request, already under way when its company was merged, has left at the merged record; returns how many.

    Undoing does not take them back: they were made after the merge.
    """
    moved, lately = 0, timezone.now() - timedelta(days=1)
    for merge in CompanyMerge.objects.filter(state=S.MERGED, decided_at__gte=lately, merged__merged_into__isnull=False).order_by("pk"):
        for relation in relations.moving():
            late = relation.rows(merge.merged_id).exclude(pk__in=merge.moved["stayed"].get(relation.key, []))
            if late.exists():
                with transaction.atomic():
                    kept, merged = _lock(merge.merged.merged_into_id, merge.merged_id)
                    if merged.merged_into_id == kept.pk:
                        moved += late.exclude(pk__in=relation.would_double(kept.pk, merged.pk)).update(**{relation.column: kept.pk})
                        company_moved.send(Company, company=kept)
    return moved


def _lock(kept: Any, merged: Any) -> tuple[Company, Company]:
    """Both records, locked in the order of their keys, so that A into B and B into A at once wait for each other and do not block."""
    rows = {row.pk: row for row in Company.objects.select_for_update(of=("self",)).filter(pk__in=(kept, merged)).order_by("pk")}
    companies_locked.send(Company, companies=list(rows.values()))
    return rows[kept], rows[merged]


def _locked(merge: CompanyMerge) -> CompanyMerge:
    return CompanyMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)


def _both_stand(kept: Company, merged: Company) -> None:
    if gone := next((company for company in (kept, merged) if company.merged_into_id), None):
        raise MergeRefused(_("%(company)s was merged into another record already. Look at that one.") % {"company": gone.name})


def _later(merge: CompanyMerge) -> Any:
    """Merges that stand, were made after this one, and touch the company that was kept."""
    touching = Q(kept=merge.kept_id) | Q(merged=merge.kept_id)
    return CompanyMerge.objects.filter(touching, state=S.MERGED, decided_at__gt=merge.decided_at).exclude(pk=merge.pk)
